"""The ledger, to be read: what stands on every account, the lines of one, and one entry. Nothing here writes."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from fulfilment.ledger import queries
from storefront.office import access
from storefront.office.forms import AtForm

PER_PAGE = 50


@access.office_page(access.VIEW_LEDGER)
def trial_balance(request: HttpRequest) -> HttpResponse:
    """Show what stands on every account, by currency: now, or at the end of a day."""
    form = AtForm(request.GET or None)
    at = form.cleaned_data.get("at") if form.is_valid() else None
    found = queries.trial_balance(at)
    context = {"form": form, "at": at, "currencies": [balance.by_code for balance in found]}
    return render(request, "office/ledger.html", context)


@access.office_page(access.VIEW_LEDGER)
def account(request: HttpRequest, code: str, currency: str) -> HttpResponse:
    """Show an account's lines; of accounts that every cooperative has, all of them or one cooperative's."""
    balances = queries.accounts_of(code, currency) if "\0" not in code + currency else []
    slug = request.GET.get("cooperative", "")
    if slug:
        balances = [found for found in balances if found.account.cooperative and found.account.cooperative.slug == slug]
    if not balances:
        raise Http404
    accounts = [found.account for found in balances]
    context = {
        "account": accounts[0],
        "cooperative": accounts[0].cooperative if slug else None,
        "shares": [found for found in balances if found.amount] if accounts[0].cooperative and not slug else [],
        "of_cooperatives": accounts[0].cooperative is not None and not slug,
        "balance": queries.Balance(accounts[0], sum(found.amount for found in balances)),  # type: ignore[arg-type]
        "page_obj": Paginator(queries.lines_of(accounts), PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "office/ledger_account.html", context)


@access.office_page(access.VIEW_LEDGER)
def stamp_duty(request: HttpRequest) -> HttpResponse:
    """Show the stamp duty to declare, month by month."""
    return render(request, "office/stamp_duty.html", {"months": queries.stamp_duty_by_month()})


@access.office_page(access.VIEW_LEDGER)
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one entry with its lines."""
    found = queries.entry(pk)
    if found is None:
        raise Http404
    return render(request, "office/ledger_entry.html", {"entry": found})
