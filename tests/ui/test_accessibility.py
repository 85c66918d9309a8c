"""Every page, read the way assistive technology reads it (WCAG 2.2; X-01, X-03, X-06, X-07, X-08, X-12, X-14)."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGroupBox, QWidget

from console.state.desk_state import DeskState, Standing
from services.vocabulary import CheckId, CheckState, ContactPointId, EvidenceClass, Method
from tests.ui.cards import (
    MASKED_PHONE,
    account,
    case,
    check,
    closed,
    desk,
    found,
    method,
    methods,
    recovery,
    reverse_passed,
    reverse_pending,
    totp_pending,
)
from tests.ui.looking import (
    controls,
    interface,
    mislabelled,
    name_of,
    settle,
    tab_order,
    too_small,
    tree,
    unnamed,
    words_on,
)
from tests.ui.stage import Stage, witnessed
from ui.commands import CATALOGUE
from ui.widgets.card import Card, Column
from ui.widgets.cheat_sheet import CheatSheet
from ui.widgets.palette import Palette

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from ui.theme import Theme

STATES: dict[str, tuple[DeskState, str]] = {
    "no case": (desk(), "caller"),
    "no cases at all": (desk(cases=()), "caller"),
    "case opened": (desk(case()), "caller"),
    "account found": (desk(found()), "caller"),
    "checks waiting": (desk(found(reverse_pending(), totp_pending())), "caller"),
    "proven": (desk(found(reverse_passed(), proven=True, recoveries=(recovery(),))), "caller"),
    "resolved": (desk(closed()), "caller"),
    "log proven": (witnessed(standing=Standing.CONSISTENT), "audit"),
    "log contradicts itself": (witnessed(standing=Standing.ALARM, sentence="The log lost entries."), "audit"),
    "settings": (desk(), "settings"),
}


def test_every_control_is_named_labelled_and_large_enough(stage: Stage) -> None:
    for state, shown in STATES.items():
        stage.show(*shown)
        found_at_all = controls(stage.window)
        assert len(found_at_all) > 5, state
        assert unnamed(stage.window) == [], state
        assert mislabelled(stage.window) == [], state
        assert too_small(stage.window) == [], state


def test_tab_reaches_every_control_and_leaves_it(stage: Stage) -> None:
    """WCAG 2.2 2.1.1, 2.1.2: everything by keyboard, and no trap. One button of a group is a stop for all of it."""
    for state, shown in STATES.items():
        stage.show(*shown)
        settle(6)  # a column that need not scroll is no stop
        wanted = set(controls(stage.window))
        assert set(tab_order(stage.window)) == wanted, state
        reached: set[object] = set()
        for _ in range(len(wanted) + 2):
            reached |= {stage.window.focusWidget(), _group(stage.window.focusWidget())}
            QTest.keyClick(stage.window.windowHandle(), Qt.Key.Key_Tab)
        missed = [repr(widget) for widget in wanted if widget not in reached and _group(widget) not in reached]
        assert missed == [], state


def _group(widget: QWidget) -> object:
    """The exclusive group of a button, which the arrow keys go through; the widget itself when it has none."""
    group: QButtonGroup | None = widget.group() if isinstance(widget, QAbstractButton) else None
    return group or widget


@pytest.mark.parametrize(("width", "percent"), [(344, 100), (660, 200), (1440, 200)])
def test_nothing_is_cut_off_at_the_side(stage: Stage, theme: "Theme", width: int, percent: int) -> None:
    """WCAG 2.2 1.4.4 and 1.4.10: one column at the width of 320 CSS pixels, and text at 200 %."""
    theme.apply("light", percent)
    stage.window.resize(width, 800)
    for state, shown in STATES.items():
        stage.show(*shown)
        assert stage.window.width() == width
        for column in stage.window.findChildren(Column):
            if column.isVisible():
                assert column.body.minimumSize().width() <= column.viewport().width(), (state, column.accessibleName())


def test_cards_are_groups_with_names(stage: Stage) -> None:
    stage.show(*STATES["account found"])
    cards = [card for card in stage.window.findChildren(Card) if card.isVisible()]
    assert len(cards) >= 5
    for card in cards:
        assert isinstance(card, QGroupBox)
        assert interface(card).role() == QAccessible.Role.Grouping
        assert interface(card).text(QAccessible.Text.Name)


def test_two_of_a_kind_are_told_apart_by_ear(stage: Stage) -> None:
    """WCAG 2.2 2.4.6: two telephones, a code on its way to each; what stands beside a button is not heard with it."""
    number, known = "+234 ••• ••• 9902", account()
    second = replace(known.contacts[0], id=ContactPointId("cp_second"), masked=number)
    offered = (*methods(), method(Method.SMS_CODE, second.id, number))
    card = found(account=replace(known, contacts=(*known.contacts, second)), methods=offered)
    contact, by_text = EvidenceClass.CONTACT_CODE, Method.SMS_CODE
    sent = check(by_text, CheckState.PENDING, contact, MASKED_PHONE)
    also = replace(sent, id=CheckId("chk_second"), target=second.id, masked=number)
    for state in (card, replace(card, checks=(sent, also))):
        stage.show(desk(state))
        names = [name_of(control) for control in controls(stage.window)]
        assert sorted(set(names)) == sorted(names)


def test_what_is_painted_can_be_read(stage: Stage) -> None:
    """Pills, marks and the number to read out are drawn, and are words all the same."""
    stage.show(*STATES["checks waiting"])
    said = words_on(stage.window)
    for words in ("Account locked", "Not proven yet", "Changed 2 days ago", "Waiting", "4 1 8 2 2 7", "Connected"):
        assert words in said


def test_a_case_that_left_the_screen_is_not_read_out(stage: Stage) -> None:
    """A-51: what was shown of a customer is gone with the session."""
    stage.show(*STATES["account found"])
    assert "A•••• O•••••" in words_on(stage.window)
    stage.window.show_sign_in(stage.window.sign_in.state)
    settle()
    names = [node.text(QAccessible.Text.Name) for node in tree(interface(stage.window))]
    assert not any("O•••••" in name for name in names)


def test_the_palette_and_the_cheat_sheet_are_named(stage: Stage, qtbot: "QtBot") -> None:
    stage.window.commands.run("palette")
    settle()
    palette = stage.window.findChild(Palette)
    assert palette is not None
    assert unnamed(palette) == []
    sheet = CheatSheet(stage.window, CATALOGUE)
    qtbot.addWidget(sheet)
    sheet.show()
    settle()
    assert unnamed(sheet) == []
    assert too_small(sheet) == []
    for command in CATALOGUE:
        assert (command.title in words_on(sheet)) == bool(command.shortcut)
