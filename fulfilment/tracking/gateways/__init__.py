"""How we speak with those who carry parcels. ``CourierProfile.gateway`` says which way each of them goes."""

from .base import Announced, Columns, CourierGateway, NotToldSo, Told
from .files import FilesGateway
from .own import OwnGateway

OWN, FILES = "own", "files"
_KINDS: dict[str, type[OwnGateway | FilesGateway]] = {OWN: OwnGateway, FILES: FilesGateway}


def gateway_for(kind: str, columns: Columns) -> CourierGateway:
    return _KINDS[kind](columns)


__all__ = ["FILES", "OWN", "Announced", "Columns", "CourierGateway", "NotToldSo", "Told", "gateway_for"]
