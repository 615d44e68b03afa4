"""Kills the worker it is loaded into, once in each place named by ``ACCIDENTS``.

``celery … --include tests.fakes.accidents`` with ``ACCIDENTS="fulfilment.warehouse.operations:_tell …"`` and
``ACCIDENTS_DIR``, a folder for what happened. The named functions do their work, then the process dies.
"""

import os
import signal
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def arm(place: str, folder: Path) -> None:
    module_name, name = place.split(":")
    module = import_module(module_name)
    real = getattr(module, name)
    setattr(module, name, deadly(real, folder / place.replace(":", ".")))


def deadly(real: Callable[..., Any], mark: Path) -> Callable[..., Any]:
    def run_and_die_once(*args: Any, **kwargs: Any) -> Any:
        answer = real(*args, **kwargs)
        try:
            mark.touch(exist_ok=False)
        except FileExistsError:
            return answer
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("unreachable")

    return run_and_die_once


def arm_all() -> None:
    for place in os.environ.get("ACCIDENTS", "").split():
        arm(place, Path(os.environ["ACCIDENTS_DIR"]))


if os.environ.get("ACCIDENTS"):
    from celery.signals import worker_process_init

    worker_process_init.connect(lambda **kwargs: arm_all(), weak=False)
