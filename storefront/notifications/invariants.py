"""What must be true of messages."""

from collections.abc import Iterable

from django.db.models import Count, OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat

from catalogue.kernel.invariants import invariant
from fulfilment.jobs.models import Job

from .models import Message


@invariant("messages: each order hears of each step once")
def once() -> Iterable[object]:
    about_steps = Q(kind__startswith="order.") | Q(kind__startswith="recipient.")  # codes are asked for, and again
    steps = Message.objects.filter(about_steps, order__isnull=False).exclude(kind__startswith="recipient.parcel.")
    told = steps.values("order_id", "kind", "channel").annotate(times=Count("pk"))
    return told.filter(times__gt=1)


@invariant("messages: what was not sent has an open job or a dead letter")
def unsent_have_a_job() -> Iterable[object]:
    key = Concat(Value("send:"), OuterRef("key"))
    state = Subquery(Job.objects.filter(key=key).values("state")[:1])
    unsent = Message.objects.exclude(state=Message.State.SENT).annotate(job_state=state)
    return unsent.exclude(job_state__in=[Job.State.WAITING, Job.State.RUNNING, Job.State.DEAD])
