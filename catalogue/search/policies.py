"""What is looked for, out of what was typed."""

from catalogue.kernel import text

MAX_TYPED = 2_000
MAX_LENGTH = 120
MAX_WORDS = 8


def tidy(typed: str) -> str:
    """Return one line that can be looked for and shown again: nothing invisible, at most eight words."""
    seen = "".join(" " if character.isspace() else character for character in typed[:MAX_TYPED])
    return " ".join(text.strip_controls(seen)[:MAX_LENGTH].split()[:MAX_WORDS])
