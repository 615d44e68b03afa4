"""Keep several processes running side by side, each line of theirs after its name, until told to stop."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import IO

from .processes import ROOT, Process

GRACE = 12
"""Seconds between asking a process to end and ending it."""
RESTARTS, WITHIN = 5, 60
"""A process that ends more often than this, in so many seconds, is broken and stops everything."""

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
COLOURS = ("36", "35", "33", "32", "34", "31")


class Supervisor:
    def __init__(self, wanted: Sequence[Process], environment: Mapping[str, str], out: IO[str] = sys.stdout) -> None:
        self.wanted = {process.name: process for process in wanted}
        self.environment = environment
        self.out = out
        self.running: dict[str, subprocess.Popen[str]] = {}
        self.ends: dict[str, list[float]] = {name: [] for name in self.wanted}
        self.stopping = threading.Event()
        self._width = max(len(name) for name in self.wanted)
        self._printing = threading.Lock()

    def run(self, when_started: Callable[[], None]) -> int:
        """Start all, call back once, and stay until a signal; 1 when one of them cannot stay up."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())
        try:
            for name in self.wanted:
                self._start(name)
            threading.Thread(target=when_started, daemon=True).start()
            while not self.stopping.wait(0.2):
                broken = self._revive()
                if broken:
                    self.say(broken, f"does not stay up: {' '.join(self.wanted[broken].arguments)}")
                    return 1
            return 0
        finally:
            self._stop_all()

    def say(self, name: str, line: str) -> None:
        colour = COLOURS[list(self.wanted).index(name) % len(COLOURS)] if name in self.wanted else "1"
        label = f"{name:<{self._width}} |"
        if self.out.isatty():
            label = f"\033[{colour}m{label}\033[0m"
        with self._printing, contextlib.suppress(OSError, ValueError):
            self.out.write(f"{label} {line}\n")
            self.out.flush()

    def _start(self, name: str) -> None:
        wanted = self.wanted[name]
        # A session of its own, so that Ctrl-C reaches us first and we end them in order.
        process = subprocess.Popen(
            wanted.command,
            cwd=ROOT,
            env={**self.environment, **wanted.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=lambda: _settle(wanted.niceness),
        )
        self.running[name] = process
        threading.Thread(target=self._pass_on, args=[name, process], daemon=True).start()

    def _pass_on(self, name: str, process: subprocess.Popen[str]) -> None:
        if process.stdout is None:
            return
        for line in process.stdout:
            self.say(name, line.rstrip("\n"))

    def _revive(self) -> str | None:
        """Start again what ended; name what ends again and again."""
        for name, process in list(self.running.items()):
            if process.poll() is None:
                continue
            now = time.monotonic()
            self.ends[name] = [at for at in self.ends[name] if now - at < WITHIN] + [now]
            if len(self.ends[name]) > RESTARTS:
                return name
            self.say(name, f"ended with {process.returncode}; starting it again")
            if self.stopping.wait(0.5 * len(self.ends[name])):
                return None
            self._start(name)
        return None

    def _stop_all(self) -> None:
        for process in self.running.values():
            _signal(process, signal.SIGTERM)
        end = time.monotonic() + GRACE
        for name, process in self.running.items():
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(name, "did not end in time")
            # Children that outlived their parent, too.
            _signal(process, signal.SIGKILL)
            process.wait()


def _signal(process: subprocess.Popen[str], number: int) -> None:
    if process.poll() is None and number != signal.SIGKILL:
        process.send_signal(number)
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _settle(niceness: int) -> None:
    """In the new process: ask the kernel to end it when the supervisor is killed, and step behind the pages."""
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)
    os.nice(niceness)
