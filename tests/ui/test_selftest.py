"""The self-test of an installed desktop says what is wrong with it, line by line."""

import pytest
from pytestqt.qtbot import QtBot

from ui.selftest import FAILED, run_selftest


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
