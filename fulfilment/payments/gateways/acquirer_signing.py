"""How forms, callbacks and questions are signed with the key that the acquirer and the shop share. Plain Python."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote

SIGNATURE = "signature"


def signature_of(fields: Mapping[str, str], key: str) -> str:
    """Sign fields sorted by name, names and values escaped, so that no two sets of fields read the same."""
    parts = (f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(fields.items()))
    digest = hmac.new(key.encode(), "&".join(parts).encode(), hashlib.sha512).digest()
    return base64.b64encode(digest).decode()


def signed(fields: Mapping[str, str], key: str) -> dict[str, str]:
    return {**fields, SIGNATURE: signature_of(fields, key)}


def signature_fits(fields: Mapping[str, str], key: str) -> bool:
    """Tell whether every field, and no other, was signed with the key; in the same time whatever differs."""
    others = {name: value for name, value in fields.items() if name != SIGNATURE}
    given = fields.get(SIGNATURE, "").encode()
    return hmac.compare_digest(given, signature_of(others, key).encode())
