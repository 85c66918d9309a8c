"""The widgets: what they say, to eyes and to screen readers, and what they do when they are pressed."""

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tests.ui.looking import description_of, name_of, settle
from ui.theme import Theme, look
from ui.widgets.announcer import announcements
from ui.widgets.buttons import IconButton, PrimaryButton, QuietButton, ReasonedButton
from ui.widgets.fields import CodeField, CodeReadOut, PasswordField, digits
from ui.widgets.flow import FlowGrid, FlowRow
from ui.widgets.keyed import KeyedRows
from ui.widgets.lists import Happening, Point, PointList, Timeline
from ui.widgets.masked import MaskedValue
from ui.widgets.notices import Banner, Toast
from ui.widgets.pill import Avatar, Pill, initials
from ui.widgets.rows import ActionRow
from ui.widgets.text import ElidedLabel, Text, tooltip
from ui.widgets.tone import DRESS, Tone

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

SO = "still missing"


@pytest.fixture
def home(qtbot: "QtBot", theme: Theme) -> QWidget:
    """A window to put widgets into."""
    window = QWidget()
    QVBoxLayout(window)
    qtbot.addWidget(window)
    window.resize(400, 300)
    window.show()
    return window


def put(home: QWidget, widget: QWidget) -> None:
    layout = home.layout()
    assert layout is not None
    layout.addWidget(widget)
    settle()


class TestButtons:
    @pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
    def test_keys_press(self, qtbot: "QtBot", home: QWidget, key: Qt.Key) -> None:
        button = PrimaryButton("Send", "check")
        put(home, button)
        with qtbot.waitSignal(button.acted):
            QTest.keyClick(button, key)

    def test_a_resting_button_is_reachable_and_says_why(self, qtbot: "QtBot", home: QWidget) -> None:
        button = QuietButton("Unlock")
        put(home, button)
        button.rest("Not enough is proven yet.")
        assert button.isEnabled()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert description_of(button) == "Not enough is proven yet."
        with qtbot.assertNotEmitted(button.acted), qtbot.waitSignal(button.refused) as refused:
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert refused.args == ["Not enough is proven yet."]

    def test_it_acts_again_when_the_reason_is_gone(self, qtbot: "QtBot", home: QWidget) -> None:
        button = QuietButton("Unlock")
        put(home, button)
        button.rest("Not yet.")
        button.rest("")
        assert description_of(button) == ""
        with qtbot.waitSignal(button.acted), qtbot.assertNotEmitted(button.refused):
            button.click()

    def test_the_reason_stands_beside_it_in_words(self, home: QWidget) -> None:
        button = ReasonedButton(PrimaryButton("Send"))
        put(home, button)
        button.rest("The caller has not been proven.")
        assert button.reason.isVisible()
        assert button.reason.text() == "The caller has not been proven."
        button.rest("")
        assert not button.reason.isVisible()

    def test_an_icon_alone_has_a_name(self, home: QWidget) -> None:
        button = IconButton("Cancel this check", "x")
        put(home, button)
        assert name_of(button) == "Cancel this check"
        for why_not in ("", "Cancelling…", ""):
            button.rest(why_not)
            assert (why_not or "Cancel this check") in button.toolTip(), "nothing else says it to the eye"

    def test_an_ampersand_is_a_letter(self, home: QWidget) -> None:
        button = QuietButton("Black & White")
        put(home, button)
        assert name_of(button) == "Black & White"
        assert button.text() == "Black && White"


class TestCodes:
    @pytest.mark.parametrize(
        ("typed", "code"),
        [
            ("418227", "418227"),
            ("418 227", "418227"),
            ("418-227\n", "418227"),
            ("٤١٨٢٢٧", "418227"),
            ("41822799", "418227"),
        ],
    )
    def test_paste_works(self, qtbot: "QtBot", home: QWidget, typed: str, code: str) -> None:
        """WCAG 2.2 3.3.8 (X-11): nobody has to transcribe."""
        field = CodeField("Code")
        put(home, field)
        QGuiApplication.clipboard().setText(typed)
        with qtbot.waitSignal(field.completed) as completed:
            field.paste()
        assert completed.args == [code]
        assert field.code() == field.text() == code

    @pytest.mark.parametrize(
        "typed",
        ["ABCDEFGHJKMN", "abcd-efgh-jkmn", " abcd efgh\u2013jkmn\n", "\uff41\uff42\uff43\uff44efghjkmn0123"],
    )
    def test_a_code_of_letters_is_pasted_however_it_is_grouped(self, home: QWidget, typed: str) -> None:
        field = CodeField("Code")
        field.expect(12, letters=True)
        put(home, field)
        QGuiApplication.clipboard().setText(typed)
        field.paste()
        assert (field.text(), field.code()) == ("ABCD-EFGH-JKMN", "ABCDEFGHJKMN")

    def test_a_code_of_letters_is_mended_in_its_middle(self, home: QWidget) -> None:
        """The dashes come and go by themselves: the cursor stays between the same letters."""
        field = CodeField("Code")
        field.expect(12, letters=True)
        put(home, field)
        QTest.keyClicks(field, "abcdxefgh")
        field.setCursorPosition(6)
        QTest.keyClick(field, Qt.Key.Key_Backspace)
        assert (field.text(), field.cursorPosition()) == ("ABCD-EFGH", 4)

    def test_letters_are_left_out_and_the_cursor_stays(self, home: QWidget) -> None:
        field = CodeField("Code")
        put(home, field)
        field.setFocus()
        QTest.keyClicks(field, "41x8")
        assert (field.text(), field.cursorPosition()) == ("418", 3)

    def test_enter_sends_a_whole_code_only(self, qtbot: "QtBot", home: QWidget) -> None:
        field = CodeField("Code")
        put(home, field)
        QTest.keyClicks(field, "41822")
        with qtbot.assertNotEmitted(field.submitted):
            QTest.keyClick(field, Qt.Key.Key_Return)
        QTest.keyClicks(field, "7")
        with qtbot.waitSignal(field.submitted) as submitted:
            QTest.keyClick(field, Qt.Key.Key_Return)
        assert submitted.args == ["418227"]

    def test_escape_empties_it(self, home: QWidget) -> None:
        field = CodeField("Code")
        put(home, field)
        QTest.keyClicks(field, "418")
        QTest.keyClick(field, Qt.Key.Key_Escape)
        assert field.text() == ""

    def test_digits_of_any_script_count_and_nothing_else(self) -> None:
        assert digits("१२ ３-x²½4") == "1234"

    def test_a_number_is_spelled_out(self, home: QWidget) -> None:
        number = CodeReadOut()
        put(home, number)
        number.show_code("418227")
        assert number.grouped() == "418 227"
        assert number.sizeHint().width() == QFontMetrics(look().font("readout")).horizontalAdvance("418 227")
        assert name_of(number) == "Read this number to the caller: 4 1 8 2 2 7"
        number.show_code("")
        assert not number.isVisible()


def test_a_password_is_hidden_until_asked_for(qtbot: "QtBot", home: QWidget) -> None:
    field = PasswordField()
    put(home, field)
    assert field.echoMode() is PasswordField.EchoMode.Password
    assert name_of(field.eye) == "Show password"
    field.eye.click()
    assert field.echoMode() is PasswordField.EchoMode.Normal
    assert name_of(field.eye) == "Hide password"
    field.setText("canary")
    field.wipe()
    assert (field.text(), field.echoMode()) == ("", PasswordField.EchoMode.Password)
    field.undo()
    assert field.text() == ""


class TestNotices:
    @pytest.mark.parametrize(
        "words", ["The service is slow.", "Nothing from wolfeschlegelsteinhausen@postbox.example."]
    )
    def test_a_banner_announces_news_and_only_news(self, qtbot: "QtBot", home: QWidget, words: str) -> None:
        banner = Banner()
        put(home, banner)
        assert not banner.isVisible()
        with qtbot.waitSignal(announcements.made) as made:
            banner.say(words, Tone.WARN)
        assert made.args == [words]
        with qtbot.assertNotEmitted(announcements.made):
            banner.say(words, Tone.WARN)
        banner.say("")
        assert not banner.isVisible()

    @pytest.mark.parametrize("words", ["You will be signed out.", "What you typed is kept. " * 9])
    def test_a_banners_mark_stands_at_its_first_line(self, home: QWidget, words: str) -> None:
        """Whatever there is to do about it, and however high that is."""
        banner = Banner(words, Tone.WARN, QuietButton("Stay signed in"))
        put(home, banner)
        above = (banner.words.height() - banner.words.heightForWidth(banner.words.width())) / 2
        first_line = banner.words.y() + above + banner.words.fontMetrics().height() / 2
        assert abs(banner.mark.geometry().center().y() - first_line) <= 4

    def test_a_toast_stays_for_whoever_is_at_it(self, home: QWidget) -> None:
        """WCAG 2.2 2.2.1: the focus is as good as the pointer."""
        toast = Toast()
        put(home, toast)
        toast.say("Nothing was lost.")
        settle()
        close = toast.findChild(IconButton)
        assert close is not None
        close.setFocus(Qt.FocusReason.TabFocusReason)
        toast._leave()
        assert toast.isVisible()
        close.clearFocus()
        toast._leave()
        assert not toast.isVisible()

    def test_a_toast_can_be_closed_and_stays_in_the_window(self, qtbot: "QtBot", home: QWidget) -> None:
        toast, layout = Toast(), home.layout()
        assert layout is not None
        layout.addWidget(toast)
        toast.say("A sentence that is long enough to need more than one line in a narrow window.", Tone.OK)
        settle()
        assert home.rect().contains(toast.geometry())
        close = toast.findChild(IconButton)
        assert close is not None
        close.click()
        assert not toast.isVisible()

    def test_every_tone_has_an_icon_of_its_own(self) -> None:
        """WCAG 2.2 1.4.1 (X-05): never by colour alone."""
        assert set(DRESS) == set(Tone)
        assert len({dress.icon for dress in DRESS.values()}) == len(Tone)


class TestWords:
    def test_a_long_name_is_elided_and_still_whole_to_a_reader(self, home: QWidget) -> None:
        name = "Hubert Blaine " + "Wolfe" * 40
        label = ElidedLabel(name)
        put(home, label)
        assert label.is_elided()
        assert name_of(label) == name
        assert name in label.toolTip()

    def test_a_short_name_has_no_tooltip(self, home: QWidget) -> None:
        label = ElidedLabel("Amara")
        put(home, label)
        assert label.toolTip() == ""

    def test_a_tooltip_is_text(self) -> None:
        assert tooltip("<b>&") == "<qt>&lt;b>&amp;</qt>"

    @pytest.mark.parametrize(
        ("name", "letters"),
        [
            ("Amara Okafor", "AO"),
            ("A•••• O•••••", "AO"),
            ("ines maria brandt", "IB"),
            ("李小龙", "李"),
            ("ßarah", "S"),
            ("42", "?"),
            ("", "?"),
        ],
    )
    def test_initials(self, name: str, letters: str) -> None:
        assert initials(name) == letters

    def test_painted_marks_have_names(self, home: QWidget) -> None:
        pill, avatar = Pill("Locked", Tone.BAD), Avatar("Amara Okafor")
        put(home, pill)
        put(home, avatar)
        assert (name_of(pill), name_of(avatar)) == ("Locked", "Amara Okafor")
        pill.set("Open", Tone.OK)
        assert name_of(pill) == "Open"

    def test_a_pill_grows_with_its_text(self, home: QWidget, theme: Theme) -> None:
        """Its word never reaches its round end."""
        pill = Pill("Locked", Tone.BAD)
        put(home, pill)
        usual = pill.sizeHint()
        theme.choose("light", 200)
        settle()
        assert abs(pill.sizeHint().width() - 2 * usual.width()) <= 4
        pill.set_brief(True)
        assert pill.sizeHint().width() == pill.sizeHint().height() < 2 * usual.width()
        assert name_of(pill) == "Locked"


class TestLists:
    def test_a_timeline_only_adds(self, home: QWidget) -> None:
        timeline = Timeline("Timeline")
        put(home, timeline)
        first, second = Happening("14:20", "Case opened"), Happening("14:22", "Check passed", Tone.OK)
        timeline.show_lines((first,))
        before = timeline.findChildren(Text)
        timeline.show_lines((first, second))
        settle()
        after = timeline.findChildren(Text)
        assert [label.text() for label in after] == ["14:20", "Case opened", "14:22", "Check passed"]
        assert set(before) <= set(after)
        timeline.show_lines((second,))
        settle()
        assert [label.text() for label in timeline.findChildren(Text)] == ["14:22", "Check passed"]

    def test_points_say_their_state_in_words(self, home: QWidget) -> None:
        points = PointList("Needed")
        put(home, points)
        points.show_points((Point("A code", SO, Tone.WARN, "circle-dashed"),))
        settle()
        mark, what, state = (next(t for t in points.findChildren(Text) if t.text() == s) for s in ("", "A code", SO))
        centres = [part.contentsRect().translated(part.pos()).center().y() for part in (mark, what, state)]
        assert max(centres) - min(centres) <= 1

    def test_rows_keep_themselves(self, home: QWidget) -> None:
        rows = KeyedRows(Text)
        put(home, rows)
        before = rows.show_keys(("a", "b", "c"))
        a, c = before["a"], before["c"]
        after = rows.show_keys(("c", "a"))
        settle()
        assert list(after.items()) == [("c", c), ("a", a)]
        assert c.y() < a.y()
        assert rows.row("b") is None


def test_a_masked_value_never_shows_itself(qtbot: "QtBot", home: QWidget) -> None:
    """Invariant 2: it asks; the service decides."""
    value = MaskedValue("Phone")
    put(home, value)
    value.show_value("+234 ••• 4471", masked=True)
    assert name_of(value.button) == "Show phone, +234 ••• 4471"
    with qtbot.waitSignal(value.reveal_requested):
        value.button.click()
    assert value.value.text() == "+234 ••• 4471"
    value.show_value("+234 700 4471", masked=False)
    assert not value.button.isVisible()


def test_an_action_that_cannot_run_says_why_in_its_row(home: QWidget) -> None:
    row = ActionRow("link", PrimaryButton("Send"), "F8")
    put(home, row)
    row.show_action("Reset link", "To the phone on file", "Not enough is proven yet.")
    assert row.line.text() == "Not enough is proven yet."
    assert row.button.is_resting()
    assert name_of(row.button) == "Send: Reset link"
    row.show_action("Reset link", "To the phone on file", "")
    assert row.line.text() == "To the phone on file"
    assert not row.button.is_resting()


class TestFlow:
    def test_parts_go_to_the_next_line(self, home: QWidget) -> None:
        holder = FlowRow()
        pills = [Pill(f"State number {number}") for number in range(6)]
        holder.add(*pills)
        put(home, holder)
        assert pills[0].y() < pills[-1].y()
        assert all(pill.geometry().right() <= holder.width() for pill in pills)

    def test_a_grid_has_as_many_columns_as_fit(self, home: QWidget) -> None:
        grid = FlowGrid(100)
        grid.show_cells(tuple(Text(str(number)) for number in range(6)))
        put(home, grid)
        tops = [cell.mapTo(grid, QPoint()).y() for cell in grid.findChildren(Text)]
        assert tops[0] == tops[2] < tops[3] == tops[5]


def test_a_word_too_long_for_any_line_wraps_too(theme: Theme) -> None:
    """A reference of 64 letters widens no card and hides no end."""
    wraps, holds = Text("INC-" + "0" * 60, wrap=True), Text("INC-" + "0" * 60)
    assert wraps.minimumSizeHint().width() < holds.minimumSizeHint().width() / 2
    assert wraps.heightForWidth(200) > holds.sizeHint().height()
    assert name_of(wraps) == wraps.text() == holds.text(), "heard in one piece"
    assert Text("Such as T-1042.", wrap=True).text() == "Such as T-1042."
