"""How hard the proofs by random examples look: as much as a suite has time for, or far longer in a soak."""

import os

TIMES = int(os.environ.get("SOAK", "1"))


def examples(usual: int) -> int:
    """Return how many examples a property is tried with; ``make soak-properties`` multiplies them."""
    return usual * TIMES
