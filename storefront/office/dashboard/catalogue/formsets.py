from oscar.apps.dashboard.catalogue.formsets import StockRecordFormSet as Upstream

from .forms import StockRecordForm


class StockRecordFormSet(Upstream):
    """The sellers a product has; none is added or taken away by hand."""

    form = StockRecordForm
    extra = 0
    can_delete = False
