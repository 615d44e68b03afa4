"""What a cooperative types to join, and the papers it sends; each refusal in words."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from catalogue.joining import operations, sectors
from catalogue.joining.models import Application, Document
from catalogue.joining.operations import NotADocument, Paper, Said
from catalogue.kernel import scans, text
from catalogue.kernel.identifiers import is_ice
from catalogue.kernel.periods import day_of
from catalogue.kernel.phones import can_receive_sms
from catalogue.places.models import Province
from storefront.banking.forms import RibField
from storefront.customer.fields import CodeField, CountField, LineField, PhoneField

MOST_MEMBERS = 100_000
FIRST_YEAR = 1930


def mobile(phone: str) -> str:
    """Return a phone that SMS reach. Raises ``ValidationError``."""
    if not can_receive_sms(phone):
        raise forms.ValidationError(_("Give a mobile phone: we write to it by SMS."))
    return phone


class NumberField(LineField):
    """A number of a register or office, as people type it: digits of any script, in capitals."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}), **options)

    def to_python(self, value: Any) -> str:
        return text.fold_digits(super().to_python(value)).upper()


class IceField(NumberField):
    def clean(self, value: Any) -> str:
        number = super().clean(value).replace(" ", "").replace("-", "")
        if not is_ice(number):
            raise forms.ValidationError(_("An ICE has 15 digits, and one of these is wrong: look at your papers."))
        return number


class PaperField(forms.FileField):
    """One paper, as it will be kept; nothing where none was sent."""

    def __init__(self, **options: Any) -> None:
        widget = forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"})
        super().__init__(required=False, widget=widget, **options)

    def clean(self, data: Any, initial: Any = None) -> Paper | None:
        sent = super().clean(data, initial)
        if not sent:
            return None
        try:
            return operations.read_paper(sent.read(scans.MOST_BYTES + 1))
        except NotADocument as refused:
            raise forms.ValidationError(str(refused)) from None


class PapersForm(forms.Form):
    """Papers by kind; each may come later."""

    statutes = PaperField(label=_("Statutes"))
    register = PaperField(label=_("Register extract"))
    rib_paper = PaperField(label=_("RIB certificate of the bank"))
    onssa = PaperField(label=_("ONSSA authorisation"), help_text=_("For food and cosmetics only."))

    FIELDS = {"statutes": "statutes", "register": "register", "rib_paper": "rib", "onssa": "onssa"}

    @property
    def papers(self) -> dict[str, Paper]:
        """Return what was sent, by kind of ``Document``."""
        sent = {kind: self.cleaned_data.get(name) for name, kind in self.FIELDS.items()}
        return {str(Document.Kind(kind)): paper for kind, paper in sent.items() if paper}

    @property
    def paper_fields(self) -> list[Any]:
        return [self[name] for name in self.FIELDS]


class MorePapersForm(PapersForm):
    """At least one of them."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not self.papers:
            raise forms.ValidationError(_("Choose at least one file."))
        return data


class ApplicationForm(PapersForm):
    """An application; ``confirmation`` came with the page, so that a second press finds the first."""

    confirmation = forms.UUIDField(required=False, widget=forms.HiddenInput)
    legal_form = forms.ChoiceField(label=_("You are"), choices=Application.LegalForm.choices)
    name_ar = LineField(label=_("Name in Arabic"), max_length=120, widget=forms.TextInput(attrs={"dir": "rtl"}))
    name_fr = LineField(
        label=_("Name in French"),
        max_length=120,
        help_text=_("In Latin letters, as on your register extract."),
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    sector = forms.ChoiceField(label=_("What you make above all"))
    products = LineField(
        label=_("Your products"), max_length=500, help_text=_("For example: thyme honey, olive oil, couscous.")
    )
    province = forms.ModelChoiceField(label=_("Province"), queryset=Province.objects.none())
    commune_name = LineField(label=_("Commune"), max_length=120)
    founded_year = CountField(label=_("Founded in the year"), min_value=FIRST_YEAR)
    members = CountField(label=_("Members"), min_value=1, max_value=MOST_MEMBERS)
    women_members = CountField(label=_("Women among them"), min_value=0, max_value=MOST_MEMBERS)
    register_no = NumberField(label=_("Register number"), max_length=40)
    ice = IceField(label=_("ICE"), max_length=40, help_text=_("15 digits."))
    tax_id = NumberField(label=_("Tax number (IF)"), max_length=20)
    onssa_no = NumberField(label=_("ONSSA number"), max_length=30, required=False)
    contact_name = LineField(label=_("Name of whom we speak with"), max_length=120)
    phone = PhoneField(label=_("Mobile phone"), help_text=_("We write to it by SMS, and it opens your pages."))
    email = forms.EmailField(label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"dir": "ltr"}))
    rib = RibField(
        label=_("RIB"), required=False, help_text=_("The cooperative's own account. It can be given later as well.")
    )

    GROUPS = (
        (_("Who you are"), ("legal_form", "name_ar", "name_fr", "sector", "products")),
        (_("Where"), ("province", "commune_name")),
        (_("Your members"), ("founded_year", "members", "women_members")),
        (_("Your numbers"), ("register_no", "ice", "tax_id", "onssa_no", "rib")),
        (_("Whom we speak with"), ("contact_name", "phone", "email")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["province"].queryset = Province.objects.order_by("name")
        self.fields["sector"].choices = [("", "—"), *sectors.choices(get_language())]

    @property
    def groups(self) -> list[tuple[Any, list[Any]]]:
        return [(title, [self[name] for name in names]) for title, names in self.GROUPS]

    def clean_confirmation(self) -> UUID:
        return self.cleaned_data["confirmation"] or uuid4()

    def clean_founded_year(self) -> int:
        year: int = self.cleaned_data["founded_year"]
        if year > day_of(timezone.now()).year:
            raise forms.ValidationError(_("This year has not come yet."))
        return year

    def clean_phone(self) -> str:
        return mobile(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        members, women = data.get("members"), data.get("women_members")
        if members is not None and women is not None and women > members:
            self.add_error("women_members", _("These are more than all members."))
        return data

    def said(self) -> Said:
        """Return what ``operations.apply`` takes."""
        data = {name: value for name, value in self.cleaned_data.items() if name not in self.FIELDS}
        province = data.pop("province")
        return Said(province_id=province.pk, language=(get_language() or "ar")[:2], **data)


class OtherPhoneForm(forms.Form):
    """The phone that was meant."""

    phone = PhoneField(label=_("Mobile phone"))

    def clean_phone(self) -> str:
        return mobile(self.cleaned_data["phone"])


class WithdrawForm(forms.Form):
    reason = LineField(label=pgettext_lazy("decision", "Why"), max_length=300)


class AcceptForm(forms.Form):
    """Who agrees to the terms that the page showed."""

    agreement = forms.IntegerField(widget=forms.HiddenInput)
    name = LineField(label=_("Your name"), max_length=120)
    agreed = forms.BooleanField(
        label=_("We read these terms and agree to them."),
        error_messages={"required": _("Without your agreement we cannot go on.")},
    )


class ActivateForm(forms.Form):
    code = CodeField(label=_("Code from the SMS"))
