"""JSON Lines: one object to a line, and every other line is named."""

from pathlib import Path

import pytest

from services.importing.json_lines import JsonLines
from services.importing.record import Bad, NotImportable, Raw


def test_objects_come_with_their_lines_and_the_rest_with_reasons(tmp_path: Path) -> None:
    path = tmp_path / "accounts.jsonl"
    path.write_bytes(
        b'\xef\xbb\xbf{"name": "A"}\n'
        b"\n"
        b'{"name": "B"\n'
        b'["C"]\n'
        b'{"name": "D", "name": "E"}\n'
        b'{"name": "\xff"}\n' + b"[" * 100_000 + b"\n"
        b'{"name": "F"}\n'
        b'{"name": "G", "contacts": ' + b"[" * 20 + b"]" * 20 + b"}"
    )
    source = JsonLines(path)
    found = list(source.rows())
    assert [(row.place, row.fields["name"]) for row in found if isinstance(row, Raw)] == [(1, "A"), (8, "F")]
    assert [(row.place, row.reason) for row in found if isinstance(row, Bad)] == [
        (3, "it is not JSON (at character 13)."),
        (4, "it is not an object with fields."),
        (5, "a field stands there twice."),
        (6, "the line is not UTF-8."),
        (7, "its JSON is nested too deeply."),
        (9, "its JSON is nested too deeply."),
    ]
    assert source.position == source.size


def test_a_file_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotImportable, match=r"cannot be read: No such file"):
        JsonLines(tmp_path / "nowhere.jsonl")
