"""The file that says that an earlier session may still count."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.last_run import FILE, REST, LastRun

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
SOON = NOW + timedelta(minutes=15)
SERVER = "https://desk.example.com"


def test_it_counts_until_the_session_would_have_ended(tmp_path: Path) -> None:
    LastRun(tmp_path / "data", SERVER).note(SOON)
    next_run = LastRun(tmp_path / "data", SERVER)
    assert next_run.goes_on(NOW)
    assert not next_run.goes_on(SOON)


def test_it_is_of_one_service(tmp_path: Path) -> None:
    LastRun(tmp_path, SERVER).note(SOON)
    assert not LastRun(tmp_path, "https://other.example.com").goes_on(NOW)


def test_it_holds_an_address_and_a_time_and_nothing_else(tmp_path: Path) -> None:
    LastRun(tmp_path, SERVER).note(SOON)
    assert (tmp_path / FILE).read_text(encoding="utf-8") == f"{SERVER}\n2026-11-22T09:15:00+00:00\n"


def test_it_is_gone_when_nobody_is_signed_in(tmp_path: Path) -> None:
    run = LastRun(tmp_path, SERVER)
    run.note(SOON)
    for _ in range(2):
        run.forget()
        assert list(tmp_path.iterdir()) == []
    run.note(SOON)
    assert run.goes_on(NOW)


def test_it_is_not_written_at_every_click(tmp_path: Path) -> None:
    run = LastRun(tmp_path, SERVER)
    run.note(SOON)
    run.note(SOON + REST / 2)
    assert not run.goes_on(SOON)
    run.note(SOON + REST)
    assert run.goes_on(SOON)


@pytest.mark.parametrize(
    "said",
    [b"", b"\xff\xfe", b"one line", f"{SERVER}\nyesterday\n".encode(), f"{SERVER}\n2026-11-22T09:15:00\n".encode()],
    ids=["empty", "no text", "one line", "no time", "a time without a zone"],
)
def test_what_cannot_be_read_is_no_earlier_run(tmp_path: Path, said: bytes) -> None:
    (tmp_path / FILE).write_bytes(said)
    assert not LastRun(tmp_path, SERVER).goes_on(NOW)


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", encoding="utf-8")
    run = LastRun(blocked / "data", SERVER)
    run.note(SOON)
    run.forget()
    assert not run.goes_on(NOW)
