"""The pages' one script, run: no button sends a form twice, and no other button waits for it."""

import pytest
from PySide6.QtQml import QJSEngine, QJSValue
from PySide6.QtWidgets import QApplication

from services.api.pages.assets import ASSETS

BROWSER = """
var submits = [], timers = [], shows = [];
var form = {
  addEventListener: function (_name, heard) { submits.push(heard); },
  querySelectorAll: function () { return buttons; },
};
var document = {
  querySelectorAll: function (what) { return what === "form" ? [form] : []; },
  getElementById: function () { return null; },
};
var window = {
  addEventListener: function (_name, heard) { shows.push(heard); },
  setTimeout: function (heard) { timers.push(heard); },
};
function press(button) {
  var sent = true;
  submits.forEach(function (heard) {
    heard({ submitter: button, preventDefault: function () { sent = false; } });
  });
  return sent;
}
"""
"""As much of a browser as the script touches: one form with `buttons`. A submitter may be unknown: old browsers."""


@pytest.fixture
def browser(qapp: QApplication) -> QJSEngine:
    """A browser with a page of one form, which has the buttons `confirm` and `not_me`."""
    engine = QJSEngine()
    run(engine, f"{BROWSER}; var confirm = {{}}, not_me = {{}}, buttons = [confirm, not_me];")
    return engine


def run(browser: QJSEngine, program: str) -> QJSValue:
    """What a program comes to."""
    said: object = browser.evaluate(program)
    assert isinstance(said, QJSValue)
    assert not said.isError(), said.toString()
    return said


def load(browser: QJSEngine) -> None:
    """The page has come, and with it the script."""
    run(browser, ASSETS["page.js"].body.decode())


def sent(browser: QJSEngine, *buttons: str) -> list[bool]:
    """Which of these, pressed one after another, send the form."""
    return [run(browser, f"press({button})").toBool() for button in buttons]


def test_the_same_button_sends_once(browser: QJSEngine) -> None:
    """A double tap would spend a second try, or the only look at the recovery codes."""
    load(browser)
    assert sent(browser, "confirm", "confirm", "confirm") == [True, False, False]


def test_that_was_not_me_never_waits(browser: QJSEngine) -> None:
    """Invariant 9: whoever thinks better of it while the number is under way stops everything."""
    load(browser)
    assert sent(browser, "confirm", "not_me") == [True, True]


def test_an_old_browser_that_names_no_button_still_holds_a_form_of_one(browser: QJSEngine) -> None:
    run(browser, "buttons = [confirm]")
    load(browser)
    assert sent(browser, "undefined", "undefined") == [True, False]


def test_an_old_browser_that_names_none_of_two_is_left_alone(browser: QJSEngine) -> None:
    load(browser)
    assert sent(browser, "undefined", "undefined") == [True, True]


@pytest.mark.parametrize("after", ["timers", "shows"])
def test_a_form_that_got_no_answer_can_be_sent_again(browser: QJSEngine, after: str) -> None:
    """After a while, and when the page is come back to."""
    load(browser)
    assert sent(browser, "confirm", "confirm") == [True, False]
    run(browser, f"{after}.forEach(function (heard) {{ heard(); }})")
    assert sent(browser, "confirm") == [True]
