"""A server's command line, on a database of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from services.__main__ import main
from services.commands.enrolling import new_staff
from services.commands.opening import opened
from services.commands.staff import OPERATOR
from services.domain.one_time import TotpKey
from services.secret import Secret
from services.settings import Settings, load
from services.usecases import sign_in
from tests.architecture.source import ROOT

PASSWORD = "a lighthouse keeper counts ships"
"""Of every member of staff that is made here."""


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
                sign_in.add(parts.service, work, OPERATOR, staff)
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
