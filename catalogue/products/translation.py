from modeltranslation.translator import TranslationOptions, register

from .models import Category, Family, GeographicalIndication, Product


@register(Product)
class ProductTranslation(TranslationOptions):
    fields = ("title", "description")


@register(Category)
class CategoryTranslation(TranslationOptions):
    fields = ("name", "description")


@register(Family)
class FamilyTranslation(TranslationOptions):
    fields = ("name",)


@register(GeographicalIndication)
class GeographicalIndicationTranslation(TranslationOptions):
    fields = ("name",)
