"""Every kind of row that holds from a day on and is never edited, with its form."""

from catalogue.pricing.models import Dated

from .export_forms import SdrRateForm
from .price_forms import DatedForm, FeeForm, SellerForm, StampDutyForm, TaxStatusForm, VatRateForm

FORMS: dict[str, type[DatedForm]] = {
    "fee": FeeForm,
    "rate": VatRateForm,
    "status": TaxStatusForm,
    "seller": SellerForm,
    "stamp": StampDutyForm,
    "sdr": SdrRateForm,
}


def model_of(kind: str) -> type[Dated]:
    return FORMS[kind]._meta.model
