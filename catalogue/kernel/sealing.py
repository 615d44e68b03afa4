"""Encryption at rest of what must be read back: authenticator secrets, accounts that money goes back to."""

import base64

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(text: str, *, purpose: str) -> str:
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(token: str, *, purpose: str) -> str:
    return _box(purpose).decrypt(token.encode()).decode()


def _box(purpose: str) -> Fernet:
    """Each purpose has a key of its own: what was sealed for one does not open as another."""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(key))
