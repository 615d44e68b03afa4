"""The office's first page and its sales figures."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from catalogue.kernel.money import CURRENCIES
from catalogue.kernel.periods import Period, day_of
from catalogue.pricing import queries as pricing
from fulfilment.payments.disputing import queries as disputing
from fulfilment.payments.models.disputes import SOON
from fulfilment.reports import queries
from fulfilment.reports.policies import Sales, group, total
from storefront.office import access
from storefront.office.chart import Chart, draw
from storefront.office.forms import PeriodForm


@access.office_page()
def home(request: HttpRequest) -> HttpResponse:
    """Show today and the last 30 days, and the work that waits."""
    now = timezone.now()
    today = day_of(now)
    month = Period(today - timedelta(days=29), today + timedelta(days=1))
    rows = queries.sales(month)
    context = figures(rows, month) | {
        "today": today,
        "today_rows": [row for row in rows if row.day == today],
        "today_total": total(row for row in rows if row.day == today),
        "waiting": queries.waiting(now),
        "rates": pricing.attention(today) if request.user.has_perm(access.VIEW_RATES) else None,
        "disputes": disputing.to_answer() if request.user.has_perm(access.VIEW_DISPUTES) else None,
        "soon": now + SOON,
    }
    return render(request, "office/home.html", context)


@access.office_page()
def sales(request: HttpRequest) -> HttpResponse:
    """Show every day, country and currency of a period that the reader chooses."""
    today = day_of(timezone.now())
    form = PeriodForm(request.GET or None, initial={"from_day": today - timedelta(days=29), "to_day": today})
    period = Period(today - timedelta(days=29), today + timedelta(days=1))
    if form.is_bound and form.is_valid():
        period = form.period
    rows = queries.sales(period)
    return render(request, "office/sales.html", figures(rows, period) | {"form": form, "rows": rows})


def figures(rows: Iterable[Sales], period: Period) -> dict[str, Any]:
    """Put the same rows together in the ways that both pages show."""
    rows = list(rows)
    by_day = group(rows, lambda row: row.day)
    by_country = group(rows, lambda row: (row.country, row.currency))
    return {
        "period": period,
        "last_day": period.until_day - timedelta(days=1),
        "currencies": CURRENCIES,
        "total": total(rows),
        "days": list(by_day.values()),
        "countries": sorted(by_country.values(), key=lambda found: (-found.ordered_mad, found.key)),
        "chart": _chart(by_day, period),
    }


def _chart(by_day: dict[Any, Any], period: Period) -> Chart:
    days: list[date] = [
        period.from_day + timedelta(days=offset) for offset in range((period.until_day - period.from_day).days)
    ]
    nothing = total([])
    return draw((day, by_day.get(day, nothing).ordered_mad, by_day.get(day, nothing).taken_mad) for day in days)
