"""Accounts from CSV: one row each, and as many numbered contact columns as anybody has."""

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from services.importing.lines import Line, Lines
from services.importing.record import Bad, NotImportable, Raw
from services.importing.values import shown
from services.vocabulary import AuthenticatorKind, ContactKind

DIRECT = frozenset(
    {
        *("customer_number", "name", "username", "privileged", "created_at", "last_sign_in_at", "locked_at"),
        *("frozen_at", "password_hash", "password_changed_at"),
    }
)
"""Columns that are fields of the account."""
REQUIRED = frozenset({"customer_number", "name"})
CONTACT_FIELDS = ("verified_at", "changed_at", "retired_at", "sim_swap", "sim_swapped_at")
"""After `email_` or `phone_2_`, what is said of that contact point."""
TOTP = {"totp_secret": "secret", "totp_label": "label", "totp_bound_at": "bound_at"}
"""Columns of an authenticator app with the usual settings (SHA-1, six digits, 30 s)."""
DELIMITERS = (",", ";", "\t", "|")
MOST_LINES = 20
"""Of one row, whose quoted text may hold line ends."""

_CONTACT = re.compile(rf"({'|'.join(ContactKind)})(?:_([1-9]\d?))?(?:_({'|'.join(CONTACT_FIELDS)}))?")


class _Slot(NamedTuple):
    """Where a contact column's value goes."""

    kind: str
    number: int
    field: str


class CsvFile:
    """Rows of a CSV file, streamed. A quote that is never closed costs the row it stands in, and no other."""

    def __init__(self, path: Path, ignore: Iterable[str] = ()) -> None:
        """Open the file and read its header.

        Raises:
            NotImportable: If it cannot be read, or its columns cannot be understood.
        """
        self._lines = Lines(path)
        try:
            first = next(self._lines, None)
            if not isinstance(first, Line):
                raise NotImportable(f"The first line of {path} does not name columns.")
            self._delimiter = max(DELIMITERS, key=first.text.count)
            self._columns = self._header(first.text, frozenset(ignore))
        except NotImportable:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._lines.close()

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return self._lines.size

    @property
    def position(self) -> int:
        """Bytes read."""
        return self._lines.position

    def rows(self) -> Iterator[Raw | Bad]:
        """Every row but the header and empty lines."""
        for line in self._lines:
            if isinstance(line, Bad):
                yield line
            elif line.text.strip():
                yield self._row(line)

    def _header(self, text: str, ignore: frozenset[str]) -> list[str | _Slot | None]:
        names = [name.strip().lower() for name in self._cells(text) or []]
        if strays := sorted(ignore - set(names)):
            raise NotImportable(f"There are no such columns to leave out: {', '.join(map(shown, strays))}.")
        named = [name for name in names if name not in ignore]
        unknown = sorted(
            {name for name in named if name not in DIRECT and name not in TOTP and not _CONTACT.fullmatch(name)}
        )
        if unknown:
            known = "see docs/import.md for the columns, or leave them out with --ignore"
            raise NotImportable(f"These columns are not known: {', '.join(map(shown, unknown))}; {known}.")
        if missing := sorted(REQUIRED - set(named)):
            raise NotImportable(f"These columns are missing: {', '.join(missing)}.")
        slots = [None if name in ignore else _slot(name) for name in names]
        twice = sorted({shown(name) for name, slot in zip(names, slots, strict=True) if slot and slots.count(slot) > 1})
        if twice:
            raise NotImportable(f"These columns stand there twice: {', '.join(twice)}; number them, such as email_2.")
        return slots

    def _row(self, first: Line) -> Raw | Bad:
        """A row, over as many lines as its quotes hold; if that goes nowhere, the first line alone is bad.

        Only a column that is ignored may hold line ends: in any other, a quote that nobody closed has run on into the
        rows after it, and those are good.
        """
        lines = [first, *self._run_on(first)]
        cells = self._cells("\n".join(line.text for line in lines))
        misfit = self._misfit(cells)
        if cells is None or misfit:
            self._lines.give_back(lines[1:])
            return Bad(first.number, misfit)
        return Raw(first.number, self._fields(cells))

    def _run_on(self, first: Line) -> list[Line]:
        """The lines up to the one that closes the quotes of the *first*."""
        lines: list[Line] = []
        quotes = first.text.count('"')
        while quotes % 2 and len(lines) < MOST_LINES - 1:
            line = next(self._lines, None)
            if not isinstance(line, Line):
                self._lines.give_back([line] if line else [])
                break
            lines.append(line)
            quotes += line.text.count('"')
        return lines

    def _misfit(self, cells: list[str] | None) -> str:
        if cells is None:
            return "its quotes do not match."
        if len(cells) != len(self._columns):
            return f"it has {len(cells)} cells, and the header names {len(self._columns)} columns."
        kept = (cell for column, cell in zip(self._columns, cells, strict=True) if column is not None)
        return "a cell holds a line end." if any("\n" in cell for cell in kept) else ""

    def _cells(self, text: str) -> list[str] | None:
        try:
            (cells,) = csv.reader((text,), delimiter=self._delimiter, strict=True)
        except (csv.Error, ValueError):
            return None
        return cells

    def _fields(self, cells: list[str]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        contacts: dict[tuple[str, int], dict[str, str]] = {}
        totp: dict[str, str] = {}
        for slot, cell in zip(self._columns, cells, strict=True):
            if isinstance(slot, _Slot):
                contacts.setdefault((slot.kind, slot.number), {})[slot.field] = cell.strip()
            elif slot in TOTP:
                totp[TOTP[slot]] = cell.strip()
            elif slot is not None:
                fields[slot] = cell
        if contacts:
            fields["contacts"] = [
                {"kind": kind} | given for (kind, _), given in contacts.items() if any(given.values())
            ]
        if totp:
            fields["authenticators"] = [{"kind": AuthenticatorKind.TOTP} | totp] if any(totp.values()) else []
        return fields


def _slot(name: str) -> str | _Slot:
    found = _CONTACT.fullmatch(name)
    if found is None:
        return name
    kind, number, field = found.groups()
    return _Slot(kind, int(number or 1), field or "value")
