"""A server's command line, on a database of its own."""

import os
import subprocess
import sys
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select

import pytest

from services.__main__ import main
from services.commands.enrolling import new_staff
from services.commands.opening import opened
from services.commands.staff import OPERATOR
from services.domain.one_time import TotpKey
from services.secret import Secret
from services.settings import Settings, load
from services.usecases import staff as usecase
from tests.architecture.source import ROOT

PASSWORD = "a lighthouse keeper counts ships"
"""Of every member of staff that is made here."""


AT_A_TERMINAL = ("setsid", "--ctty", "env", "--default-signal=INT")
"""Where Ctrl+C is heard, even if these tests were begun in the background, where it is not."""
SECONDS_OF_PATIENCE = 5.0
"""After which a person presses a key again."""


class Terminal:
    """A command at a terminal of its own, with somebody who reads and types there."""

    def __init__(self, process: subprocess.Popen[bytes], keyboard: int) -> None:
        self._process, self._keyboard, self._decoder = process, keyboard, getincrementaldecoder("utf-8")()
        self.shown = ""

    def reads(self, text: str) -> None:
        """Wait until *text* stands there."""
        while text not in self.shown:
            self._read()

    def types(self, keys: str) -> None:
        """Keys as they are pressed."""
        os.write(self._keyboard, keys.encode())

    def interrupts(self) -> None:
        """Press Ctrl+C, and again as a person does when nothing happens: one just before a read begins is not seen."""
        self.types("\x03")
        while not select([self._keyboard], [], [], SECONDS_OF_PATIENCE)[0]:
            self.types("\x03")

    def exit_code(self) -> int:
        """Wait for the end."""
        try:
            while True:
                self._read()
        except OSError:  # how a terminal says that nobody writes to it any more
            return self._process.wait()

    def _read(self) -> None:
        self.shown += self._decoder.decode(os.read(self._keyboard, 4096)).replace("\r", "")


class CommandLine:
    """Runs commands of one installation, in this process or in one of their own."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capture = folder, capture
        self.config = folder / "server.toml"
        self.config.write_text(f'data_dir = "{folder / "state"}"\nkey_file = "{folder / "keys" / "rightful.key"}"\n')
        self.out = self.err = ""

    @property
    def settings(self) -> Settings:
        """What the commands are run with."""
        return load({}, self.config)

    def begin(self) -> None:
        """A new database and its key, as the service's first start makes them."""
        with opened(self.settings, new=True):
            pass

    def add(self, login: str, role: str = "agent", name: str = "Bo Lind", password: str = PASSWORD) -> TotpKey:
        """Add somebody as the commands do, but for asking; their authenticator key."""
        with opened(self.settings, new=True) as parts:
            staff, key = new_staff(parts, login, name, role, lambda: Secret(password))
            with parts.storage.changing() as work:
                usecase.add(parts.service, work, OPERATOR, staff)
        return key

    def run(self, *arguments: str) -> int:
        """Run one command here; `out` and `err` are what it said."""
        self._capture.readouterr()
        code = main(["--config", str(self.config), *arguments])
        self.out, self.err = self._capture.readouterr()
        return code

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start one command in a process of its own; it waits for what comes on its standard input."""
        command = [sys.executable, "-m", "services", "--config", str(self.config), *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)

    def finish(self, process: subprocess.Popen[str], stdin: str = "") -> int:
        """Give a command its standard input and let it end."""
        self.out, self.err = process.communicate(stdin)
        return process.returncode

    @contextmanager
    def at_terminal(self, *arguments: str) -> Iterator[Terminal]:
        """One command in a process of its own, which can ask the person at the terminal."""
        keyboard, terminal = os.openpty()
        command = [*AT_A_TERMINAL, sys.executable, "-m", "services", "--config", str(self.config), *arguments]
        with subprocess.Popen(command, cwd=ROOT, stdin=terminal, stdout=terminal, stderr=terminal) as process:
            os.close(terminal)
            try:
                yield Terminal(process, keyboard)
            finally:
                process.kill()
                os.close(keyboard)

    def run_apart(self, *arguments: str, stdin: str = "") -> int:
        """Run one command in a process of its own, with something on its standard input."""
        return self.finish(self.start(*arguments), stdin)


@pytest.fixture
def command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(tmp_path, capsys)


@pytest.fixture
def staffed(command_line: CommandLine) -> CommandLine:
    """With an administrator `ada`."""
    command_line.add("ada", "administrator", "Ada Marsh")
    return command_line
