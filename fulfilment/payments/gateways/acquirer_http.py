"""One POST to the acquirer with a bounded wait and a bounded answer. Follows no redirect."""

import http.client
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from .base import ProviderUnavailable

CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 8.0
LARGEST = 64 * 1024


def post(url: str, fields: Mapping[str, str]) -> tuple[int, bytes]:
    """Return the status and the body; raise ``ProviderUnavailable`` when there is no whole answer in time."""
    parts = urlsplit(url)
    kinds = {"https": http.client.HTTPSConnection, "http": http.client.HTTPConnection}
    connection = kinds[parts.scheme](parts.hostname or "", parts.port, timeout=CONNECT_SECONDS)
    try:
        connection.connect()
        connection.sock.settimeout(ANSWER_SECONDS)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        connection.request("POST", parts.path or "/", urlencode(fields), headers)
        answer = connection.getresponse()
        body = answer.read(LARGEST + 1)
    except (OSError, http.client.HTTPException) as error:
        raise ProviderUnavailable(f"{parts.hostname} does not answer: {error!r}") from error
    finally:
        connection.close()
    if len(body) > LARGEST:
        raise ProviderUnavailable(f"{parts.hostname} answered more than {LARGEST} bytes")
    return answer.status, body
