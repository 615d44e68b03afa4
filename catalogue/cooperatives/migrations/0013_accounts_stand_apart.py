"""A cooperative's account is in ``banking`` from here on."""

from django.db import migrations, models


def give_back(apps, editor):
    """Write the latest approved account of each cooperative where it stood; one that has none gets zeros."""
    accounts = apps.get_model("banking", "BankAccount").objects.filter(state="APPROVED").select_related("bank")
    latest = {account.cooperative_id: account for account in accounts.order_by("usable_from", "pk")}
    cooperatives = list(apps.get_model("partner", "Partner").objects.all())
    for cooperative in cooperatives:
        account = latest.get(cooperative.pk)
        cooperative.rib = account.rib if account else "0" * 24
        cooperative.bank_code = account.bank_id if account else "000"
        if account:
            cooperative.bank_name = account.bank.name
            cooperative.bank_name_ar, cooperative.bank_name_fr = account.bank.name_ar, account.bank.name_fr
    fields = ["rib", "bank_code", "bank_name", "bank_name_ar", "bank_name_fr"]
    apps.get_model("partner", "Partner").objects.bulk_update(cooperatives, fields, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("partner", "0012_agreements_on_discounts"), ("banking", "0002_accounts_of_before")]

    operations = [
        migrations.RemoveConstraint(model_name="partner", name="cooperative_rib_digits"),
        migrations.RunPython(migrations.RunPython.noop, give_back),
        *(  # an empty text to begin with on the way back
            migrations.AlterField(
                model_name="partner", name=name, field=models.CharField(max_length=length, default="")
            )
            for name, length in (("bank_code", 3), ("bank_name", 80), ("rib", 24))
        ),
        *(
            migrations.RemoveField(model_name="partner", name=name)
            for name in ("bank_code", "bank_name", "bank_name_ar", "bank_name_en", "bank_name_fr", "rib")
        ),
    ]
