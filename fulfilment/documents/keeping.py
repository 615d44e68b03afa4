"""PDFs are made once and kept with their hash."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypedDict, TypeVar

from django.db.models import CharField, F, Func, Model

from .models import Kept

Paper = TypeVar("Paper", bound=Kept)


class Fields(TypedDict):
    """The fields of a ``Kept`` row."""

    pdf: bytes
    sha256: str
    made_at: datetime


def as_kept(pdf: bytes, now: datetime) -> Fields:
    return Fields(pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest(), made_at=now)


def keep_once(papers: type[Paper], draw: Callable[[], bytes], *, now: datetime, **subject: int | str) -> Paper:
    """Return the paper of its subject (fields and their values), made now unless it is kept already."""
    kept = papers._default_manager.filter(**subject).first()
    if kept:
        return kept
    return papers._default_manager.get_or_create(**subject, defaults={**as_kept(draw(), now)})[0]


def altered(model: type[Model], content: str = "pdf") -> Iterable[object]:
    """Return the rows whose content is not the one that its ``sha256`` was taken of."""
    taken = Func(F(content), template="ENCODE(SHA256(%(expressions)s), 'hex')", output_field=CharField())
    return model._default_manager.exclude(sha256=taken).defer(content)
