"""What can go wrong on the way to a bank, on demand: for the next calls whose method and path match."""

import re
import threading
from dataclasses import dataclass

KINDS = ("lost", "unreachable", "error", "error_after", "busy", "stall")


@dataclass
class Fault:
    """``lost``: done, and the answer never comes. ``unreachable``: never done, no answer. ``error``: 500, not done,
    and saved under the key. ``error_after``: the same, but done. ``busy``: 429. ``stall``: done after ``seconds``.
    """

    kind: str
    path: str = ""
    method: str = ""
    times: int = 1
    seconds: float = 0.0

    def fits(self, method: str, path: str) -> bool:
        return self.method in ("", method) and re.search(self.path, path) is not None


class Faults:
    """The faults still to come. The first that fits a call is used up by one."""

    def __init__(self) -> None:
        self.coming: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, kind: str, *, path: str = "", method: str = "", times: int = 1, seconds: float = 0.0) -> None:
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}.")
        self.coming.append(Fault(kind, path, method, times, seconds))

    def take(self, method: str, path: str) -> Fault | None:
        with self._lock:
            for fault in self.coming:
                if fault.fits(method, path):
                    fault.times -= 1
                    if fault.times <= 0:
                        self.coming.remove(fault)
                    return fault
        return None

    def clear(self) -> None:
        with self._lock:
            self.coming.clear()
