"""What a simulated year stands on in the world's place: its hour, its chance, its bank, sheets with nothing on them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from unittest.mock import patch

from django.utils import timezone

from fulfilment.customs import operations as customs
from fulfilment.invoices import operations as invoices
from fulfilment.invoices.crediting import operations as crediting
from fulfilment.orders.operations import placing
from fulfilment.orders.policies import ALPHABET, NUMBER_LENGTH
from fulfilment.payments.gateways import stripe

from .agenda import Agenda
from .bank import CardBank

SHEET = b"%PDF-1.4\n%%EOF\n"


@contextmanager
def set_up(agenda: Agenda, bank: CardBank, random: Random) -> Iterator[None]:
    """Put them in the world's place in this process until the end: receivers and jobs ask Django for the hour."""

    def number() -> str:
        return "".join(random.choices(ALPHABET, k=NUMBER_LENGTH))

    with ExitStack() as stack:
        stack.enter_context(patch.object(timezone, "now", agenda.clock))
        stack.enter_context(patch.object(placing, "new_number", number))
        stack.enter_context(patch.object(stripe, "provider", lambda **_: bank))
        for papers in (customs, invoices, crediting):
            stack.enter_context(patch.object(papers, "render", lambda name, data: SHEET))
        yield
