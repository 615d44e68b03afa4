"""Import rules and papers from files: checked with their lines, written once, never over the office's own."""

from datetime import date

import pytest

from fulfilment.shipping.models import ImportRule, SendingPermission, Tariff

pytestmark = pytest.mark.django_db
EUROPE = "import_rules.csv:2 block EU++2026-07-01"
ATLAS = "sending_permissions.csv:2 cooperative_id COOP-042+EU+ANIMAL_ORIGIN_HONEY+2026-01-15"


@pytest.mark.parametrize(
    ("file", "cells", "told"),
    [
        ("import_rules.csv", {"regime": "free"}, f'{EUROPE}: regime "free" is not one of those we know'),
        ("import_rules.csv", {"regime": ""}, f"{EUROPE}: regime is empty, and the row is for a whole block"),
        ("import_rules.csv", {"currency": ""}, f"{EUROPE}: currency is empty beside an amount"),
        ("import_rules.csv", {"currency": "euro"}, f"{EUROPE}: currency is no code"),
        ("import_rules.csv", {"duty_per_heading": "-3"}, f"{EUROPE}: duty_per_heading -3 is negative"),
        ("import_rules.csv", {"duty_per_heading": "NaN"}, f'{EUROPE}: duty_per_heading "NaN" is not a number'),
        ("import_rules.csv", {"vat_pct": "100"}, f"{EUROPE}: vat_pct 100 is not below 100"),
        ("import_rules.csv", {"announces_food": "maybe"}, 'announces_food "maybe" is not one of those we know'),
        ("import_rules.csv", {"confidence": ""}, f"{EUROPE}: confidence is empty"),
        ("import_rules.csv", {"valid_until": "2026-07-01"}, f"{EUROPE}: valid_until is not after valid_from"),
        ("import_rules.csv", {"valid_from": "1 July"}, 'valid_from "1 July" is not a date (YYYY-MM-DD)'),
        ("import_rules.csv", {"block": "MARS"}, 'import_rules.csv:2 block MARS++2026-07-01: unknown block "MARS"'),
        ("import_rules.csv", {"country": "US"}, 'block EU+US+2026-07-01: "US" is no country of EU'),
        ("sending_permissions.csv", {"reference": ""}, f"{ATLAS}: reference is empty"),
        ("sending_permissions.csv", {"cooperative_id": "COOP-999"}, 'unknown cooperatives "COOP-999"'),
        (
            "sending_permissions.csv",
            {"ship_flag": "ANIMAL_ORIGIN_DAIRY"},
            "ANIMAL_ORIGIN_DAIRY is not under review in EU",
        ),
        ("sending_permissions.csv", {"valid_until": "2026-01-15"}, f"{ATLAS}: valid_until is not after valid_from"),
        ("delivery_zones.csv", {"cold_chain": "cool"}, 'cold_chain "cool" is not one of those we know'),
    ],
)
def test_load_refuses_a_wrong_cell_and_writes_nothing(folder, file, cells, told):
    folder.set(file, 0, **cells)

    problems = folder.problems()

    assert [problem for problem in problems if told in problem], problems
    assert [model.objects.count() for model in (ImportRule, SendingPermission, Tariff)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("import_rules.csv", "block EU+: overlaps the row from 2026-07-01"),
        ("sending_permissions.csv", "cooperative_id COOP-042+EU+ANIMAL_ORIGIN_HONEY: overlaps the row from 2026-01-15"),
    ],
)
def test_load_refuses_two_rows_for_the_same_days(folder, file, told):
    folder.add(file, valid_from="2026-08-01")

    problems = folder.problems()

    assert len(problems) == 1
    assert told in problems[0]
    assert problems[0].startswith(f"{file}:{len(folder.rows(file)) + 1} ")


def test_a_second_load_changes_nothing_and_leaves_the_office_s_rows(folder):
    folder.load()
    rules, papers = ImportRule.objects.count(), SendingPermission.objects.count()
    ImportRule.objects.filter(block="EU", country="").update(duty_per_heading=4, valid_until=date(2027, 1, 1))
    SendingPermission.objects.filter(block="US").update(valid_until=date(2026, 11, 1))

    folder.load()

    assert (ImportRule.objects.count(), SendingPermission.objects.count()) == (rules, papers) == (30, 4)
    europe = ImportRule.objects.get(block="EU", country="")
    assert (europe.duty_per_heading, europe.valid_until) == (4, date(2027, 1, 1))
    assert SendingPermission.objects.get(block="US").valid_until == date(2026, 11, 1)


def test_days_of_the_law_do_not_move_with_the_data(folder):
    folder.load(today=date(2026, 11, 10))

    assert ImportRule.objects.get(block="EU", country="").valid_from == date(2026, 7, 1)


def test_a_folder_without_the_two_files_loads(folder):
    for file in ("import_rules.csv", "sending_permissions.csv"):
        (folder.path / file).unlink()

    folder.load()

    assert [model.objects.count() for model in (ImportRule, SendingPermission)] == [0, 0]


def test_a_folder_that_does_not_say_takes_quick_deliveries_at_home_for_cold_ones(folder):
    folder.drop_column("delivery_zones.csv", "cold_chain")
    folder.load()

    cold = set(Tariff.objects.filter(cold_chain=True).values_list("zone__code", "method"))
    assert cold == {("MA-Z1", "home"), ("MA-Z1", "express"), ("MA-Z2", "express"), ("MA-Z3", "express")}
