from modeltranslation.translator import TranslationOptions, register

from .models import Checklist, Question


@register(Checklist)
class ChecklistTranslation(TranslationOptions):
    fields = ("name",)


@register(Question)
class QuestionTranslation(TranslationOptions):
    fields = ("text",)
