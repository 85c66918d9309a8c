"""`rightful-server serve` in a process of its own: started, killed and started again on the same data."""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TypeVar

from services.settings import PREFIX, Settings
from tests.support.processes import PROCESSES
from tests.support.serving import run

LONGEST = 30.0
"""Seconds that a start or a stop may take, on a machine that has other things to do."""
DEMO_TOKEN = "the-demo's-phone"

Thing = TypeVar("Thing")
Result = TypeVar("Result")


def side_by_side(act: Callable[[Thing], Result], things: Sequence[Thing]) -> list[Result]:
    """What *act* gives for each thing, all at the same time: waiting for one costs the others nothing."""
    with ThreadPoolExecutor(len(things)) as pool:
        return list(pool.map(act, things))


def eventually(holds: Callable[[], bool], seconds: float = LONGEST, *, look_every: float = 0.02) -> bool:
    """Whether *holds* became true within *seconds*."""
    until, never = time.monotonic() + seconds, threading.Event()
    while not holds():
        if time.monotonic() >= until:
            return False
        never.wait(look_every)
    return True


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """One data directory, one port, and at most one process at a time."""

    def __init__(
        self, folder: Path, *, policy_dir: Path | None = None, threads: int = 20, level: int = logging.INFO
    ) -> None:
        """Starts nothing. *policy_dir* takes the place of the policy that is shipped."""
        folder.mkdir(exist_ok=True)
        self._folder, self._level = folder, level
        self._process: BaseProcess | None = None
        self._ready = folder / "ready"
        self.log = folder / "server.log"
        self.settings = Settings(
            data_dir=folder / "data",
            key_file=folder / "key" / "rightful.key",
            policy_dir=policy_dir,
            messenger="demo",
            demo_token=DEMO_TOKEN,
            port=free_port(),
            threads=threads,
        )

    def twin(self) -> "Server":
        """Another server on the same data, at a port of its own; not started."""
        twin = Server(self._folder / "twin", level=self._level)
        twin.settings = replace(self.settings, port=twin.settings.port)
        return twin

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.settings.base_url

    @property
    def pid(self) -> int:
        """Of the running process."""
        assert self._process is not None, "not started"
        assert self._process.pid is not None, "not started"
        return self._process.pid

    def start(self) -> None:
        """Start, and wait until requests are accepted."""
        self.launch()
        self.await_ready()

    def launch(self) -> None:
        """Start, and wait for nothing."""
        self._ready.unlink(missing_ok=True)
        self._process = self._begun("serve", "--ready-file", str(self._ready))

    def await_ready(self) -> None:
        """Wait until requests are accepted."""
        assert self._process is not None, "not started"
        until = time.monotonic() + LONGEST
        while not self._ready.exists():
            assert not wait([self._process.sentinel], 0.005), f"it ended: {self.said()[-2000:]}"
            assert time.monotonic() < until, f"not ready: {self.said()[-2000:]}"

    def kill(self) -> None:
        """`kill -9`: no handler runs, nothing is flushed or closed."""
        os.kill(self.pid, signal.SIGKILL)
        self.await_end()

    def stop(self) -> int:
        """Tell it to stop, as a service manager does, and wait for its end; its exit code."""
        os.kill(self.pid, signal.SIGTERM)
        return self.await_end()

    def await_end(self) -> int:
        """Wait until the process has ended, of whatever; its exit code, a signal's number negative."""
        assert self._process is not None, "not started"
        self._process.join(LONGEST)
        code = self._process.exitcode
        assert code is not None, "it does not end"
        self._process = None
        return code

    def close(self) -> None:
        """End it if it still runs."""
        if self._process is not None and self._process.is_alive():
            self.kill()

    def said(self) -> str:
        """Everything that its processes wrote to standard output and error."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    def command(self, *arguments: str) -> int:
        """Run another command of `rightful-server` on the same data; its exit code."""
        process = self._begun(*arguments)
        process.join(LONGEST)
        assert process.exitcode is not None, "it does not end"
        return process.exitcode

    def _begun(self, *arguments: str) -> BaseProcess:
        process = PROCESSES.Process(
            target=run, args=(arguments, self._environment(), self.log, self._level), daemon=True
        )
        process.start()
        return process

    def _environment(self) -> dict[str, str]:
        names = ("data_dir", "database", "key_file", "policy_dir", "messenger", "demo_token", "host", "port", "threads")
        given = {name: getattr(self.settings, name) for name in names}
        return {PREFIX + name.upper(): str(value) for name, value in given.items() if value is not None}
