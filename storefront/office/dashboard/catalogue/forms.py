from typing import Any

from oscar.apps.dashboard.catalogue.forms import ProductForm as UpstreamProductForm
from oscar.apps.dashboard.catalogue.forms import StockRecordForm as Upstream


class StockRecordForm(Upstream):
    """What a cooperative has of a product, to read. Cooperatives count stock and prices are published; only the
    level at which a product counts as running out is set here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.disabled = name != "low_stock_threshold"


class ProductForm(UpstreamProductForm):
    """Oscar's, and whether a product is made once someone ordered it."""

    class Meta(UpstreamProductForm.Meta):
        fields = [*UpstreamProductForm.Meta.fields, "made_to_order"]
