"""The bank is asked by a job or a command, never by a page."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASKING = {
    "catalogue/pricing/management/commands/fetch_rates.py",
    "catalogue/pricing/operations/fetching.py",
    "storefront/office/tasks.py",
}


def imported(path: Path) -> set[str]:
    """Return the full names of what a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def test_only_a_job_and_a_command_reach_a_source_of_rates():
    found = {
        str(path.relative_to(ROOT))
        for floor in ("catalogue", "fulfilment", "storefront")
        for path in sorted((ROOT / floor).rglob("*.py"))
        if any(name.startswith("catalogue.pricing.sources") for name in imported(path))
    }

    assert found == ASKING
