from django.conf import settings

from fulfilment.ledger import chart
from fulfilment.ledger.policies import Source


def test_the_page_for_people_lists_every_account_with_its_number():
    page = (settings.BASE_DIR / "docs" / "chart-of-accounts.md").read_text(encoding="utf-8")
    rows = [row.split("|")[1:4] for row in page.split("## ")[0].splitlines() if row.startswith("| `")]

    listed = {
        (code.strip("`"), number)
        for codes, numbers, _kind in rows
        for code, number in zip(codes.split(), numbers.split() * len(codes.split()), strict=False)
    }

    assert {(code, rule.number) for code, rule in chart.CHART.items()} == listed


def test_every_kind_of_event_has_a_name_for_pages():
    assert set(chart.SOURCES) == set(Source)
