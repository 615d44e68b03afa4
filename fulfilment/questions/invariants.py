"""What must be true of questions."""

from collections.abc import Iterable

from django.db.models import BooleanField, Count, F, Max, OuterRef, Q, Subquery

from catalogue.kernel.invariants import invariant
from fulfilment.ledger.policies.accounts import PAYABLE

from .models import Message, Question


@invariant("questions: each is about a line of its own cooperative")
def about_their_own() -> Iterable[object]:
    own = Q(ledger_line__account__code=PAYABLE, ledger_line__account__cooperative=F("cooperative"))
    return Question.objects.exclude(own)


@invariant("questions: each waits for the office as long as the cooperative spoke last")
def waits_as_it_should() -> Iterable[object]:
    last = Message.objects.filter(question=OuterRef("pk")).order_by("-number").values("by_office")[:1]
    told = Question.objects.annotate(answered=Subquery(last, output_field=BooleanField()))
    return told.exclude(Q(answered=True, state="ANSWERED") | Q(answered=False, state="OPEN"))


@invariant("questions: the numbers of a question's messages leave none out")
def numbers_have_no_gap() -> Iterable[object]:
    counted = Message.objects.order_by().values("question").annotate(said=Count("pk"), highest=Max("number"))
    return counted.exclude(said=F("highest"))
