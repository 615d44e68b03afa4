"""When a question waits, and how much may be said at once. No database."""

MOST_UNANSWERED = 5
LONGEST = 1000
OPEN, ANSWERED = "OPEN", "ANSWERED"


def state_after(*, by_office: bool) -> str:
    """Say how a question stands after a message of one side."""
    return ANSWERED if by_office else OPEN
