"""The search for leaks finds leaks: each kind of secret, planted where it must not stand."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from services.domain.one_time import TotpKey, totp_secret_text
from services.secret import Secret
from tests.support.canaries import Canaries

TOKEN = "Zx8-" + "q" * 39
KEY = TotpKey(Secret(b"a twenty-octet secret"[:20]))


@pytest.fixture
def canaries() -> Canaries:
    """One of everything."""
    made = Canaries(codes={"418227"})
    made.word("kanarienvogel@postbox.example")
    made.token(f"/c/{TOKEN}")
    made.recovery_code("ABCDEFGHJK234567")
    made.totp(KEY)
    return made


def database(folder: Path, value: object) -> Path:
    """A database with one value in it."""
    file = folder / "planted.db"
    with closing(sqlite3.connect(file)) as made, made:
        made.execute("CREATE TABLE checks (id INTEGER PRIMARY KEY, planted)")
        made.execute("INSERT INTO checks (planted) VALUES (?)", (value,))
    return file


@pytest.mark.parametrize(
    "leak",
    [
        b"to kanarienvogel@postbox.example: sent",
        f"https://desk.example/c/{TOKEN}".encode(),
        f"xx{TOKEN}yy".encode(),
        KEY.secret.reveal(),
        KEY.secret.reveal().hex().encode(),
        totp_secret_text(KEY).reveal().encode(),
        b"ABCDEFGHJK234567",
        b"abcdefghjk234567",
    ],
)
def test_a_planted_word_is_found_in_any_file(tmp_path: Path, canaries: Canaries, leak: bytes) -> None:
    assert canaries.in_file(database(tmp_path, leak))
    (tmp_path / "server.log").write_bytes(b"2026-11-22 10:00:00 INFO " + leak + b"\n")
    assert canaries.in_file(tmp_path / "server.log")


@pytest.mark.parametrize("leak", ["418227", 418227, b"418227", "the code is 418227."])
def test_a_planted_code_is_found_in_a_database(tmp_path: Path, canaries: Canaries, leak: object) -> None:
    assert canaries.in_database(database(tmp_path, leak)) == [f"planted.db checks.planted: {leak!r}"]


def test_a_planted_code_is_found_in_a_text(tmp_path: Path, canaries: Canaries) -> None:
    (tmp_path / "server.log").write_text('{"code": "418227"}\n')
    assert canaries.in_text(tmp_path / "server.log") == ["server.log: 418227"]


@pytest.mark.parametrize("innocent", ["", 418228, "4182271", "10:00:00.418227", "msg_418227f0", TOKEN[:-1], None])
def test_what_only_looks_alike_is_no_leak(tmp_path: Path, canaries: Canaries, innocent: object) -> None:
    file = database(tmp_path, innocent)
    (tmp_path / "server.log").write_text(f"{innocent}\n")
    assert canaries.in_database(file) == []
    assert canaries.in_file(file) == []
    assert canaries.in_text(tmp_path / "server.log") == []
