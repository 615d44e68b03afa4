"""The style page: every component with invented content, in both directions and both schemes. Demo and tests only."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_safe

from fulfilment.orders.breakdown import PARTS, Sold, break_down
from storefront.breakdown.tables import table_of
from storefront.shop.icons import ICONS

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDS = {
    "ar": {
        "title": "زيت أركان غذائية محمّصة من تمنار – قنينة زجاجية 250 مل",
        "cooperative": "تعاونية أنامل إحاحان",
        "place": "تمنار، إقليم الصويرة",
        "in_stock": "متوفر، يصل بين 23 و25 نونبر",
        "last": "بقيت 3 قطع",
        "out": "نفد، يعود في مارس",
        "badge": "مؤشر جغرافي محمي",
        "parts": ["للتعاونية", "التلفيف", "النقل", "الأداء والتحضير", "المكتب", "الضريبة"],
        "steps": ["تم الطلب", "قيد التحضير", "في الطريق", "تم التسليم"],
        "text": "من أيدي نساء التعاونية. اتصلوا بنا على 06 12 34 56 78 أو اكتبوا إلى contact@example.org.",
        "per": "480,00 درهم / لتر",
    },
    "fr": {
        "title": "Huile d'argan alimentaire torréfiée de Tamanar – bouteille verre 250 ml",
        "cooperative": "Coopérative Anamil Ihahan",
        "place": "Tamanar, Essaouira",
        "in_stock": "En stock, livré du 23 au 25 novembre",
        "last": "Plus que 3",
        "out": "Épuisé, de retour en mars",
        "badge": "IGP",
        "parts": ["À la coopérative", "Emballage", "Transport", "Préparation et paiement", "Office", "TVA"],
        "steps": ["Commande reçue", "En préparation", "En route", "Livrée"],
        "text": "Des mains des femmes de la coopérative تعاونية أنامل إحاحان, à Tamanar.",
        "per": "480,00 DH / l",
    },
}
AMOUNTS = [Decimal(text) for text in ("78.00", "4.00", "9.50", "5.00", "4.50", "8.09", "10.91")]
UNIT = dict(zip(PARTS, AMOUNTS, strict=True))


class SampleForm(forms.Form):
    name = forms.CharField(label="Nom · الاسم", help_text="Prénom et nom · الاسم الكامل")
    phone = forms.CharField(label="Téléphone · الهاتف", widget=forms.TextInput(attrs={"type": "tel"}))
    note = forms.CharField(label="Repère · علامة", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    way = forms.ChoiceField(
        label="Paiement · الأداء",
        choices=[("cash", "À la livraison · عند التسليم"), ("card", "Carte · بطاقة")],
        widget=forms.RadioSelect,
    )
    terms = forms.BooleanField(label="J'accepte les conditions · أوافق على الشروط")


def _card(words: dict[str, Any], family: str, unit: str, availability: str, **more: Any) -> dict[str, Any]:
    return {
        "title": words["title"],
        "url": "#",
        "family_code": family,
        "sale_unit": unit,
        "variant": "",
        "cooperative_name": words["cooperative"],
        "cooperative_url": "#",
        "place": words["place"],
        "price": sum(AMOUNTS),
        "currency": "MAD",
        "price_per": words["per"],
        "availability": {"code": availability, "text": words["out" if availability == "sold_out" else availability]},
        "badges": [],
    } | more


def _sample(language: str, scheme: str) -> dict[str, Any]:
    words = WORDS[language]
    with override(language):
        return {
            "language": language,
            "direction": "rtl" if language == "ar" else "ltr",
            "scheme": scheme,
            "words": words,
            "cards": [
                _card(words, "argan_food", "glass", "in_stock", badges=[{"text": words["badge"]}]),
                _card(words, "honey_thyme", "jar", "last"),
                _card(words, "rug_knotted", "piece", "sold_out"),
                _card(words, "dates_mejhoul", "box", "in_stock", currency="EUR"),
            ],
            "breakdown": table_of(break_down([Sold("", 1, UNIT)], currency="MAD", delivery=Decimal("35.00"))),
            "total": sum(AMOUNTS),
            "steps": [
                {"name": name, "state": state, "at": NOON + timedelta(days=n) if n < 2 else None}
                for n, (name, state) in enumerate(zip(words["steps"], ["done", "done", "here", "next"], strict=True))
            ],
            "form": SampleForm({"name": "فاطمة الزهراء", "phone": "0612345678"}, prefix=f"{language}-{scheme}"),
            "page_obj": Paginator(range(480), 24).get_page(4),
            "crumbs": [(words["place"], "#"), (words["cooperative"], "")],
            "tabs": [(name, "#", n == 1) for n, name in enumerate(words["steps"])],
            "facet": {
                "title": words["place"],
                "options": [
                    {"label": name, "url": "#", "count": 17 * (n + 1), "chosen": n == 1}
                    for n, name in enumerate(words["parts"][:4])
                ],
            },
        }


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """Show every component four times over."""
    samples = [_sample(language, scheme) for scheme in ("light", "dark") for language in ("ar", "fr")]
    return render(request, "demo/style.html", {"samples": samples, "icons": list(ICONS)})
