"""The demo's window beside the desktop: messages, who can sign in, and who may call."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from console.demo import Demo, DemoCustomer, DemoStaff, PhoneMessage
from tests.ui.looking import name_of, settle, unnamed
from ui.cast import Known
from ui.phone import PhoneWindow
from ui.theme import Theme
from ui.widgets.card import Card

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STAFF = DemoStaff(login="ada", name="Ada Demo", role="agent", password="four quiet words 12", totp_secret=SECRET)
CALLER = DemoCustomer(
    id="amara",
    name="Amara Okafor",
    story="Forgot her password.",
    email="amara@postbox.example",
    phone="",
    customer_number="RC0418227",
    password="something else",
    totp_secret="",
    recovery_codes=("ABCD-EFGH",),
)
MESSAGE = PhoneMessage(
    id="msg_1",
    channel="phone",
    to="+447700900471",
    subject="",
    body="Is it you? http://127.0.0.1:1/c/abc",
    sent_at="2026-05-04T12:00:00+00:00",
)


@pytest.fixture
def phone(qtbot: "QtBot", theme: Theme, tmp_path: Path) -> PhoneWindow:
    """The window, shown."""
    demo = Demo(
        server="http://127.0.0.1:1",
        folder=tmp_path,
        token="t",
        staff=(STAFF,),
        customers=(CALLER,),
    )
    window = PhoneWindow(demo)
    qtbot.addWidget(window)
    window.show()
    settle()
    return window


def seen(phone: PhoneWindow) -> list[str]:
    """The titles of the cards in sight."""
    return [card.heading.text() for card in phone.findChildren(Card) if card.isVisible()]


def known(phone: PhoneWindow) -> dict[str, str]:
    """What is in sight to be copied: what each button copies."""
    found = {}
    for one in phone.findChildren(Known):
        if one.isVisible():
            copy = one.findChild(QPushButton)
            assert copy is not None
            copy.click()
            found[name_of(copy)] = QGuiApplication.clipboard().text()
    return found


def choose(phone: PhoneWindow, name: str) -> None:
    """Go to a part."""
    next(tab for tab in phone.findChildren(QPushButton) if tab.text().strip() == name).click()
    settle()


def test_whoever_starts_the_demo_sees_what_to_sign_in_with(phone: PhoneWindow) -> None:
    assert seen(phone) == ["Ada Demo"]
    assert known(phone) == {
        "Copy: Login": "ada",
        "Copy: Password": "four quiet words 12",
        "Copy: Six-digit code": STAFF.code(),
    }


def test_callers_say_what_they_know_and_nothing_that_they_have_not(phone: PhoneWindow) -> None:
    choose(phone, "Callers")
    assert seen(phone) == ["Amara Okafor"]
    assert known(phone) == {
        "Copy: E-mail": "amara@postbox.example",
        "Copy: Customer number": "RC0418227",
        "Copy: Recovery code": "ABCD-EFGH",
    }


def test_a_message_comes_into_sight_and_its_link_opens(qtbot: "QtBot", phone: PhoneWindow) -> None:
    choose(phone, "Callers")
    phone.show_new([])
    assert seen(phone) == ["Amara Okafor"]
    phone.show_new([MESSAGE])
    settle()
    assert seen(phone) == ["Text message"]
    with qtbot.waitSignal(phone.link_opened) as opened:
        choose(phone, "Open the link")
    assert opened.args == ["http://127.0.0.1:1/c/abc"]


@pytest.mark.parametrize("part", ["Messages", "Staff", "Callers"])
def test_everything_has_a_name(phone: PhoneWindow, part: str) -> None:
    choose(phone, part)
    assert unnamed(phone) == []
