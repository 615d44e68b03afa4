"""How each message goes, which of them a person may refuse, and how long an SMS is. No database."""

import math
import unicodedata
from collections.abc import Collection, Mapping

ALSO_BY_SMS = frozenset(
    {
        *("placed", "confirmed", "paid", "held", "accepted"),
        *("shipped", "parcel_left", "out_for_delivery", "absent", "coming_back", "parcel_lost"),
        *("delivered", "refused", "refund_made"),
        *("line_short", "line_left_out"),
        "complaint_received",
        *("ready_to_collect", "code_again_2", "code_again_3", "code_again_4"),
    }
)
"""Steps that are told by SMS beside the mail: where the parcel is, and that money came or went back.

All else goes by mail, and by SMS only to someone without an address.
"""
TO_THE_PHONE = frozenset({"please_confirm", "please_confirm_again"})
"""What asks whether a number's owner meant it goes to the number itself, where that can be."""

PAID_BACK = frozenset({"cancelled", "not_collected"})
"""Steps after which all that was paid goes back: then their words say so."""

OPTIONAL = frozenset({"please_confirm_again", "transfer_reminder"})
"""What nobody needs to be told to get what they bought: reminders. Each says how to stop them, and whoever did is not
reminded. Everything else belongs to the contract and is told whatever someone said
(docs/decisions/what-a-buyer-may-refuse-to-be-told.md)."""

BEST_FIRST = ("SENT", "WAITING", "FAILED")


def reached(states: Collection[str]) -> str:
    """Return what several messages about one thing came to: one that was sent is enough."""
    return min(states, key=BEST_FIRST.index)


MOST_SEGMENTS = 3
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = frozenset("^{}\\[~]|€\f")
"""Signs of GSM 03.38 that take the room of two."""

FOLDED = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "×": "x",
        "œ": "oe",
        "Œ": "OE",
        "\u2068": "",
        "\u2069": "",
        "\u2066": "",
    }
)
SHORTENED = ("name", "payer", "recipient", "seller", "what", "reason", "shop")
"""Facts that people wrote or that list things: the only ones that a message may cut to fit."""

SHORTEST = 10


def segments(text: str) -> int:
    """Count the parts that a text travels in: of 160 or 153 signs in GSM 03.38, of 70 or 67 in any other writing."""
    if all(sign in GSM or sign in GSM_TWICE for sign in text):
        length, alone, joined = sum(2 if sign in GSM_TWICE else 1 for sign in text), 160, 153
    else:
        length, alone, joined = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= alone else math.ceil(length / joined)


def plain(text: str) -> str:
    """Write a text with the signs of every telephone where that costs no meaning: one odd space would double its price.

    A text in Arabic letters keeps all its signs but the spaces.
    """
    text = text.translate(FOLDED)
    folded = "".join(sign if sign in GSM or sign in GSM_TWICE else _without_accent(sign) for sign in text)
    return folded if all(sign in GSM or sign in GSM_TWICE for sign in folded) else text


def _without_accent(sign: str) -> str:
    return unicodedata.normalize("NFD", sign)[0]


def short(words: str, facts: Mapping[str, str]) -> str:
    """Put facts into the words of an SMS so that it travels in at most three parts; the longest name gives way."""
    facts = {name: fact if "url" in name else plain(fact) for name, fact in facts.items()}
    text = plain(words % facts)
    while segments(text) > MOST_SEGMENTS:
        name = max(SHORTENED, key=lambda name: len(facts.get(name, "")) if f"%({name})s" in words else 0)
        if f"%({name})s" not in words or len(facts.get(name, "")) <= SHORTEST:
            return text
        facts[name] = facts[name].rstrip(".")[:-5].rstrip() + ".."
        text = plain(words % facts)
    return text
