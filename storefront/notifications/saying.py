"""What a step says, in every way that it is told."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Words:
    """``sms`` stands alone: the shop's name, the news, the address. ``with_lines`` repeats what was bought."""

    subject: Promise
    heading: Promise
    sentence: Promise
    sms: Promise
    with_lines: bool = False
