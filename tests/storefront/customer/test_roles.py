import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from storefront.customer import roles

pytestmark = pytest.mark.django_db


def test_every_right_of_the_table_exists():
    assert roles.missing() == set()


def test_migrating_gives_the_groups_their_rights():
    for name, wanted in roles.ROLES.items():
        held = Group.objects.get(name=name).permissions.values_list("content_type__app_label", "codename")
        assert {f"{app}.{codename}" for app, codename in held} == wanted


def test_a_second_run_changes_nothing_and_a_right_given_by_hand_is_taken_back(capsys):
    Group.objects.get(name="support").permissions.add(Permission.objects.get(codename="delete_order"))

    call_command("make_roles")
    call_command("make_roles")

    assert capsys.readouterr().out.splitlines() == ["5 groups, 1 rights changed.", "5 groups, 0 rights changed."]
