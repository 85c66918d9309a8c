"""`import --report`: the report goes over an older one, and over nothing else."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.conftest import CommandLine
from tests.commands.test_importing import imported, row, written


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where files to import are."""
    made = tmp_path / "files"
    made.mkdir()
    return made


@pytest.mark.parametrize("name", ["accounts.csv", "rightful.db", "rightful.db-wal", "rightful.key", "effects.db"])
@pytest.mark.parametrize("spelled", [str, os.path.relpath, "link"])
def test_a_report_never_goes_over_what_is_imported_or_lived_on(
    command_line: CommandLine, folder: Path, name: str, spelled: Callable[[str], str] | str
) -> None:
    file = written(folder, row(1))
    command_line.run("staff", "list")
    state = command_line.folder / "state"
    path = {"accounts.csv": Path(file), "rightful.key": command_line.settings.key_file}.get(name, state / name)
    before = path.read_bytes() if path.exists() else None
    link = folder / "link.csv"
    link.symlink_to(path)
    report = str(link) if isinstance(spelled, str) else spelled(str(path))
    assert imported(command_line, file, "--report", report) == 2
    assert command_line.err == (
        f"rightful-server: The report cannot go to {report}: that is what is imported, the database or its key.\n"
    )
    assert (path.read_bytes() if path.exists() else None) == before


def test_a_report_goes_over_an_older_one_and_over_nothing_else(command_line: CommandLine, folder: Path) -> None:
    command_line.begin()
    file, diary = written(folder, row(1)), folder / "diary"
    for there in ("Dear diary,\n", "customer_number,name\n"):
        diary.write_text(there)
        assert imported(command_line, file, "--report", str(diary)) == 2
        assert "diary is there already, and is no report of an import." in command_line.err
        assert diary.read_text() == there
    for there in ("", "user,finding,reason\r\n7,bad,name is missing.\r\n"):
        diary.write_text(there, newline="")
        assert imported(command_line, file, "--report", str(diary)) == 0
        assert diary.read_text().startswith("line,finding,reason\n")
        assert "7,bad" not in diary.read_text()
    assert imported(command_line, file, "--report", os.devnull) == 0
