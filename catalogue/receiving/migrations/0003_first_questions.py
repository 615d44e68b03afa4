"""The questions that the office begins with. They are rows: more are added, and old ones put to rest, without code."""

from decimal import Decimal

from django.db import migrations

OILS = ["argan_food", "olive_evoo", "olive_virgin", "prickly_oil", "seed_oils", "argan_cosm"]
OLIVE = ["olive_evoo"]
OLIVE_VIRGIN = ["olive_virgin"]
HONEY = ["honey_thyme", "honey_euphorbia", "honey_arbutus", "honey_mono", "honey_multi"]
DATES = ["dates_mejhoul", "dates_boufeggous", "dates_other"]
CHEESE = ["cheese_fresh", "cheese_aged"]
COLOURS = [
    {"code": "clear", "ar": "صافٍ", "fr": "limpide", "en": "clear", "good": True},
    {"code": "deposit", "ar": "راسب قليل طبيعي", "fr": "léger dépôt naturel", "en": "slight natural deposit", "good": True},
    {"code": "rancid", "ar": "رائحة زنخة", "fr": "odeur rance", "en": "rancid smell", "good": False},
]
SORTED = [
    {"code": "sound", "ar": "سليم ومتجانس", "fr": "sains et homogènes", "en": "sound and even", "good": True},
    {"code": "few", "ar": "قليل من الحبات المتضررة", "fr": "quelques fruits abîmés", "en": "a few damaged", "good": True},
    {"code": "insects", "ar": "حشرات أو عفن", "fr": "insectes ou moisissure", "en": "insects or mould", "good": False},
]

LISTS = [
    ("labels", "بيانات البطاقة", "Étiquette", "Label", ["food", "cosmetic"], [], [
        ("lot-printed", "yes", "هل رقم الدفعة مطبوع ومطابق؟", "Le numéro de lot est-il imprimé et identique ?", "Is the lot number printed, and the same?", {}),
        ("date-printed", "yes", "هل تاريخ الصلاحية مطبوع ومطابق؟", "La date limite est-elle imprimée et identique ?", "Is the best-before date printed, and the same?", {}),
        ("label-arabic", "yes", "هل البطاقة مكتوبة بالعربية؟", "L’étiquette est-elle en arabe ?", "Is the label in Arabic?", {}),
        ("net-weight", "yes", "هل الوزن أو الحجم الصافي مكتوب وصحيح؟", "Le poids ou volume net est-il indiqué et juste ?", "Is the net weight or volume printed, and right?", {}),
    ]),
    ("food", "مواد غذائية", "Produits alimentaires", "Food", ["food"], [], [
        ("onssa-printed", "yes", "هل رقم الترخيص الصحي مطبوع؟", "Le numéro d’autorisation ONSSA est-il imprimé ?", "Is the sanitary authorisation number printed?", {}),
    ]),
    ("oils", "زيوت", "Huiles", "Oils", [], OILS, [
        ("oil-seal", "yes", "هل كل السدادات محكمة؟", "Tous les bouchons sont-ils scellés ?", "Is every cap sealed?", {}),
        ("oil-look", "choice", "كيف يبدو الزيت؟", "Quel est l’aspect de l’huile ?", "How does the oil look?", {"choices": COLOURS}),
    ]),
    ("olive-evoo", "زيت زيتون بكر ممتازة", "Huile d’olive vierge extra", "Extra virgin olive oil", [], OLIVE, [
        ("evoo-acidity", "number", "الحموضة حسب تحليل المختبر", "Acidité selon l’analyse", "Acidity in the laboratory’s report", {"minimum": "0", "maximum": "0.8", "unit": "%"}),
    ]),
    ("olive-virgin", "زيت زيتون بكر", "Huile d’olive vierge", "Virgin olive oil", [], OLIVE_VIRGIN, [
        ("virgin-acidity", "number", "الحموضة حسب تحليل المختبر", "Acidité selon l’analyse", "Acidity in the laboratory’s report", {"minimum": "0", "maximum": "2", "unit": "%"}),
    ]),
    ("honey", "عسل", "Miels", "Honey", [], HONEY, [
        ("honey-moisture", "number", "نسبة الرطوبة", "Teneur en eau", "Moisture", {"minimum": "13", "maximum": "20", "unit": "%"}),
        ("honey-seal", "yes", "هل كل الأغطية محكمة وبلا تسرب؟", "Tous les couvercles sont-ils fermés, sans fuite ?", "Is every lid tight, with no leak?", {}),
    ]),
    ("dates", "تمور", "Dattes", "Dates", [], DATES, [
        ("dates-look", "choice", "كيف هي الحبات؟", "Comment sont les fruits ?", "How is the fruit?", {"choices": SORTED}),
        ("dates-moisture", "number", "نسبة الرطوبة", "Teneur en eau", "Moisture", {"minimum": "10", "maximum": "30", "unit": "%"}),
    ]),
    ("cheese", "أجبان", "Fromages", "Cheese", [], CHEESE, [
        ("cheese-temperature", "number", "الحرارة عند الوصول", "Température à l’arrivée", "Temperature on arrival", {"minimum": "0", "maximum": "6", "unit": "°C"}),
        ("cheese-pack", "yes", "هل التغليف سليم؟", "L’emballage est-il intact ?", "Is the wrapping whole?", {}),
    ]),
    ("crafts", "صناعة تقليدية", "Artisanat", "Crafts", ["craft"], [], [
        ("craft-whole", "yes", "هل القطع سليمة بلا كسر ولا تمزق؟", "Les pièces sont-elles sans casse ni accroc ?", "Are the pieces whole, nothing broken or torn?", {}),
        ("craft-size", "yes", "هل المقاسات والألوان مطابقة للوصف؟", "Tailles et couleurs sont-elles celles décrites ?", "Are sizes and colours as described?", {}),
    ]),
]


def write(apps, editor):
    checklists, questions = apps.get_model("receiving", "Checklist"), apps.get_model("receiving", "Question")
    for code, ar, fr, en, kinds, families, asked in LISTS:
        names = {"name": fr, "name_ar": ar, "name_fr": fr, "name_en": en}
        checklist = checklists.objects.create(code=code, kinds=kinds, families=families, **names)
        for position, (question, answer, text_ar, text_fr, text_en, more) in enumerate(asked):
            questions.objects.create(
                checklist=checklist,
                code=question,
                answer=answer,
                position=position,
                text=text_fr,
                text_ar=text_ar,
                text_fr=text_fr,
                text_en=text_en,
                unit=more.get("unit", ""),
                choices=more.get("choices", []),
                **{name: Decimal(more[name]) for name in ("minimum", "maximum") if name in more},
            )


def forget(apps, editor):
    apps.get_model("receiving", "Question").objects.all().delete()
    apps.get_model("receiving", "Checklist").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("receiving", "0002_never_changed")]

    operations = [migrations.RunPython(write, forget)]
