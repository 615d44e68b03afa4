"""Banks, and what becomes of the account numbers in the file of cooperatives."""

from catalogue.cooperatives.datasets import CooperativeRow
from catalogue.cooperatives.models import Membership, Partner
from catalogue.kernel import translated
from catalogue.kernel.bulk import Counts, upsert
from catalogue.kernel.cells import Cells
from catalogue.kernel.datasets import Context, DataRefused, Dataset, finish, register

from . import operations
from .models import Bank, BankAccount
from .policies import NotARib

COOPERATIVES = "cooperatives.csv"


@register
class Banks(Dataset[Bank]):
    """Banks beside those that are there from the beginning, or their other names."""

    file = "banks.csv"
    columns = ("code", "name_ar", "name_fr", "bic")
    label = "code"
    is_optional = True

    def read(self, cells: Cells) -> Bank:
        code = cells.text("code")
        if not (len(code) == 3 and code.isascii() and code.isdecimal()):
            cells.refuse(f'code "{code}" is not of three digits')
        bic = cells.text("bic", required=False, max_length=11)
        return Bank(code=code, bic=bic, **translated.read(cells, "name", max_length=80))

    def apply(self, items: list[Bank], context: Context) -> Counts:
        fields = ("bic", *translated.columns("name", languages=("ar", "fr")))
        return upsert(Bank, items, key=("code",), fields=fields)


@finish("bank accounts")
def propose_accounts(context: Context) -> Counts:
    """Open the accounts of cooperatives that come with one, and propose the numbers that others never had.

    A number that a cooperative had, or was proposed before, is no news: the file may be older than its accounts.
    """
    rows: dict[str, CooperativeRow] = {row.cooperative.code: row for row in context.items[COOPERATIVES]}
    counts = Counts()
    known = set(BankAccount.objects.values_list("cooperative__code", "rib"))
    settled = {code for code, _rib in known}
    settled |= set(Membership.objects.values_list("cooperative__code", flat=True))
    cooperatives = Partner.objects.in_bulk(list(rows), field_name="code")
    for code, row in rows.items():
        if (code, row.rib) in known:
            counts.unchanged += 1
            continue
        try:
            _write(cooperatives[code], row.rib, is_new=code not in settled, context=context)
            counts.created += 1
        except NotARib:
            context.refuse(COOPERATIVES, f"id {code}", f'unknown bank "{row.rib[:3]}"', code)
        except operations.AccountRefused as error:
            context.refuse(COOPERATIVES, f"id {code}", f"rib: {error}", code)
    if context.report.problems:
        raise DataRefused(context.report.problems)
    return counts


def _write(cooperative: Partner, rib: str, *, is_new: bool, context: Context) -> None:
    holder = cooperative.name
    if is_new:
        operations.open_account(cooperative_id=cooperative.pk, rib=rib, holder_name=holder, now=context.now)
    else:
        operations.propose(
            cooperative_id=cooperative.pk,
            rib=rib,
            holder_name=holder,
            by=None,
            route=BankAccount.Route.IMPORT,
            now=context.now,
        )
