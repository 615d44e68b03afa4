"""What people in a hub or a shop type or scan."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from catalogue.cooperatives.models import Partner
from catalogue.kernel import text
from catalogue.lots.models import Lot, Place, QualityDecision
from catalogue.lots.policies import WHOLE_LOT
from catalogue.lots.queries import may_share
from catalogue.receiving.models import DeliveryLine, Question, TransferLine
from catalogue.receiving.operations import Arrived, Counted, Reason
from catalogue.receiving.queries import our_places
from storefront.announcing.forms import CodeField, PiecesField
from storefront.office.forms import LineField, PhotoField

ANY = ("", gettext_lazy("all"))
MOST_LINES = 200


class LotFilter(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Lot number, EAN or product"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=[ANY, *Lot.State.choices])
    place = forms.ModelChoiceField(
        label=pgettext_lazy("of stock", "Place"),
        required=False,
        queryset=Place.objects.none(),
        to_field_name="code",
        empty_label=gettext_lazy("all"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = our_places()


class CheckForm(forms.Form):
    """The checklist of a lot: one field for each question."""

    use_required_attribute = False

    def __init__(self, *args: Any, questions: list[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[question.code] = _field(question)
        self.fields["note"] = LineField(label=gettext_lazy("Note"), required=False, max_length=300)

    @property
    def answers(self) -> dict[str, str]:
        return {name: str(value) for name, value in self.cleaned_data.items() if name != "note"}


def _field(question: Question) -> forms.Field:
    if question.answer == Question.Answer.NUMBER:
        attrs = {"inputmode": "decimal", "autocomplete": "off", "dir": "ltr", "size": 6}
        label = f"{question.text} ({question.unit})" if question.unit else question.text
        return _Figure(label=label, max_digits=8, decimal_places=2, widget=forms.TextInput(attrs=attrs))
    yes_or_no = [("yes", _("Yes")), ("no", _("No"))]
    choices = question.options if question.answer == Question.Answer.CHOICE else yes_or_no
    return forms.ChoiceField(label=question.text, choices=choices, widget=forms.RadioSelect)


class _Figure(forms.DecimalField):
    def to_python(self, value: Any) -> Any:
        typed = text.fold_digits(str(value or "")).strip().replace(",", ".").replace("٫", ".")
        return super().to_python(typed)


class DecideForm(forms.Form):
    state = forms.ChoiceField(choices=[("BLOCKED", ""), ("RELEASED", "")], widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=pgettext_lazy("decision", "Why"), choices=QualityDecision.Reason.choices)
    note = LineField(label=gettext_lazy("What was found"), max_length=300)


class ShareForm(forms.Form):
    """What each cooperative of a union made of a lot, in percent: all of it together, or nothing said."""

    use_required_attribute = False

    def __init__(self, *args: Any, members: Sequence[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        attrs = {"inputmode": "decimal", "autocomplete": "off", "dir": "ltr", "size": 5}
        for member in members:
            self.fields[_of(member)] = _Figure(
                label=f"{member.short_name} (%)",
                required=False,
                min_value=0,
                max_value=100,
                max_digits=4,
                decimal_places=1,
                widget=forms.TextInput(attrs=attrs),
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        whole = sum(self.per_mille.values())
        if not self.errors and whole not in (0, WHOLE_LOT):
            words = _("Together they come to %(percent)s %%, and not to 100 %%.")
            raise forms.ValidationError(words % {"percent": (Decimal(whole) / 10).normalize()})
        return data

    @property
    def per_mille(self) -> dict[int, int]:
        """Return thousandths by cooperative, of those of whom something was written."""
        typed = {member.pk: self.cleaned_data.get(_of(member)) for member in self.members}
        return {pk: int(percent * 10) for pk, percent in typed.items() if percent}


def share_form(lot: Lot, data: Any = None) -> ShareForm | None:
    """Return the form of a lot's shares as they are; nothing for one whose cooperative is of no union."""
    if lot.stockrecord.partner.union_id is None:
        return None
    told = {f"member_{share.cooperative_id}": Decimal(share.per_mille) / 10 for share in lot.shares.all()}
    return ShareForm(data, members=may_share(lot), initial=told)


def _of(member: Partner) -> str:
    return f"member_{member.pk}"


class AdjustForm(forms.Form):
    use_required_attribute = False
    change = PiecesField(
        label=gettext_lazy("How many more, or fewer (–)"), min_value=-100_000, help_text=gettext_lazy("For example –2")
    )
    reason = forms.ChoiceField(label=pgettext_lazy("decision", "Why"), choices=Reason.choices)
    note = LineField(label=gettext_lazy("Note"), required=False, max_length=150)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def clean_change(self) -> int:
        if not self.cleaned_data["change"]:
            raise forms.ValidationError(_("Write how many, other than 0."))
        return int(self.cleaned_data["change"])


class CountLineForm(forms.Form):
    """What was found of one line of a delivery."""

    use_required_attribute = False
    counted = PiecesField(label=gettext_lazy("Found"))
    refused = PiecesField(label=gettext_lazy("Of these refused"), required=False)
    refusal = forms.ChoiceField(
        label=gettext_lazy("Why refused"), required=False, choices=[("", "–"), *DeliveryLine.Refusal.choices]
    )
    note = LineField(label=gettext_lazy("Note"), required=False, max_length=200)
    photo = PhotoField(label=gettext_lazy("Photo"), required=False)

    def found(self) -> Counted:
        return Counted(**self.cleaned_data | {"refused": self.cleaned_data["refused"] or 0})


class ArriveForm(forms.Form):
    use_required_attribute = False
    pieces = PiecesField(label=gettext_lazy("Arrived"))
    difference = forms.ChoiceField(
        label=gettext_lazy("What happened to the others"),
        required=False,
        choices=[("", "–"), *TransferLine.Difference.choices],
    )
    note = LineField(label=gettext_lazy("Note"), required=False, max_length=200)

    def found(self) -> Arrived:
        return Arrived(**self.cleaned_data)


class TransferForm(forms.Form):
    use_required_attribute = False
    from_place = forms.ModelChoiceField(label=pgettext_lazy("place", "From"), queryset=Place.objects.none())
    to_place = forms.ModelChoiceField(label=pgettext_lazy("place", "To"), queryset=Place.objects.none())
    scanned = forms.CharField(
        label=gettext_lazy("Lots"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One lot on each line; behind it, after a space, how many. The same lot again adds to it."
        ),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("from_place", "to_place"):
            self.fields[name].queryset = our_places()

    def clean_scanned(self) -> list[tuple[int, str, int]]:
        """Return line, lot number and pieces of each line that says something."""
        read = []
        for row, line in enumerate(text.fold_digits(self.cleaned_data["scanned"]).splitlines(), start=1):
            parts = text.strip_controls(line).split()
            if not parts:
                continue
            number = parts.pop() if len(parts) > 1 else "1"
            if not (number.isascii() and number.isdecimal() and len(number) < 7 and int(number)):
                words = _("Line %(row)s: “%(number)s” is not a number of pieces.")
                raise forms.ValidationError(words % {"row": row, "number": number[:20]})
            read.append((row, " ".join(parts)[:40], int(number)))
        if len(read) > MOST_LINES:
            raise forms.ValidationError(_("Send at most %(most)s lines at once.") % {"most": MOST_LINES})
        return read


class PlaceForm(forms.Form):
    place = forms.ModelChoiceField(
        label=pgettext_lazy("of stock", "Place"), queryset=Place.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].queryset = our_places()


class ScanForm(forms.Form):
    """A scanner types a code and presses Enter: one piece more. With a number: so many lie there in all."""

    use_required_attribute = False
    code = CodeField(label=gettext_lazy("Lot number or EAN"))
    pieces = PiecesField(
        label=gettext_lazy("How many in all"), required=False, help_text=gettext_lazy("Empty: one piece more.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["autofocus"] = True


class FileForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("The sheet (XLSX or CSV)"))


class PackForm(PlaceForm):
    use_required_attribute = False
    sku = CodeField(label=gettext_lazy("Hamper: its reference or EAN"))
    number = PiecesField(label=gettext_lazy("How many hampers"), min_value=1, max_value=1000)


class NumberForm(forms.Form):
    number = PiecesField(label=gettext_lazy("How many"), min_value=1)


class ShelfForm(forms.Form):
    shelf = CodeField(label=gettext_lazy("Shelf"), required=False, max_length=20)
