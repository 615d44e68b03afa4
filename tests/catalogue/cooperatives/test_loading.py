"""A file of cooperatives and what is here already: contacts that the office set, and company numbers."""

import pytest
from django.utils import timezone

from catalogue.cooperatives import operations
from catalogue.cooperatives.models import Partner
from tests.catalogue.loading.conftest import folder  # noqa: F401
from tests.factories.catalogue import make_cooperative
from tests.factories.people import make_staff

pytestmark = pytest.mark.django_db
FILE = "cooperatives.csv"


def test_a_contact_that_the_office_set_stays(folder):  # noqa: F811
    folder.load()
    cooperative = Partner.objects.get(code="COOP-001")
    values = {name: getattr(cooperative, name) for name in operations.CONTACT} | {"phone": "+212662222222"}
    operations.change_contact(
        cooperative_id=cooperative.pk,
        values=values,
        reason="They called.",
        by=make_staff("catalogue"),
        now=timezone.now(),
    )
    folder.set(FILE, 0, email="new@example.org")

    folder.load()

    cooperative.refresh_from_db()
    assert (cooperative.phone, cooperative.email) == ("+212662222222", "new@example.org")


def test_two_cooperatives_of_a_file_do_not_have_one_ice(folder):  # noqa: F811
    folder.set(FILE, 1, ice=folder.rows(FILE)[0]["ice"])

    assert folder.problems() == [f"{FILE}:3 id COOP-002: ice is that of COOP-001"]


def test_the_ice_of_a_cooperative_that_is_here_is_refused(folder):  # noqa: F811
    ice = folder.rows(FILE)[0]["ice"]
    here = make_cooperative(ice=ice)

    assert folder.problems() == [f"{FILE}:2 id COOP-001: ice is that of {here.code}"]
