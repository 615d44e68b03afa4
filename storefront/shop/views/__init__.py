"""Pages of the shop. A view reads what was asked, calls one query and fills one template."""
