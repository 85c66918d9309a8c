"""What an import says of single rows: to the operator as it goes, and in a file to work through afterwards."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from services.importing.record import NotImportable


class Finding(StrEnum):
    """What can be said of a row."""

    BAD = "bad"
    """It was not imported."""
    NOTED = "noted"
    """It was imported without something."""
    ALREADY_THERE = "already there"
    """Its account was there before, and was left as it was."""


@dataclass(slots=True)
class Counts:
    """How an import stands."""

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    """Looked at by an update, and as the file says already."""
    already_there: int = 0
    bad: int = 0
    noted: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether everything in the file is in the directory now."""
        return not self.bad and not self.noted


_COLUMNS = ("finding", "reason")
"""After the place, whose column is called by what it counts."""
_START_BYTES = 100
"""Of a file that is there: as much as a report's first line has."""


class Report:
    """A CSV file of places, findings and reasons. It holds nothing of the rows themselves: it is not sealed."""

    def __init__(self, path: Path, unit: str, tell: Callable[[str], None]) -> None:
        """Begin the file, over an older report. *unit* is what a place counts: `line` or `user`.

        Raises:
            NotImportable: If it cannot be written, or something else is there.
        """
        self.counts = Counts()
        self.unit, self._tell = unit, tell
        try:
            self._file: TextIO = path.open("w" if _may_replace(path) else "x", encoding="utf-8", newline="")
        except FileExistsError:
            raise NotImportable(f"{path} is there already, and is no report of an import.") from None
        except OSError as error:
            raise NotImportable(f"The report {path} cannot be written: {error.strerror}.") from None
        self._rows = csv.writer(self._file)
        self._rows.writerow([unit, *_COLUMNS])

    def bad(self, place: int, reason: str) -> None:
        """A row was not imported."""
        self.counts.bad += 1
        self._rows.writerow([place, Finding.BAD, reason])
        self._tell(f"{self.unit} {place}: {reason}")

    def noted(self, place: int, reason: str) -> None:
        """A row was imported without something."""
        self.counts.noted += 1
        self._rows.writerow([place, Finding.NOTED, reason])
        self._tell(f"{self.unit} {place}: imported, but {reason}")

    def already_there(self, place: int) -> None:
        """A row's account was there before."""
        self.counts.already_there += 1
        self._rows.writerow([place, Finding.ALREADY_THERE, "An account has this customer number."])

    def close(self) -> None:
        """End the file."""
        self._file.close()


def _may_replace(path: Path) -> bool:
    """Whether an older report is there, or nothing that could be lost: an empty file, or a device."""
    if not path.is_file():
        return path.exists() and not path.is_dir()
    with path.open("rb") as there:
        start = there.read(_START_BYTES)
    return not start or start.splitlines()[0].endswith(f",{','.join(_COLUMNS)}".encode())
