"""Which lots are called back, and in which words."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.kernel import text
from catalogue.lots.models import Lot
from fulfilment.recalls.models import MOST_WORDS, Recall
from fulfilment.recalls.queries import lots_named
from storefront.office.forms import LineField

MOST_LOTS = 50
LANGUAGES = ("ar", "fr", "en")


class RecallForm(forms.Form):
    """``cleaned_data["lots"]`` are the lots themselves, in the order in which they were written."""

    use_required_attribute = False
    lots = forms.CharField(
        label=gettext_lazy("Lots"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "ltr", "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("One lot number on each line. Hampers with pieces of them are found by themselves."),
    )
    danger = forms.ChoiceField(label=gettext_lazy("What is wrong"), choices=Recall.Danger.choices)
    source = forms.ChoiceField(label=gettext_lazy("Who found it"), choices=Recall.Source.choices)
    words_ar = LineField(label=gettext_lazy("For the buyers, in Arabic"), required=False, max_length=MOST_WORDS)
    words_fr = LineField(label=gettext_lazy("For the buyers, in French"), required=False, max_length=MOST_WORDS)
    words_en = LineField(label=gettext_lazy("For the buyers, in English"), required=False, max_length=MOST_WORDS)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def clean_lots(self) -> list[Lot]:
        rows = [text.squash(text.strip_controls(row)) for row in self.cleaned_data["lots"].splitlines()]
        numbers = list(dict.fromkeys(row for row in rows if row))
        if len(numbers) > MOST_LOTS:
            raise forms.ValidationError(_("Call back at most %(most)s lots at once.") % {"most": MOST_LOTS})
        found = lots_named(numbers)
        if unknown := [number for number in numbers if number not in found]:
            words = _("Line %(row)s: we know no lot %(number)s.")
            raise forms.ValidationError(words % {"row": rows.index(unknown[0]) + 1, "number": unknown[0][:40]})
        return [found[number] for number in numbers]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("danger") == Recall.Danger.OTHER:
            for name in (f"words_{language}" for language in LANGUAGES):
                if not data.get(name):
                    self.add_error(name, _("Say in your words what is wrong."))
        return data

    @property
    def words(self) -> dict[str, str]:
        return {language: self.cleaned_data[f"words_{language}"] for language in LANGUAGES}


class CloseForm(forms.Form):
    note = LineField(
        label=gettext_lazy("What came of it"),
        max_length=500,
        help_text=gettext_lazy("How many pieces came back, what was destroyed, what the authorities said."),
    )
