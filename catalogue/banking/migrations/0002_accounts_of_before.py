"""The banks we begin with, and each cooperative's account as it stood: agreed to when it came."""

from django.db import migrations
from django.utils import timezone

BANKS = (
    ("007", "التجاري وفا بنك", "Attijariwafa bank"),
    ("145", "البنك الشعبي", "Banque Populaire"),
    ("225", "القرض الفلاحي للمغرب", "Crédit Agricole du Maroc"),
    ("230", "القرض العقاري والسياحي", "CIH Bank"),
    ("350", "البريد بنك", "Al Barid Bank"),
)


def fill(apps, editor):
    Bank = apps.get_model("banking", "Bank")
    Account = apps.get_model("banking", "BankAccount")
    Event = apps.get_model("banking", "AccountEvent")
    cooperatives = list(apps.get_model("partner", "Partner").objects.order_by("pk"))
    names = {code: {"name": french, "name_ar": arabic, "name_fr": french} for code, arabic, french in BANKS}
    for one in cooperatives:
        names.setdefault(
            one.bank_code, {"name": one.bank_name, "name_ar": one.bank_name_ar, "name_fr": one.bank_name_fr}
        )
    Bank.objects.bulk_create(Bank(code=code, **written) for code, written in names.items())
    now = timezone.now()
    accounts = Account.objects.bulk_create(
        Account(
            cooperative=one,
            bank_id=one.bank_code,
            rib=one.rib,
            holder_name=one.name,
            state="APPROVED",
            route="opening",
            proposed_at=now,
            approved_at=now,
            usable_from=now,
        )
        for one in cooperatives
    )
    Event.objects.bulk_create(
        Event(account=account, kind="opened", new_rib=account.rib, made_at=now) for account in accounts
    )


def empty(apps, editor):
    """Forget all accounts: the latest stand with the cooperatives again."""
    editor.execute("TRUNCATE banking_accountevent, banking_bankaccount, banking_bank")


class Migration(migrations.Migration):
    dependencies = [("banking", "0001_initial")]

    operations = [migrations.RunPython(fill, empty)]
