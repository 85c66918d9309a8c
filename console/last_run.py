"""Whether a session of an earlier run may still count: then the desktop starts on the page to work on.

A file says so, with the service's address, a time and no secret. It opens nothing: the token in the password store
does, and the service is asked. Where the file is wrong or cannot be written, the desktop starts on the sign-in page.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

FILE = "signed-in"
REST = timedelta(seconds=60)
"""Between two notes: a session that is used is noted so often."""


class LastRun:
    """Notes until when a session counts unless it is used, for the next run to read."""

    def __init__(self, folder: Path, server: str) -> None:
        self._file, self._server = folder / FILE, server
        self._noted: datetime | None = None

    def goes_on(self, now: datetime) -> bool:
        """Whether a session with this service may still count."""
        try:
            server, until = self._file.read_text(encoding="utf-8").splitlines()
            return server == self._server and now < datetime.fromisoformat(until)
        except (OSError, ValueError, TypeError):
            return False

    def note(self, until: datetime) -> None:
        """A session that is kept in the password store counts *until* then."""
        if self._noted is not None and until - self._noted < REST:
            return
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(f"{self._server}\n{until.isoformat()}\n", encoding="utf-8")
            self._noted = until

    def forget(self) -> None:
        """Nobody is signed in."""
        self._noted = None
        with suppress(OSError):
            self._file.unlink(missing_ok=True)
