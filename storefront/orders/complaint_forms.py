"""What a buyer says of goods that are missing, broken or wrong."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from catalogue.kernel.photos import NotAPhoto, Photo, take_in
from catalogue.kernel.text import strip_controls
from fulfilment.complaints.models import ComplaintLine
from fulfilment.complaints.operations import Fault
from fulfilment.complaints.policies import MOST_PHOTOS
from fulfilment.complaints.queries import Item
from storefront.basket.forms import SomeOfField


class FaultyField(SomeOfField):
    """How many pieces of one line are not right; empty means none."""

    default_error_messages = {"over": _("At most %(left)s of these can be reported.")}


class PhotosInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class PhotosField(forms.FileField):
    """A few photos in one field, each as it will be kept."""

    def __init__(self, **options: Any) -> None:
        widget = PhotosInput(attrs={"accept": "image/jpeg,image/png,image/webp"})
        super().__init__(required=False, widget=widget, **options)

    def clean(self, data: Any, initial: Any = None) -> list[Photo]:
        files: list[UploadedFile] = list(data) if isinstance(data, list | tuple) else [data] if data else []
        if len(files) > MOST_PHOTOS:
            raise ValidationError(_("Choose three photos at most."))
        try:
            return [take_in(file) for file in files]
        except NotAPhoto as refused:
            raise ValidationError(str(refused)) from None


class ReportForm(forms.Form):
    """How many of what are missing or broken, in a few words, with photos.

    ``confirmation`` came with the page, so that a second press finds the first.
    """

    confirmation = forms.CharField(max_length=40, widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("What happened?"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    photos = PhotosField(
        label=_("Photos"), help_text=_("Up to three. Where it was taken and by whom is removed from them.")
    )

    def __init__(self, items: Iterable[Item], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
            self.fields[f"pieces-{item.line.pk}"] = FaultyField(item, most=item.left, required=False)
            self.fields[f"fault-{item.line.pk}"] = forms.ChoiceField(
                label=_("What is wrong with it?"), choices=ComplaintLine.Fault.choices, required=False
            )

    def clean_words(self) -> str:
        return strip_controls(self.cleaned_data["words"], multiline=True).strip()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not self.faults:
            raise ValidationError(_("Say of at least one thing how many pieces are not right."))
        for item in self.items:
            if data.get(f"pieces-{item.line.pk}") and not data.get(f"fault-{item.line.pk}"):
                self.add_error(f"fault-{item.line.pk}", _("Say what is wrong with it."))
        return data

    @property
    def rows(self) -> list[tuple[Item, Any, Any]]:
        return [(item, self[f"pieces-{item.line.pk}"], self[f"fault-{item.line.pk}"]) for item in self.items]

    @property
    def faults(self) -> dict[int, Fault]:
        data = self.cleaned_data
        return {
            item.line.pk: Fault(data.get(f"fault-{item.line.pk}", ""), data[f"pieces-{item.line.pk}"])
            for item in self.items
            if data.get(f"pieces-{item.line.pk}")
        }
