"""Accounts from JSON Lines: one object to a line, in the fields that `understanding` names."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.importing.lines import Lines
from services.importing.record import Bad, Raw
from services.importing.values import TOO_NESTED, is_nested


class JsonLines:
    """Objects of a JSON Lines file, streamed."""

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            NotImportable: If it cannot be read.
        """
        self._lines = Lines(path)

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return self._lines.size

    @property
    def position(self) -> int:
        """Bytes read."""
        return self._lines.position

    def close(self) -> None:
        """Close the file."""
        self._lines.close()

    def rows(self) -> Iterator[Raw | Bad]:
        """Every object; empty lines are passed over."""
        for line in self._lines:
            if isinstance(line, Bad):
                yield line
            elif line.text.strip():
                yield _row(line.number, line.text)


def _row(number: int, text: str) -> Raw | Bad:
    try:
        fields = json.loads(text, object_pairs_hook=_once)
    except RecursionError:
        return Bad(number, TOO_NESTED)
    except json.JSONDecodeError as error:
        return Bad(number, f"it is not JSON (at character {error.colno}).")
    except ValueError as error:
        return Bad(number, f"{error}.")
    if not isinstance(fields, dict):
        return Bad(number, "it is not an object with fields.")
    return Bad(number, TOO_NESTED) if is_nested(fields) else Raw(number, fields)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a field stands there twice")
    return fields
