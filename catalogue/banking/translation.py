from modeltranslation.translator import TranslationOptions, register

from .models import Bank


@register(Bank)
class BankTranslation(TranslationOptions):
    fields = ("name",)
