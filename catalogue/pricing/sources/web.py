"""One GET with a bounded wait and a bounded answer. Follows no redirect: our key goes where the settings say."""

import http.client
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from .base import Garbled, SourceUnavailable

CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 10.0
LARGEST = 256 * 1024
PIECE = 16 * 1024


def get(url: str, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Return the status and the body; raise ``SourceUnavailable`` when there is no whole answer in time."""
    parts = urlsplit(url)
    kinds = {"https": http.client.HTTPSConnection, "http": http.client.HTTPConnection}
    connection = kinds[parts.scheme](parts.hostname or "", parts.port, timeout=CONNECT_SECONDS)
    ends_at = time.monotonic() + CONNECT_SECONDS + ANSWER_SECONDS
    try:
        connection.connect()
        connection.sock.settimeout(ANSWER_SECONDS)
        connection.request("GET", f"{parts.path}?{parts.query}", headers=dict(headers))
        answer = connection.getresponse()
        return answer.status, _body(answer, ends_at)
    except (OSError, http.client.HTTPException) as error:
        raise SourceUnavailable(f"{parts.hostname} does not answer: {error!r}") from error
    finally:
        connection.close()


def _body(answer: http.client.HTTPResponse, ends_at: float) -> bytes:
    """Read piece by piece: a socket's own time limit begins anew with every byte that drips in."""
    body = b""
    while piece := answer.read1(PIECE):
        body += piece
        if len(body) > LARGEST:
            raise Garbled(f"The answer is larger than {LARGEST} bytes.")
        if time.monotonic() > ends_at:
            raise TimeoutError("the answer drips in too slowly")
    if answer.length:
        raise http.client.IncompleteRead(body, answer.length)
    return body
