from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


@pytest.fixture
def visit(client: Client) -> Callable[..., Any]:
    """Open a page twice, as a shop that has been running does; the second answer carries its ``queries``."""

    def open_page(path: str, **extra: Any) -> Any:
        client.get(path, **extra)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            response = client.get(path, **extra)
        response.queries = [query["sql"] for query in captured]
        return response

    return open_page
