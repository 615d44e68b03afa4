from modeltranslation.translator import TranslationOptions, register

from .models import Partner, Union


@register(Partner)
class PartnerTranslation(TranslationOptions):
    fields = ("name", "short_name", "sector_name", "commune_name")


@register(Union)
class UnionTranslation(TranslationOptions):
    fields = ("name",)
