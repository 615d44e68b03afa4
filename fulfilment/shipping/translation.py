from modeltranslation.translator import TranslationOptions, register

from .models import DeliveryCountry, DeliveryZone


@register(DeliveryZone)
class DeliveryZoneTranslation(TranslationOptions):
    fields = ("name",)


@register(DeliveryCountry)
class DeliveryCountryTranslation(TranslationOptions):
    fields = ("name",)
