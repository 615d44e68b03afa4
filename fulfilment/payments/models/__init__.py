"""Attempts to be paid, money given back, cash at the door, disputes, and what providers told."""

from fulfilment.payments.holding.models import Hold as Hold
from fulfilment.payments.reconciliation.models import Discrepancy as Discrepancy
from fulfilment.payments.reconciliation.models import DiscrepancyNote as DiscrepancyNote
from fulfilment.payments.reconciliation.models import ReconciliationRow as ReconciliationRow
from fulfilment.payments.reconciliation.models import ReconciliationRun as ReconciliationRun
from fulfilment.payments.remitting.models import MissingCash as MissingCash
from fulfilment.payments.remitting.models import RemittanceAgreement as RemittanceAgreement
from fulfilment.payments.remitting.models import RemittanceContent as RemittanceContent
from fulfilment.payments.remitting.models import RemittanceFile as RemittanceFile
from fulfilment.payments.remitting.models import RemittanceLine as RemittanceLine

from .attempts import PROVIDERS as PROVIDERS
from .attempts import PaymentAttempt as PaymentAttempt
from .cash import CashCollected as CashCollected
from .cash import CashRemittance as CashRemittance
from .disputes import Dispute as Dispute
from .disputes import DisputeAnswer as DisputeAnswer
from .disputes import DisputeMovement as DisputeMovement
from .refunds import Refund as Refund
from .refunds import RefundLine as RefundLine
from .refunds import RefundTransfer as RefundTransfer
from .told import AcquirerNotice as AcquirerNotice
from .told import StripeEvent as StripeEvent
from .transfers import BankCredit as BankCredit

from oscar.apps.payment.models import *
