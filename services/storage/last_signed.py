"""What the log signed last, remembered outside the database, so that a restored older one is not signed over (L-04)."""

import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import Protocol

from services.proofs.note import MAX_NOTE_BYTES


class MemoryUnreadable(OSError):
    """What was signed last is there and cannot be read. As text it is one sentence for the operator, with the path."""

    def __str__(self) -> str:
        return f"{self.filename}, what was signed last, cannot be read: {self.strerror}."


class LastSigned(Protocol):
    """Remembers the newest signed note."""

    def read(self) -> str | None:
        """The note, or None if none was ever kept.

        Raises:
            MemoryUnreadable: If there may be one, and it cannot be read.
        """

    def keep(self, note: str) -> None:
        """Remember a note in place of the one before; durable on return."""


class LastSignedFile:
    """Remembers in a file that is replaced whole. Keep it with the keys, and out of the database's backup."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> str | None:
        """The note, or None if there is no file.

        Raises:
            MemoryUnreadable: If there is one that cannot be read.
        """
        try:
            with self._path.open("rb") as file:
                return file.read(MAX_NOTE_BYTES + 1).decode(errors="replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise MemoryUnreadable(error.errno, error.strerror, str(self._path)) from None

    def keep(self, note: str) -> None:
        """Replace the file; a crash leaves the old note or the new one."""
        part = self._path.with_name(f".{self._path.name}.{secrets.token_hex(8)}")
        try:
            with part.open("xb") as file:
                file.write(note.encode())
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._path)
        finally:
            part.unlink(missing_ok=True)

    def set_aside(self, now: datetime) -> Path | None:
        """Move the note away, to a name with the time in it, where it stays as evidence; None if there is none."""
        aside = self._path.with_name(f"{self._path.name}-{now:%Y%m%dT%H%M%S%fZ}")
        try:
            return self._path.rename(aside)
        except FileNotFoundError:
            return None
