"""The 69 families of families.csv: the light they stand in, what fills their packaging, what stands beside."""

from collections.abc import Callable
from dataclasses import dataclass, field

from . import clay, jewellery, leather, pantry, plants, textiles, wickerwork, wood_and_copper
from .ink import BRICK, CLAY, DATE, INDIGO, LEAF, MOSS, PLUM, SAFFRON, WHITE


@dataclass(frozen=True)
class Family:
    """How a family is drawn. ``variants`` gives some variants a filling of their own."""

    ground: str
    pack: str
    inside: str = ""
    lid: str = DATE
    beside: Callable[[], str] | None = None
    variants: dict[str, str] = field(default_factory=dict)
    piece: Callable[[str], str] | None = None


SUN, STRAW, BLUSH, PEACH, MINT, SAGE = "#f7e6b5", "#f1e2c4", "#f6dcd6", "#f8dcc2", "#dcebdc", "#e3e9cf"
LILAC, AIR, PEARL, EARTH, ICE, WHEAT = "#e6def0", "#d9e6ef", "#efe9dd", "#ecd6c3", "#e2ecec", "#f5e9cc"


def crafted(ground: str, piece: Callable[[str], str]) -> Family:
    return Family(ground, "piece", piece=piece)


FAMILIES: dict[str, Family] = {
    "argan_food": Family(
        SUN, "glass", "#c98616", MOSS, plants.argan, {"light": "#dba12b", "stone": "#b8791a", "toasted": "#a5610f"}
    ),
    "olive_evoo": Family(
        SAGE, "glass", "#93a02c", MOSS, lambda: plants.olive_branch("#7f9433"), {"lemon": "#c2b733", "early": "#7e9a2a"}
    ),
    "olive_virgin": Family(
        STRAW, "tin", "#d8c25a", "#5c7335", lambda: plants.olive_branch("#43324a"), {"village": "#c89b3a"}
    ),
    "prickly_oil": Family(BLUSH, "amber", "#d8b23a", "#9c2f4f", lambda: plants.cactus("#c23a55")),
    "seed_oils": Family(PEARL, "amber", "#caa23a", "#4a4038", pantry.sesame, {"nigella": "#3b3026", "flax": "#b98d2e"}),
    "dates_mejhoul": Family(WHEAT, "box", "#7a3d1d", "#3f5e46", lambda: pantry.dates("#7a3d1d", 1.15)),
    "dates_boufeggous": Family(PEACH, "box", "#4d2616", "#a5562d", lambda: plants.date_branch("#6b3319")),
    "dates_other": Family(EARTH, "bag", "#94561f", "#c79a63", lambda: pantry.dates("#a86a2a")),
    "date_paste": Family(STRAW, "box", "#5b2c1c", "#7b4a86", lambda: pantry.slab("#5b2c1c"), {"sesame": "#7a4a26"}),
    "date_syrup": Family(EARTH, "glass", "#4a1f10", "#c79a3a", lambda: pantry.dates("#7a3d1d", 0.9)),
    "vinegar": Family(
        BLUSH,
        "glass",
        "#b06a2a",
        "#7a2f2a",
        lambda: plants.apple("#b83a32"),
        {"date": "#7a3d1d", "cactus": "#c2566a", "fig": "#7a3f6a"},
    ),
    "honey_thyme": Family(
        SUN, "jar", "#cf8a1a", "#6d7d45", lambda: pantry.honey_with(plants.sprig(182, 166, 46, "#6f8a55", "#a56fb0"))
    ),
    "honey_euphorbia": Family(SAGE, "jar", "#a5600f", "#8f7a2a", plants.euphorbia, {"creamy": "#e5c98a"}),
    "honey_arbutus": Family(BLUSH, "jar", "#6f3a12", "#a5352b", plants.arbutus),
    "honey_mono": Family(
        PEACH,
        "jar",
        "#dd9a24",
        "#2c5a7b",
        lambda: pantry.honey_with(plants.blossom(184, 146, 13, WHITE, SAFFRON)),
        {"lavender": "#e2b65a", "carob": "#7a4216", "orange": "#e8a63a", "eucalyptus": "#b9781d"},
    ),
    "honey_multi": Family(AIR, "jar", "#d98a1c", "#b5522f", plants.bee, {"comb": "#e8b23a", "spring": "#ecc566"}),
    "hive": Family(WHEAT, "jar", "#e0a93a", "#5b4a2a", pantry.comb, {"propolis": "#6b4420", "royal": "#f2e6c4"}),
    "honey_mix": Family(EARTH, "jar", "#c27a1e", "#7b3f2a", pantry.nuts),
    "amlou": Family(PEACH, "jar", "#9a6331", "#b58a3a", plants.almonds, {"sesame": "#b8894f", "peanut": "#a8723a"}),
    "couscous_wheat": Family(
        WHEAT,
        "bag",
        "#e8cf92",
        "",
        lambda: pantry.mound("#e8cf92", 2) + plants.ear(176, 150, "#cfa24a"),
        {"whole": "#b98d55"},
    ),
    "couscous_barley": Family(
        SAGE,
        "bag",
        "#b99a5b",
        "",
        lambda: plants.ear(142, 167, "#b99a4b", True) + plants.ear(166, 167, "#a88a3e", True),
        {"green": "#9aa35a"},
    ),
    "couscous_khoumassi": Family(AIR, "bag", "#c9a25e", "", pantry.five_grains, {"bran": "#a07a48"}),
    "couscous_flavoured": Family(
        PEACH,
        "bag",
        "#e0b23a",
        "",
        lambda: pantry.mound("#e5bd4c", 5, ("#7c8b2f", "#b5522f", "#fbf3e2")) + plants.sprig(178, 148, 34, LEAF),
        {"carob": "#7a4a26", "herbs": "#a8ad5a"},
    ),
    "berkoukes": Family(MINT, "bag", "#dfc48b", "", lambda: pantry.bowl("#a5533f", "#ead6a4", 7)),
    "sellou": Family(
        BLUSH, "box", "#a8743e", "#c58a2e", lambda: plants.cone("#a8743e", 154, 28, 52) + plants.almonds(26)
    ),
    "flour_pulses": Family(
        EARTH,
        "bag",
        "#b57a45",
        "",
        lambda: pantry.scoop("#a5652f"),
        {"lentils": "#7a5a3a", "chickpeas": "#dcb878", "broad": "#a8a065"},
    ),
    "sweets": Family(LILAC, "box", "#d9a95a", "#a23d5b", pantry.horns),
    "saffron": Family(LILAC, "mini", "#b3261a", "#c79a63", plants.crocus, {"powder": "#c8521a"}),
    "spices": Family(
        SUN, "bag", "#b8562a", "", pantry.spice_cones, {"cumin": "#9a7a3a", "paprika": "#b8342a", "ginger": "#dcb766"}
    ),
    "henna": Family(SAGE, "bag", "#7d8a2e", "", plants.henna_leaves),
    "ghassoul": Family(EARTH, "bag", "#8f6a4d", "", pantry.clay_lumps, {"rose": "#b98080"}),
    "infusions": Family(MINT, "bag", "#8a9a4a", "", pantry.tea, {"chamomile": "#e2c95a", "verbena": "#7f9a4f"}),
    "culinary_herbs": Family(
        SAGE,
        "bag",
        "#5f7a3f",
        "",
        lambda: plants.sprig(142, 167, 66, "#5f7f45") + plants.sprig(168, 167, 54, "#7d9560"),
    ),
    "rose_buds": Family(BLUSH, "box", "#c4566c", "#e6c7c4", lambda: plants.rose("#c4566c")),
    "lavender": Family(LILAC, "bag", "#7d69b0", "", plants.lavender),
    "essential_oils": Family(
        MINT, "amber", "#8fbf7a", "#2b3a34", plants.mint, {"lavender": "#9a86c9", "cedar": "#a5763f"}
    ),
    "hydrosols": Family(
        AIR,
        "pet",
        "#dbeef2",
        "#d9763a",
        lambda: (
            plants.blossom(150, 130, 17, WHITE, SAFFRON)
            + plants.blossom(174, 154, 13, WHITE, SAFFRON)
            + pantry.leaf(150, 158, 26, -20, MOSS)
        ),
        {"rose": "#f3cfd6"},
    ),
    "figs": Family(LILAC, "bag", "#8a5a4a", "", pantry.fig, {"white": "#d8bd85"}),
    "nuts": Family(STRAW, "bag", "#b97a3f", "", pantry.nuts),
    "dried_fruit": Family(
        PEACH,
        "bag",
        "#d9822b",
        "",
        lambda: pantry.fruit_pair("#e0922e", "#6d3c58"),
        {"prune": "#4d2a3f", "raisin": "#6d3c2a", "quince": "#e0b85a"},
    ),
    "jams": Family(
        BLUSH,
        "jar",
        "#b8432a",
        "#8f3345",
        lambda: (
            pantry.cut(146, 148, 18, "#d9822b", "#f2b45a", "#8a4a1d")
            + pantry.cut(174, 156, 11, "#a52f3a", "#d9695a", "#f7e3b4")
        ),
        {
            "fig": "#6d3c58",
            "quince": "#d9822b",
            "apricot": "#e08a24",
            "cactus": "#c2385a",
            "pumpkin": "#dd8a2a",
            "cherry": "#8a1f2f",
            "bitter_orange": "#e0741c",
        },
    ),
    "syrups": Family(AIR, "glass", "#6d1f2f", "#8a5a2b", pantry.pomegranate, {"carob": "#3f1f12", "grape": "#4d2348"}),
    "condiments": Family(
        SUN, "jar", "#c5452a", "#a5742a", pantry.pepper_lemon, {"lemon": "#e8c83a", "capers": "#7d8a3f"}
    ),
    "table_olives": Family(
        SAGE, "jar", "#8a9a3a", "#5b4a2a", pantry.olives_mixed, {"violet": "#6d4058", "black": "#33291f"}
    ),
    "seafood": Family(AIR, "can", "#7f97a8", "#3d6f94", pantry.fish),
    "cheese_fresh": Family(ICE, "tub", "#f7f0e0", "#7aa874", pantry.little_cheeses),
    "cheese_aged": Family(
        WHEAT, "tub", "#e8c87a", "#b5803a", lambda: pantry.wedge("#b5803a", "#f0d48a", True), {"ash": "#8a8a86"}
    ),
    "smen": Family(SUN, "jar", "#efd578", "#8a6a2a", pantry.churn),
    "khlii": Family(EARTH, "jar", "#a5653a", "#6d2f22", pantry.strips),
    "argan_cosm": Family(
        PEACH, "amber", "#e0a832", "#c9a24a", plants.argan_flower, {"rose": "#d98a94", "orange": "#e8973a"}
    ),
    "black_soap": Family(SAGE, "jar", "#5b4620", "#33502f", pantry.blob),
    "soaps": Family(
        ICE,
        "bar",
        "#dcc79a",
        "",
        lambda: pantry.bubbles("#ffffff"),
        {"honey": "#e0b04a", "clay": "#b98a6a", "cactus": "#a8c08a", "argan": "#d9b06a"},
    ),
    "care": Family(
        BLUSH,
        "jar",
        "#f3e3d9",
        "#d98a94",
        pantry.cream_pot,
        {"hair": "#d9b45a", "shampoo": "#c9a05a", "balm": "#e8cf8a"},
    ),
    "rug_knotted": crafted("#e9dccb", textiles.rug_knotted),
    "kilim": crafted("#dfe3d6", textiles.kilim),
    "home_textile": crafted("#e3dcea", textiles.home_textile),
    "clothing": crafted("#efe2d0", textiles.clothing),
    "embroidery": crafted("#dbe5ea", textiles.embroidery),
    "babouches": crafted("#e5ead8", leather.babouches),
    "bags": crafted("#f3e3c9", leather.bags),
    "poufs": crafted("#eadfd6", leather.poufs),
    "pottery_cook": crafted("#f6e4c6", clay.pottery_cook),
    "pottery_deco": crafted("#f4dfcf", clay.pottery_deco),
    "basketry": crafted("#dce8e2", wickerwork.basketry),
    "wood": crafted("#e4ead9", wood_and_copper.wood),
    "copper": crafted("#dfe6ec", wood_and_copper.copper),
    "silver": crafted("#d9dfe8", jewellery.silver),
    "costume": crafted("#f3dfe0", jewellery.costume),
    "gift_box": Family(
        SUN,
        "hamper",
        "#d98a1c",
        DATE,
        lambda: pantry.dates("#7a3d1d", 0.7),
        {
            "beauty": "#d98a94",
            "oasis": "#7a3d1d",
            "atlas": "#6f9a63",
            "souss": "#c98616",
            "breakfast": "#9a6331",
            "eid": "#a23d5b",
        },
    ),
}

ACCENTS = (CLAY, INDIGO, MOSS, BRICK, PLUM, "#2d6a6f", "#8a6414", "#a23d5b")
"""What a cooperative's label may be printed in."""
