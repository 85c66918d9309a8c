"""What stands on the page while no case is open: open one, or go on with one of mine."""

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout

from console.state.desk_state import Act
from services.vocabulary import LONGEST_REFERENCE, CaseState, Channel
from ui.theme import look
from ui.widgets.buttons import PrimaryButton, QuietButton, ReasonedButton
from ui.widgets.card import Card, Column
from ui.widgets.fields import Dropdown, Field, LineEdit
from ui.widgets.keyed import KeyedRows
from ui.widgets.notices import EmptyState
from ui.widgets.panes import spare_side
from ui.widgets.pill import StateMark
from ui.widgets.rows import Row
from ui.widgets.text import Text, appear
from ui.widgets.tone import Tone
from ui.words import say, too_long

if TYPE_CHECKING:
    from console.state.desk_state import DeskState
    from console.wording import Wording
    from services.contract.cases import CaseLine

BESIDE_FROM = 760
"""Width in pixels, at text size 1.0, from which both cards stand side by side."""


class OpenCard(Card):
    """Open a case: how they reached us, and the reference of the call or ticket."""

    open_wanted = Signal(str, str)
    """Channel and reference."""

    def __init__(self, wording: "Wording") -> None:
        super().__init__(say("Open a case"), "headset")
        self.channel = Dropdown()
        for channel in Channel:
            self.channel.addItem(wording.word(channel), str(channel))
        self.reference = LineEdit()
        self.go = ReasonedButton(PrimaryButton(say("Open the case"), "plus"), under=True)
        self._why_not = self._sent = ""
        lesson = say("Every look-up belongs to a case: it says for which call or ticket you read an account.")
        self.body.addWidget(Text(lesson, "small", wrap=True))
        self.body.addWidget(Field(say("Call or ticket reference"), self.reference, say("Such as T-1042.")))
        self.body.addWidget(Field(say("How the caller reached us"), self.channel))
        self.body.addWidget(self.go)
        self.reference.textChanged.connect(lambda _text: self._settle())
        self.reference.returnPressed.connect(self.go.button.click)
        self.go.acted.connect(self._open)
        self._settle()

    def rest(self, why_not: str) -> None:
        """While there is a *why_not* the button rests, and says it."""
        self._why_not = why_not
        self._settle()

    def wipe(self, opened: str) -> str:
        """Forget what was typed, undo history included. Not before a case was opened: the service may be away.

        Returns what was typed on after the reference, while the case of *opened*, a reference, was being opened.
        """
        typed, sent = self.reference.text(), self._sent
        self._sent = ""
        self.reference.setText("")
        return typed.removeprefix(sent) if " ".join(sent.split()) == opened and typed.startswith(sent) else ""

    def _settle(self) -> None:
        reference = self.reference.text().strip()
        missing = "" if reference else say("Type the reference of the call or ticket first.")
        self.go.rest(self._why_not or missing or too_long(reference, LONGEST_REFERENCE))

    def _open(self) -> None:
        self._sent = self.reference.text()
        self.open_wanted.emit(self.channel.currentData(), self.reference.text().strip())


class CaseRow(Row):
    """One of my cases."""

    show_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(mark=StateMark(plain=True))
        self.open = QuietButton(say("Go on"), small=True)
        self.open.acted.connect(self.show_wanted)
        self.deeds.add(self.open)

    def show_case(self, line: "CaseLine", wording: "Wording", draft: bool, now: datetime) -> None:
        """Show *line*."""
        is_open = line.state is CaseState.OPEN
        self.mark.set(wording.word(line.state), Tone.INFO if is_open else Tone.NEUTRAL, "ticket")
        said = say("%s, opened %s.", wording.word(line.state), wording.moments.ago(line.opened_at, now))
        self.set_words(f"{line.number} · {line.reference}", said + (say(" Unsent note.") if draft else ""))
        self.open.set_label(say("Go on") if is_open else say("Look"))
        self.open.setAccessibleName(f"{self.open.text()}: {line.number}")


class StartPane(Column):
    """Open a case, or choose one of mine."""

    open_wanted = Signal(str, str)
    show_wanted = Signal(str)
    more_wanted = Signal()

    def __init__(self, wording: "Wording") -> None:
        super().__init__(say("Cases"))
        self._wording = wording
        self.opening = OpenCard(wording)
        self.opening.open_wanted.connect(self.open_wanted)
        self.mine = Card(say("My cases"), "list-checks")
        self.rows = KeyedRows(self._make_row)
        self.nothing = EmptyState(
            "ticket", say("No cases yet"), say("The cases you open stand here, so that you can go on with them.")
        )
        self.more = QuietButton(say("Show older cases"), small=True)
        self.more.acted.connect(self.more_wanted)
        self.coming = Text(say("They come as soon as your session is resumed."), "small", wrap=True)
        for widget in (self.coming, self.nothing, self.rows, self.more):
            self.mine.body.addWidget(widget)
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._beside.setSpacing(look().space("gap"))
        for card in (self.opening, self.mine):
            self._beside.addWidget(card, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(self._beside)
        self.body.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Under each other where it is narrow, and in the middle where it is very wide."""
        super().resizeEvent(event)
        side = spare_side(self)
        self._beside.setContentsMargins(side, 0, side, 0)
        narrow = event.size().width() < BESIDE_FROM * look().text_size
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._beside.direction() != way:
            self._beside.setDirection(way)

    def render_desk(self, desk: "DeskState", now: datetime) -> None:
        """Show my cases."""
        busy = any(intent.act is Act.OPEN_CASE for intent in desk.busy)
        refused = self._wording.objections(desk.session.open_why_not, now) if desk.session is not None else ""
        self.opening.rest(say("Opening…") if busy else refused)
        drafts = {draft.case_id for draft in desk.unsent}
        lines = {str(line.id): line for line in desk.cases}
        for key, row in self.rows.show_keys(tuple(lines)).items():
            row.show_case(lines[key], self._wording, lines[key].id in drafts, now)
        appear(self.coming, desk.session is None)
        appear(self.nothing, not lines and desk.session is not None)
        appear(self.rows, bool(lines))
        appear(self.more, desk.cases_after is not None)

    def begin(self) -> None:
        """Go to where typing begins."""
        self.opening.reference.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def go_to_mine(self) -> None:
        """Go to the first of my cases, or to where typing begins when there is none."""
        first = next((row.open for row in self.rows.rows()), self.opening.reference)
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _make_row(self, key: str) -> CaseRow:
        row = CaseRow()
        row.show_wanted.connect(lambda: self.show_wanted.emit(key))
        return row
