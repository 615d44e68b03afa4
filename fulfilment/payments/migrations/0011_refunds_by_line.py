"""Refunds of lines: which pieces of what each gives back, who asked and who decided, and where a transfer goes.

The database keeps that no piece is given back twice nor more than captured, that the terms of a refund stay, and that
one which failed or was declined stays so.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE OR REPLACE FUNCTION payment_refunds_within_captured() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    attempt payment_paymentattempt%ROWTYPE;
    given_back numeric;
BEGIN
    SELECT * INTO attempt FROM payment_paymentattempt WHERE id = NEW.attempt_id FOR NO KEY UPDATE;
    SELECT coalesce(sum(amount), 0) INTO given_back
        FROM payment_refund WHERE attempt_id = NEW.attempt_id AND state NOT IN ('FAILED', 'DECLINED');
    IF given_back > attempt.captured THEN
        RAISE EXCEPTION 'refunds of % exceed the % captured by attempt %', given_back, attempt.captured, attempt.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_within_captured';
    END IF;
    IF NEW.currency <> attempt.currency THEN
        RAISE EXCEPTION 'a refund is in the currency of its attempt (% for %)', NEW.currency, attempt.currency
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_in_its_currency';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION payment_captured_covers_refunds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.captured < (
        SELECT coalesce(sum(amount), 0) FROM payment_refund
        WHERE attempt_id = NEW.id AND state NOT IN ('FAILED', 'DECLINED')
    ) THEN
        RAISE EXCEPTION 'attempt % gave back more than %', NEW.id, NEW.captured
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_within_captured';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION payment_refund_keeps_its_terms() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.attempt_id, NEW.amount, NEW.currency, NEW.reason, NEW.way, NEW.delivery, NEW.follows_id, NEW.asked_by_id)
        IS DISTINCT FROM
        ROW(OLD.attempt_id, OLD.amount, OLD.currency, OLD.reason, OLD.way, OLD.delivery, OLD.follows_id, OLD.asked_by_id)
    THEN
        RAISE EXCEPTION 'the terms of refund % never change', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'refund_keeps_its_terms';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('ASKED', 'DUE'), ('ASKED', 'DECLINED'), ('DUE', 'PENDING'), ('DUE', 'SUCCEEDED'), ('DUE', 'FAILED'),
        ('PENDING', 'SUCCEEDED'), ('PENDING', 'FAILED'), ('SUCCEEDED', 'FAILED')
    ) THEN
        RAISE EXCEPTION 'refund % does not go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_moves_forward';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION payment_refund_piece_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bought bigint;
    sold order_line%ROWTYPE;
BEGIN
    SELECT attempt.order_id INTO bought FROM payment_paymentattempt AS attempt
        JOIN payment_refund AS refund ON refund.attempt_id = attempt.id
        WHERE refund.id = NEW.refund_id FOR NO KEY UPDATE OF attempt;
    SELECT * INTO sold FROM order_line WHERE id = NEW.order_line_id;
    IF sold.order_id <> bought THEN
        RAISE EXCEPTION 'line % is not of the order that refund % is for', NEW.order_line_id, NEW.refund_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_line_of_its_order';
    END IF;
    IF NEW.first_piece + NEW.pieces > sold.quantity THEN
        RAISE EXCEPTION 'line % has only % pieces', NEW.order_line_id, sold.quantity
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_pieces_within_line';
    END IF;
    IF EXISTS (
        SELECT 1 FROM payment_refundline AS other JOIN payment_refund AS refund ON refund.id = other.refund_id
        WHERE other.order_line_id = NEW.order_line_id AND other.id <> NEW.id
            AND refund.state NOT IN ('FAILED', 'DECLINED')
            AND other.first_piece < NEW.first_piece + NEW.pieces
            AND NEW.first_piece < other.first_piece + other.pieces
    ) THEN
        RAISE EXCEPTION 'some of these pieces of line % are given back already', NEW.order_line_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_piece_once';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION payment_refund_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a refund gives back never changes (% on %)', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER refund_keeps_its_terms BEFORE UPDATE ON payment_refund
    FOR EACH ROW EXECUTE FUNCTION payment_refund_keeps_its_terms();
CREATE TRIGGER refund_piece_once AFTER INSERT ON payment_refundline
    FOR EACH ROW EXECUTE FUNCTION payment_refund_piece_once();
CREATE TRIGGER refund_line_stays BEFORE UPDATE OR DELETE ON payment_refundline
    FOR EACH ROW EXECUTE FUNCTION payment_refund_line_stays();
"""

BACKWARD = """
DROP TRIGGER refund_line_stays ON payment_refundline;
DROP TRIGGER refund_piece_once ON payment_refundline;
DROP TRIGGER refund_keeps_its_terms ON payment_refund;
DROP FUNCTION payment_refund_line_stays();
DROP FUNCTION payment_refund_piece_once();
DROP FUNCTION payment_refund_keeps_its_terms();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('order', '0036_made_to_order'),
        ('payment', '0010_holds_and_reconciliation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RefundLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_piece', models.PositiveIntegerField()),
                ('pieces', models.PositiveIntegerField()),
            ],
            options={
                'ordering': ['refund_id', 'order_line_id', 'first_piece'],
            },
        ),
        migrations.CreateModel(
            name='RefundTransfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sealed', models.TextField(blank=True, help_text='holder and number; empty once the money went')),
                ('last_four', models.CharField(max_length=4)),
                ('given_at', models.DateTimeField()),
                ('made_at', models.DateTimeField(blank=True, null=True)),
                ('bank_reference', models.CharField(blank=True, max_length=60, null=True, unique=True)),
            ],
        ),
        migrations.AlterModelOptions(
            name='refund',
            options={'ordering': ['pk'], 'permissions': [('approve_refund', 'Can be the second person of a refund'), ('transfer_refund', 'Can say that a refund went by bank transfer')]},
        ),
        migrations.AddField(
            model_name='refund',
            name='asked_by',
            field=models.ForeignKey(blank=True, help_text="asked for it; nobody where it follows from an order's own life", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='refund',
            name='decided_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='refund',
            name='decided_by',
            field=models.ForeignKey(blank=True, help_text='the second person', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='refund',
            name='decision',
            field=models.CharField(blank=True, db_default='', default='', help_text='why declined', max_length=300),
        ),
        migrations.AddField(
            model_name='refund',
            name='delivery',
            field=models.BooleanField(db_default=False, default=False, help_text='with what was paid for delivery'),
        ),
        migrations.AddField(
            model_name='refund',
            name='follows',
            field=models.OneToOneField(blank=True, help_text='it failed', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='payment.refund'),
        ),
        migrations.AddField(
            model_name='refund',
            name='note',
            field=models.CharField(blank=True, db_default='', default='', max_length=300),
        ),
        migrations.AddField(
            model_name='refund',
            name='way',
            field=models.CharField(choices=[('card', 'to the card'), ('transfer', 'by bank transfer')], db_default='card', default='card', max_length=10),
        ),
        migrations.AlterField(
            model_name='refund',
            name='reason',
            field=models.CharField(choices=[('PAID_TOO_LATE', 'paid when the order had ended'), ('CANCELLED', 'the order was cancelled'), ('WITHDRAWN', 'sent back by the buyer'), ('DAMAGED', 'arrived damaged'), ('MISSING', 'missing from the parcel'), ('REFUSED', 'refused at the door'), ('GOODWILL', 'a gesture of the office'), ('DISPUTED', "disputed at the buyer's bank")], max_length=20),
        ),
        migrations.AlterField(
            model_name='refund',
            name='state',
            field=models.CharField(choices=[('ASKED', 'waits for a second person'), ('DUE', 'to be sent'), ('PENDING', 'under way'), ('SUCCEEDED', 'given back'), ('FAILED', 'failed: a person must see to it'), ('DECLINED', 'declined')], default='DUE', max_length=10),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('state', 'SUCCEEDED'), _negated=True), fields=['state', 'created_at'], name='refund_not_over'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.UniqueConstraint(condition=models.Q(('delivery', True), models.Q(('state__in', ['FAILED', 'DECLINED']), _negated=True)), fields=('attempt',), name='refund_delivery_once'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), ('asked_by', None), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='refund_second_person'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='refund_decided_whole'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'DECLINED'), _negated=True), ('decided_by__isnull', False), _connector='OR'), name='refund_declined_by_someone'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', 'PAID_TOO_LATE'), _negated=True), ('delivery', False), _connector='OR'), name='refund_of_late_money_is_whole'),
        ),
        migrations.AddField(
            model_name='refundline',
            name='order_line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refund_lines', to='order.line'),
        ),
        migrations.AddField(
            model_name='refundline',
            name='refund',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payment.refund'),
        ),
        migrations.AddField(
            model_name='refundtransfer',
            name='given_by',
            field=models.ForeignKey(blank=True, help_text='typed it at the office; nobody: the buyer gave it', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='refundtransfer',
            name='made_by',
            field=models.ForeignKey(blank=True, help_text='made the transfer', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='refundtransfer',
            name='refund',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='transfer', to='payment.refund'),
        ),
        migrations.AddConstraint(
            model_name='refundline',
            constraint=models.UniqueConstraint(fields=('refund', 'order_line', 'first_piece'), name='refund_line_once'),
        ),
        migrations.AddConstraint(
            model_name='refundline',
            constraint=models.CheckConstraint(condition=models.Q(('pieces__gt', 0)), name='refund_line_has_pieces'),
        ),
        migrations.AddConstraint(
            model_name='refundtransfer',
            constraint=models.CheckConstraint(condition=models.Q(('given_by', None), ('made_by', None), models.Q(('given_by', models.F('made_by')), _negated=True), _connector='OR'), name='refund_transfer_two_persons'),
        ),
        migrations.AddConstraint(
            model_name='refundtransfer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('bank_reference', None), ('made_at', None), ('made_by', None)), models.Q(('bank_reference__isnull', False), ('made_at__isnull', False), ('made_by__isnull', False), ('sealed', '')), _connector='OR'), name='refund_transfer_made_whole'),
        ),
        migrations.AddConstraint(
            model_name='refundtransfer',
            constraint=models.CheckConstraint(condition=models.Q(('last_four__regex', '^[0-9A-Z]{4}$')), name='refund_transfer_last_four'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
