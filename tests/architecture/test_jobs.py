"""Only the relay speaks to the broker: everything else writes a row."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("catalogue", "fulfilment", "storefront")
FORBIDDEN = {"delay", "apply_async", "send_task"}
ALLOWED = {"fulfilment/jobs/broker.py": {"send_task"}}
DECLARING = {"fulfilment/jobs/tasks.py"}


def sources() -> list[Path]:
    return [
        path for floor in ("catalogue", "fulfilment", "storefront") for path in sorted((ROOT / floor).rglob("*.py"))
    ]


def test_nothing_but_the_broker_module_sends_a_task():
    found = []
    for path in sources():
        name = str(path.relative_to(ROOT))
        for node in ast.walk(ast.parse(path.read_text())):
            called = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
            if called in FORBIDDEN - ALLOWED.get(name, set()):
                found.append(f"{name}:{node.lineno} .{called}()")

    assert found == []


def test_tasks_are_declared_only_as_jobs():
    found = []
    for path in sources():
        name = str(path.relative_to(ROOT))
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "celery":
                found += [name for alias in node.names if alias.name in {"shared_task", "task"}]

    assert sorted(set(found)) == sorted(DECLARING)
