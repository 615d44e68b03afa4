"""What cooperatives make, as the data name it: Arabic, French, English."""

from catalogue.cooperatives.datasets import SECTORS_EN

NAMES = {
    "argan": ("الأركان", "Argane"),
    "basketry": ("السلالة", "Vannerie"),
    "cactus": ("الصبار", "Figue de Barbarie"),
    "clothing": ("الخياطة والطرز", "Couture et broderie"),
    "copper": ("النحاس", "Dinanderie"),
    "couscous": ("الكسكس والحبوب", "Couscous et céréales"),
    "dairy": ("الحليب والأجبان", "Lait et fromages"),
    "dates": ("التمور", "Phœniciculture"),
    "figs": ("التين والفواكه", "Figues et fruits"),
    "herbs": ("الأعشاب العطرية والطبية", "Plantes aromatiques et médicinales"),
    "honey": ("تربية النحل", "Apiculture"),
    "jewellery": ("الصياغة", "Bijouterie"),
    "leather": ("الجلد", "Cuir"),
    "olive": ("الزيتون", "Oléiculture"),
    "pottery": ("الفخار", "Poterie"),
    "preserves": ("المرقدات والحلويات", "Conserves et douceurs"),
    "saffron": ("الزعفران", "Safran"),
    "seafood": ("منتجات البحر", "Produits de la mer"),
    "spices": ("التوابل والحناء", "Épices et henné"),
    "weaving": ("النسيج والزربية", "Tissage et tapis"),
    "wood": ("الخشب", "Bois"),
}
SECTORS = {code: (*names, SECTORS_EN[code]) for code, names in NAMES.items()}
LANGUAGES = ("ar", "fr", "en")


def sector_name(code: str, language: str | None) -> str:
    """Return a sector's name in a language, English in one we do not know."""
    short = (language or "")[:2]
    return SECTORS[code][LANGUAGES.index(short) if short in LANGUAGES else -1]


def choices(language: str | None) -> list[tuple[str, str]]:
    """Return every sector by its name in a language."""
    return sorted(((code, sector_name(code, language)) for code in SECTORS), key=lambda pair: pair[1])
