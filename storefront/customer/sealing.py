"""Encryption at rest of authenticator secrets."""

from catalogue.kernel.sealing import seal, unseal

PURPOSE = "authenticator secrets"


def encrypt(text: str) -> str:
    return seal(text, purpose=PURPOSE)


def decrypt(token: str) -> str:
    return unseal(token, purpose=PURPOSE)
