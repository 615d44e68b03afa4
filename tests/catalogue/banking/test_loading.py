"""A file of cooperatives opens the accounts of new ones; for all others it proposes, and writes nothing itself."""

import pytest

from catalogue.banking import operations, queries
from catalogue.banking.models import Bank, BankAccount
from catalogue.cooperatives.models import Partner
from catalogue.kernel.identifiers import rib_to_iban
from tests.catalogue.loading.conftest import NOW, folder  # noqa: F401
from tests.factories.banking import make_rib
from tests.factories.people import make_member, make_staff

pytestmark = pytest.mark.django_db
FILE = "cooperatives.csv"
RIB = "225450000000000900150961"


@pytest.fixture
def loaded(folder):  # noqa: F811
    folder.load()
    return folder


@pytest.fixture
def anamil(loaded) -> Partner:
    return Partner.objects.get(code="COOP-001")


def change(folder, rib, bank="230"):  # noqa: F811
    folder.set(FILE, 0, rib=rib, iban=rib_to_iban(rib), bank_code=bank)


def test_a_first_load_opens_an_account_of_each_cooperative(loaded):
    account = BankAccount.objects.get(cooperative__code="COOP-001")

    assert (account.rib, account.iban, account.bank.name_fr, account.route) == (
        RIB,
        f"MA64{RIB}",
        "Crédit Agricole du Maroc",
        "opening",
    )
    assert len(queries.usable_accounts(Partner.objects.values_list("pk", flat=True), NOW)) == 160
    assert loaded.load().counts["bank accounts"].written == 0


def test_a_changed_number_in_a_file_is_a_proposal(loaded, anamil):
    change(loaded, make_rib(1))

    counts = loaded.load().counts["bank accounts"]

    account = BankAccount.objects.get(cooperative=anamil, state="PROPOSED")
    assert (counts.created, account.rib, account.route, account.proposed_by) == (1, make_rib(1), "import", None)
    assert queries.usable_accounts([anamil.pk], NOW) == {}
    assert loaded.load().counts["bank accounts"].written == 0


def test_a_file_older_than_an_account_does_not_bring_the_former_one_back(loaded, anamil):
    account = operations.propose(
        cooperative_id=anamil.pk, rib=make_rib(1), holder_name="x", by=None, route="office", now=NOW
    )
    operations.approve(account_id=account.pk, rib=account.rib, by=make_staff("finance"), now=NOW)

    assert loaded.load().counts["bank accounts"].written == 0


def test_a_file_does_not_propose_a_second_account_beside_an_open_proposal(loaded, anamil):
    change(loaded, make_rib(1))
    loaded.load()
    change(loaded, make_rib(2))

    assert [problem.split(": ", 1)[0] for problem in loaded.problems()] == [f"{FILE}:2 id COOP-001"]
    assert BankAccount.objects.filter(cooperative=anamil).count() == 2


def test_a_file_with_a_bank_that_nobody_knows_is_refused(loaded):
    change(loaded, make_rib(1, bank="999"), bank="999")

    assert loaded.problems() == [f'{FILE}:2 id COOP-001: unknown bank "999"']


def test_a_bank_comes_with_its_own_file(loaded):
    loaded.add("banks.csv", code="999", name_ar="بنك", name_fr="Banque d'essai")
    change(loaded, make_rib(1, bank="999"), bank="999")

    loaded.load()

    assert Bank.objects.get(code="999").name_fr == "Banque d'essai"


def test_a_folder_without_banks_loads_with_those_we_know(folder):  # noqa: F811
    (folder.path / "banks.csv").unlink()

    folder.load()

    assert BankAccount.objects.count() == 160


@pytest.mark.parametrize("code", ["99", "9999", "ab1", "٩٩٩"])
def test_the_code_of_a_bank_has_three_digits(folder, code):  # noqa: F811
    folder.set("banks.csv", 0, code=code)

    assert f'banks.csv:2 code {code}: code "{code}" is not of three digits' in folder.problems()


def test_two_cooperatives_of_a_file_do_not_share_an_account(folder):  # noqa: F811
    folder.set(FILE, 1, rib=RIB, iban=rib_to_iban(RIB), bank_code="225")

    assert [problem.split(": ", 1)[0] for problem in folder.problems()] == [f"{FILE}:3 id COOP-002"]


def test_a_cooperative_that_has_people_but_no_account_is_proposed_one(loaded):
    bare = Partner.objects.create(**_like(Partner.objects.get(code="COOP-001")))
    make_member(bare)
    cells = {"rib": make_rib(3), "iban": rib_to_iban(make_rib(3)), "ice": bare.ice}
    loaded.add(FILE, id="COOP-900", name_fr="Coopérative Neuve", **cells)
    rows = loaded.rows(FILE)
    rows[-1] |= {"bank_code": "230"}
    loaded.write(FILE, rows, loaded.columns(FILE))

    loaded.load()

    assert BankAccount.objects.get(cooperative=bare).state == "PROPOSED"


def _like(partner):
    values = {field.attname: getattr(partner, field.attname) for field in partner._meta.concrete_fields}
    return values | {"id": None, "code": "COOP-900", "slug": "cooperative-neuve", "ice": "000000000000097"}
