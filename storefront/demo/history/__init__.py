"""An order history for the demonstration, drawn from ``catalogue/data/sales_profile.json``.

``profile`` reads the parameters, ``people`` invents buyers, ``shelf`` reads what there was to buy, ``draw`` decides
what happened, ``rows`` turns that into the shop's own tables, ``operations`` writes it in one transaction.
"""
