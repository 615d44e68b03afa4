"""Invented buyers. Names are drawn from common first and family names; phones from ranges that reach nobody."""

from dataclasses import dataclass
from random import Random

FIRST = {
    "ar": ("فاطمة الزهراء", "خديجة", "نادية", "سعاد", "مريم", "حنان", "محمد", "يوسف", "رشيد", "عمر", "كريم", "ياسين"),
    "fr": ("Fatima-Zahra", "Khadija", "Nadia", "Souad", "Meryem", "Hanane", "Mohamed", "Youssef", "Rachid", "Omar"),
    "en": ("Fatima", "Amina", "Sara", "Leila", "Emily", "Grace", "Adam", "Daniel", "Omar", "James"),
}
FAMILY = {
    "ar": ("العلوي", "بناني", "الإدريسي", "المنصوري", "أيت الحاج", "الفاسي", "التازي", "برادة", "الزياني", "أوحساين"),
    "fr": ("Alaoui", "Bennani", "Idrissi", "Mansouri", "Aït Lhaj", "El Fassi", "Tazi", "Berrada", "Ziani", "Ouhssain"),
    "en": ("Alami", "Bennis", "Idrissi", "Mansour", "Haddad", "Taylor", "Miller", "Clarke", "Ziani", "Reed"),
}
DISTRICTS = {
    "ar": ("حي السلام", "حي المحمدي", "حي الرياض", "دوار آيت علي", "دوار أولاد بوعزة", "حي النهضة", "دوار تيزي"),
    "fr": ("Hay Salam", "Hay Mohammadi", "Hay Riad", "Douar Aït Ali", "Douar Oulad Bouazza", "Hay Nahda", "Douar Tizi"),
    "en": ("Hay Salam", "Hay Riad", "Hay Nahda", "Douar Ait Ali", "Douar Tizi"),
}
LANDMARKS = {
    "ar": ("قرب المسجد", "مقابل الصيدلية", "خلف السوق الأسبوعي", "بجانب المدرسة", ""),
    "fr": ("Près de la mosquée", "En face de la pharmacie", "Derrière le souk", "À côté de l'école", ""),
    "en": ("Near the mosque", "Opposite the pharmacy", "Behind the market", ""),
}
STREETS = ("rue des Oliviers", "avenue de la Gare", "rue du Marché", "High Street", "Station Road", "Calle Mayor")
# town, postal code, state where the country writes one
TOWNS = {
    "FR": (("Lyon", "69003", ""), ("Marseille", "13001", ""), ("Montreuil", "93100", ""), ("Lille", "59000", "")),
    "ES": (("Barcelona", "08001", "Barcelona"), ("Almería", "04001", "Almería"), ("Madrid", "28004", "Madrid")),
    "BE": (("Bruxelles", "1000", ""), ("Antwerpen", "2000", "")),
    "US": (("Boston", "02108", "MA"), ("Austin", "78701", "TX"), ("Arlington", "22201", "VA")),
    "NL": (("Rotterdam", "3011 AA", ""), ("Utrecht", "3511 AA", "")),
    "IT": (("Torino", "10121", "TO"), ("Bologna", "40121", "BO")),
    "DE": (("Frankfurt am Main", "60311", ""), ("Köln", "50667", "")),
    "CA": (("Montréal", "H2X 1Y4", "QC"), ("Ottawa", "K1P 1J1", "ON")),
    "GB": (("London", "N1 9GU", ""), ("Birmingham", "B1 1AA", "")),
    "CH": (("Genève", "1201", ""),),
    "AE": (("Dubai", "", "Dubai"),),
    "SA": (("Riyadh", "11564", ""),),
    "QA": (("Doha", "", ""),),
    "SE": (("Malmö", "211 20", ""),),
    "PT": (("Lisboa", "1100-148", ""),),
    "LU": (("Luxembourg", "1111", ""),),
}


@dataclass(frozen=True)
class Buyer:
    name: str
    phone: str
    email: str
    language: str
    user_id: int | None = None


def phone(random: Random, country: str) -> str:
    """Invent a number: an unallocated range at home, ranges kept for films and books abroad."""
    if country == "MA":
        return f"+2127402{random.randrange(100000):05d}"
    if country in ("US", "CA"):
        return f"+120255501{random.randrange(100):02d}"
    if country == "GB":
        return f"+447700900{random.randrange(1000):03d}"
    return f"+3363998{random.randrange(10000):04d}"


def invent(random: Random, language: str, country: str, serial: int) -> Buyer:
    name = f"{random.choice(FIRST[language])} {random.choice(FAMILY[language])}"
    email = f"buyer{serial:04d}@example.org" if random.random() < (0.35 if country == "MA" else 0.9) else ""
    return Buyer(name, phone(random, country), email, language)
