"""The self-test of an installed desktop says what is wrong with it, line by line."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from console.aside import Aside, Attempt, Result, SideThread
from console.vault import Vault, VaultState
from tests.support.vault import MemoryVault
from ui.selftest import FAILED, Found, password_store, run_selftest


class Hanging:
    """Where every call waits for somebody to answer a prompt."""

    async def attempt(self, work: Callable[[], Result], seconds: float | None = None) -> Attempt[Result]:
        """See `Aside.attempt`."""
        return Attempt(late=seconds is not None)

    def close(self) -> None:
        """See `Aside.close`."""


class Gone(MemoryVault):
    """A password store whose daemon is gone."""

    def state(self) -> VaultState:
        """See `console.vault.Vault`."""
        raise RuntimeError("the daemon is gone")


def found(vault: Vault, aside: Aside | None = None) -> Found:
    """What is said of a password store."""
    side = aside or SideThread("test")
    try:
        return asyncio.run(password_store(vault, side))
    finally:
        side.close()


def test_wrong_settings_are_one_line_among_the_others(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RIGHTFUL_THEME", "pink")
    monkeypatch.setenv("RIGHTFUL_TEXT_SIZE", "7")
    assert run_selftest() == FAILED
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("FAIL  settings: the environment: theme must be one of system, ")
    assert "the environment: text_size must be" in said[0]
    assert "ok    wording" in said


@pytest.mark.usefixtures("qtbot")
def test_a_computer_without_a_password_store_is_said_and_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_selftest() == 0
    said = capsys.readouterr().out.splitlines()
    assert "ok    password store: none; a session lives until the desktop is closed" in said
    assert [line for line in said if ": " in line and "password store" not in line] == []


def test_what_can_be_expected_of_a_password_store_is_said() -> None:
    answers = [found(MemoryVault(state=state)) for state in VaultState]
    assert all(answer.well for answer in answers)
    assert len({answer.said for answer in answers}) == len(VaultState)


def test_a_password_store_that_does_not_work_fails() -> None:
    assert found(Gone()) == Found("RuntimeError: the daemon is gone", well=False)
    assert found(MemoryVault(), Hanging()) == Found("it gives no answer within 5 seconds", well=False)


@pytest.mark.usefixtures("qtbot")
def test_a_build_that_cannot_seal_a_note_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)
    assert run_selftest() == FAILED
    assert "FAIL  local store: ModuleNotFoundError: " in capsys.readouterr().out


@pytest.mark.usefixtures("qtbot")
def test_a_file_of_certificates_that_holds_none_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    authority = tmp_path / "company.pem"
    authority.write_text("not a certificate")
    monkeypatch.setenv("RIGHTFUL_CA_FILE", str(authority))
    assert run_selftest() == FAILED
    assert f"FAIL  network library: there are no certificates to trust in {authority}: " in capsys.readouterr().out
