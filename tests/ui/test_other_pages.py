"""The audit log's page and the settings: what they show, and what they ask for."""

from typing import TYPE_CHECKING

import pytest

from console.state.desk_state import Standing, TokenHome
from tests.ui.cards import desk
from tests.ui.looking import words_on
from tests.ui.stage import WORDS, Stage, witnessed

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.mark.parametrize("standing", Standing)
def test_every_standing_of_the_log_is_words_and_an_icon(stage: Stage, standing: Standing) -> None:
    stage.show(witnessed(standing=standing), "audit")
    assert stage.audit.state.text() == WORDS.word(standing)
    assert stage.audit.state.icon
    assert stage.audit.acknowledge.isVisible() == (standing is Standing.ALARM)


def test_what_was_proven_and_when(stage: Stage) -> None:
    stage.show(witnessed(standing=Standing.CONSISTENT), "audit")
    said = words_on(stage.audit)
    assert "20,418" in said
    assert "3 minutes ago" in said


def test_an_alarm_is_said_and_acknowledged_by_a_person(qtbot: "QtBot", stage: Stage) -> None:
    """Invariant 12: it stays until somebody has read it."""
    stage.show(witnessed(standing=Standing.ALARM, sentence="The audit log lost entries."), "audit")
    assert stage.audit.alarm.words.text() == "The audit log lost entries."
    with qtbot.waitSignal(stage.audit.acknowledge_wanted):
        stage.audit.acknowledge.click()


def test_the_log_can_be_checked_again(qtbot: "QtBot", stage: Stage) -> None:
    stage.show(witnessed(standing=Standing.UNPROVEN), "audit")
    with qtbot.waitSignal(stage.audit.check_wanted):
        stage.audit.check.click()


def test_a_look_is_chosen(qtbot: "QtBot", stage: Stage) -> None:
    stage.show(desk(), "settings")
    stage.settings.show_look("light", 100)
    with qtbot.waitSignal(stage.settings.look_chosen) as chosen:
        stage.settings.themes.button("contrast").click()
    assert chosen.args == ["contrast", 100]
    with qtbot.waitSignal(stage.settings.look_chosen) as chosen:
        stage.settings.sizes.button("200").click()
    assert chosen.args == ["contrast", 200]


@pytest.mark.parametrize("home", TokenHome)
def test_where_the_token_is_kept_is_said(stage: Stage, home: TokenHome) -> None:
    stage.show(desk(token_home=home), "settings")
    assert WORDS.word(home) in words_on(stage.settings)


@pytest.mark.parametrize("standing", Standing)
def test_only_an_alarm_stands_out(stage: Stage, standing: Standing) -> None:
    """The desk words every standing: a log that is sound must not look like trouble."""
    stage.show(witnessed(standing=standing, sentence="What the desk says of it."), "audit")
    assert stage.audit.alarm.isVisible() is (standing is Standing.ALARM)
