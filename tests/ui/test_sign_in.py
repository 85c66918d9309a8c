"""The sign-in page: what it says, what it asks for, and how fast a password is forgotten."""

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.ui.looking import controls, description_of, name_of, settle, tab_order
from ui.pages.sign_in import SignInPage, SignInState

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from ui.theme import Theme

SERVER = "https://desk.example.com"


@pytest.fixture
def page(qtbot: "QtBot", theme: "Theme") -> SignInPage:
    made = SignInPage()
    qtbot.addWidget(made)
    made.render_state(SignInState(server=SERVER))
    made.resize(1200, 800)
    made.show()
    made.login.setFocus()
    settle()
    return made


def fill(page: SignInPage) -> None:
    QTest.keyClicks(page.login, " nadia ")
    QTest.keyClicks(page.password, "correct horse")
    QTest.keyClicks(page.code, "123456")


def test_the_service_is_named_whole(page: SignInPage) -> None:
    """Whoever gives a password away sees to whom: the end of an address says most."""
    address = "https://recovery-desk.eu-central.a-very-long-company-name.example.com:8443"
    page.resize(500, 800)
    page.render_state(SignInState(server=address))
    settle()
    assert page.server.text() == name_of(page.server) == address
    lines = page.server.heightForWidth(page.server.width()) / page.server.fontMetrics().height()
    assert lines > 1.5, "it takes two lines"
    assert page.server.height() >= page.server.heightForWidth(page.server.width())


def test_all_of_it_by_keyboard(qtbot: "QtBot", page: SignInPage) -> None:
    """X-01: type, Tab, type, Tab, Tab, type, Enter."""
    window = page.windowHandle()
    with qtbot.waitSignal(page.sign_in_requested) as asked:
        QTest.keyClicks(page.login, "nadia")
        QTest.keyClick(window, Qt.Key.Key_Tab)
        QTest.keyClicks(page.password, "correct horse")
        QTest.keyClick(window, Qt.Key.Key_Tab)
        QTest.keyClick(window, Qt.Key.Key_Tab)
        QTest.keyClicks(page.code, "123456")
        QTest.keyClick(page.code, Qt.Key.Key_Return)
    assert asked.args == ["nadia", "correct horse", "123456"]


def test_a_pasted_code_is_enough(qtbot: "QtBot", page: SignInPage) -> None:
    """WCAG 2.2 3.3.8 (X-11)."""
    QTest.keyClicks(page.login, "nadia")
    QTest.keyClicks(page.password, "correct horse")
    QGuiApplication.clipboard().setText("123 456")
    page.code.paste()
    with qtbot.waitSignal(page.sign_in_requested) as asked:
        page.enter.button.click()
    assert asked.args[2] == "123456"


def test_the_dead_button_says_what_is_missing(page: SignInPage) -> None:
    reasons = []
    for field, text in ((page.login, "nadia"), (page.password, "horse"), (page.code, "123456")):
        reasons.append(page.enter.reason.text())
        assert description_of(page.enter.button) == reasons[-1]
        QTest.keyClicks(field, text)
    assert reasons == [
        "Type your login first.",
        "Type your password.",
        "Type the six digits that your authenticator app shows.",
    ]
    assert not page.enter.button.is_resting()


def test_enter_goes_to_what_is_missing(qtbot: "QtBot", page: SignInPage) -> None:
    QTest.keyClicks(page.login, "nadia")
    with qtbot.assertNotEmitted(page.sign_in_requested):
        QTest.keyClick(page.login, Qt.Key.Key_Return)
    assert page.password.hasFocus()


def test_while_busy_nothing_can_be_sent_twice(qtbot: "QtBot", page: SignInPage) -> None:
    fill(page)
    page.render_state(SignInState(server=SERVER, busy="Signing in…"))
    with qtbot.assertNotEmitted(page.sign_in_requested):
        page.enter.button.click()
        QTest.keyClick(page.code, Qt.Key.Key_Return)
    assert page.enter.reason.text() == "Signing in…"


def test_an_error_is_a_sentence_and_the_used_code_is_gone(page: SignInPage) -> None:
    """WCAG 2.2 3.3.1 (X-10); a code works once, so it is asked for anew."""
    fill(page)
    page.render_state(SignInState(server=SERVER, busy="Signing in…"))
    page.render_state(SignInState(server=SERVER, error="That did not match."))
    assert page.banner.words.text() == "That did not match."
    assert page.banner.isVisible()
    assert (page.login.text().strip(), page.password.text(), page.code.text()) == ("nadia", "correct horse", "")
    assert page.code.hasFocus()


def test_the_same_error_twice_asks_for_another_code_twice(page: SignInPage) -> None:
    for _ in range(2):
        QTest.keyClicks(page.code, "123456")
        page.render_state(SignInState(server=SERVER, busy="Signing in…"))
        page.render_state(SignInState(server=SERVER, error="That did not match."))
        assert page.code.text() == ""


def test_a_notice_says_why_the_last_session_ended(page: SignInPage) -> None:
    page.render_state(SignInState(server=SERVER, notice="Your session has ended."))
    assert page.banner.isVisible()
    assert page.banner.words.text() == "Your session has ended."


def test_wipe_forgets_the_password(page: SignInPage) -> None:
    fill(page)
    page.wipe()
    assert (page.password.text(), page.code.text()) == ("", "")


def test_tab_goes_from_top_to_bottom(page: SignInPage) -> None:
    """WCAG 2.2 2.4.3 (X-03)."""
    assert [widget for widget in tab_order(page) if widget in controls(page)][:5] == [
        page.login,
        page.password,
        page.password.eye,
        page.code,
        page.enter.button,
    ]


def test_the_brand_makes_room(page: SignInPage) -> None:
    """WCAG 2.2 1.4.10 (X-06)."""
    assert page.brand.isVisible()
    page.resize(380, 700)
    settle()
    assert not page.brand.isVisible()
    assert page.width() == 380
