from modeltranslation.translator import TranslationOptions, register

from .models import Commune, Province, Region


@register(Region)
class RegionTranslation(TranslationOptions):
    fields = ("name", "chief_town")


@register(Province)
class ProvinceTranslation(TranslationOptions):
    fields = ("name", "chief_town")


@register(Commune)
class CommuneTranslation(TranslationOptions):
    fields = ("name",)
