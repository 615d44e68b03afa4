"""How transfers ended that no line of the bank ended: asked by one person, agreed to by another, kept for ever."""

import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from catalogue.kernel.roles import revoke_from_application

HELD = """
CREATE FUNCTION payouts_ending_takes_steps() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    free text[] := ARRAY['state', 'answered_by_id', 'answered_at', 'answer'];
    payouts bigint;
    ended bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'ASKED' THEN
            RAISE EXCEPTION 'how a payout ended is asked first' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'ASKED' AND NEW IS DISTINCT FROM OLD
       OR (to_jsonb(NEW) - free) IS DISTINCT FROM (to_jsonb(OLD) - free) THEN
        RAISE EXCEPTION 'what was asked is answered once, and never edited' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'AGREED' THEN
        SELECT count(*), count(*) FILTER (WHERE payout.state = 'RETURNED' OR NOT is_back AND payout.state = 'SETTLED')
        INTO payouts, ended
        FROM payouts_endingpayout AS said JOIN payouts_payout AS payout ON payout.id = said.payout_id
        CROSS JOIN LATERAL (
            SELECT NEW.line_id IS NULL OR (SELECT is_credit FROM payouts_bankfileline WHERE id = NEW.line_id) AS is_back
        ) AS what
        WHERE said.ending_id = NEW.id;
        IF payouts = 0 OR ended < payouts OR NEW.line_id IS NOT NULL AND (payouts > 1 OR NOT EXISTS (
            SELECT FROM payouts_bankfileline WHERE id = NEW.line_id AND closed_at IS NOT NULL
        )) THEN
            RAISE EXCEPTION 'it was agreed to and not done' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION payouts_ending_is_of_its_run() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM payouts_ending AS ending JOIN payouts_payout AS payout ON payout.run_id = ending.run_id
        WHERE ending.id = NEW.ending_id AND payout.id = NEW.payout_id AND ending.state = 'ASKED'
        AND payout.state IN ('EXPORTED', 'SETTLED')
    ) THEN
        RAISE EXCEPTION 'it is asked of payouts of its run that were sent' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payouts_ending_takes_steps BEFORE INSERT OR UPDATE ON payouts_ending
    FOR EACH ROW EXECUTE FUNCTION payouts_ending_takes_steps();
CREATE TRIGGER payouts_ending_is_of_its_run BEFORE INSERT ON payouts_endingpayout
    FOR EACH ROW EXECUTE FUNCTION payouts_ending_is_of_its_run();
CREATE TRIGGER payouts_ending_stays BEFORE DELETE OR TRUNCATE ON payouts_ending
    FOR EACH STATEMENT EXECUTE FUNCTION payouts_stays();
CREATE TRIGGER payouts_endingpayout_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON payouts_endingpayout
    FOR EACH STATEMENT EXECUTE FUNCTION payouts_stays();
"""
FREE = """
DROP TRIGGER payouts_endingpayout_stays ON payouts_endingpayout;
DROP TRIGGER payouts_ending_stays ON payouts_ending;
DROP TRIGGER payouts_ending_is_of_its_run ON payouts_endingpayout;
DROP TRIGGER payouts_ending_takes_steps ON payouts_ending;
DROP FUNCTION payouts_ending_is_of_its_run();
DROP FUNCTION payouts_ending_takes_steps();
"""


def leave_what_is_needed(apps, editor):
    revoke_from_application(editor, ["payouts_ending"], but="SELECT, INSERT, UPDATE")
    revoke_from_application(editor, ["payouts_endingpayout"], but="SELECT, INSERT")


class Migration(migrations.Migration):

    dependencies = [
        ('payouts', '0013_payable_for_each_share'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Ending',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('NOT_CARRIED_OUT', 'not carried out by the bank'), ('BY_LINE', 'a line of the bank is of it')], max_length=15)),
                ('reason', models.CharField(max_length=140)),
                ('paper', models.CharField(blank=True, help_text='what the bank wrote: its message, letter or number', max_length=80)),
                ('blocks', models.BooleanField(default=False)),
                ('charges_mad', models.DecimalField(decimal_places=2, default=Decimal('0.00'), max_digits=8)),
                ('state', models.CharField(choices=[('ASKED', 'waits for another person'), ('AGREED', 'agreed to'), ('REFUSED', 'refused'), ('WITHDRAWN', 'withdrawn')], default='ASKED', max_length=9)),
                ('asked_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answer', models.CharField(blank=True, max_length=200)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='endings', to='payouts.bankfileline')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='endings', to='payouts.payoutrun')),
            ],
            options={
                'ordering': ['asked_at', 'pk'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='EndingPayout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ending', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='payouts.ending')),
                ('payout', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ending_rows', to='payouts.payout')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='ending',
            name='payouts',
            field=models.ManyToManyField(related_name='endings', through='payouts.EndingPayout', to='payouts.payout'),
        ),
        migrations.AddConstraint(
            model_name='endingpayout',
            constraint=models.UniqueConstraint(fields=('ending', 'payout'), name='ending_payout_once'),
        ),
        migrations.AddIndex(
            model_name='ending',
            index=models.Index(condition=models.Q(('state', 'ASKED')), fields=['run'], name='ending_asked'),
        ),
        migrations.AddConstraint(
            model_name='ending',
            constraint=models.UniqueConstraint(condition=models.Q(('line__isnull', False), ('state__in', ('ASKED', 'AGREED'))), fields=('line',), name='ending_line_once'),
        ),
        migrations.AddConstraint(
            model_name='ending',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('charges_mad', 0), ('kind', 'NOT_CARRIED_OUT'), ('line', None), models.Q(('paper', ''), _negated=True), models.Q(('reason', ''), _negated=True)), models.Q(('kind', 'BY_LINE'), ('line__isnull', False)), _connector='OR'), name='ending_has_its_grounds'),
        ),
        migrations.AddConstraint(
            model_name='ending',
            constraint=models.CheckConstraint(condition=models.Q(('charges_mad__gte', 0)), name='ending_charges_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='ending',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None), ('answered_by', None), ('state', 'ASKED')), models.Q(models.Q(('state', 'ASKED'), _negated=True), ('answered_at__gte', models.F('asked_at')), ('answered_by__isnull', False)), _connector='OR'), name='ending_answered'),
        ),
        migrations.AddConstraint(
            model_name='ending',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'AGREED'), _negated=True), models.Q(('answered_by', models.F('asked_by')), _negated=True), _connector='OR'), name='ending_agreed_by_another'),
        ),
        migrations.AddConstraint(
            model_name='ending',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'REFUSED'), _negated=True), models.Q(('answer', ''), _negated=True), _connector='OR'), name='ending_refused_with_reason'),
        ),
        migrations.RunSQL(HELD, FREE),
        migrations.RunPython(leave_what_is_needed, migrations.RunPython.noop),
    ]
