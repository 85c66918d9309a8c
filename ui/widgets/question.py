"""A question that is asked in place: a reason for the record, a yes that says why it rests, and a no."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from services.vocabulary import LONGEST_TEXT
from ui.theme import look
from ui.widgets.buttons import Button, QuietButton
from ui.widgets.fields import Field, LineEdit
from ui.widgets.flow import FlowRow
from ui.words import say, too_long


class Question(QFrame):
    """Hidden until it is asked. Enter in the reason means yes, Escape means no."""

    answered = Signal(str)
    """The reason, which may be empty where none is needed. It stays until it is put away."""
    declined = Signal()
    refused = Signal(str)

    def __init__(self, asked: str, yes: Button, *, reason_needed: bool) -> None:
        super().__init__()
        self.yes, self.no, self.reason = yes, QuietButton(say("Not now")), LineEdit()
        self._reason_needed, self._why_not = reason_needed, ""
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(look().space("s"))
        self.body.addWidget(Field(asked, self.reason))
        deeds = FlowRow("s")
        deeds.add(self.yes, self.no)
        self.body.addWidget(deeds)
        self.reason.textChanged.connect(self._settle)
        self.reason.returnPressed.connect(self.yes.click)
        self.yes.acted.connect(lambda: self.answered.emit(self.reason.text().strip()))
        self.yes.refused.connect(self.refused)
        self.no.acted.connect(self.declined)
        self._settle()
        self.hide()

    def ask(self, reason: Qt.FocusReason) -> None:
        """Ask afresh. Typing begins at the reason where one is needed, and at the yes otherwise."""
        self.reason.setText("")
        self.show()
        (self.reason if self._reason_needed else self.yes).setFocus(reason)

    def rest(self, why_not: str) -> None:
        """Rest the yes while *why_not* says why; and while a reason that is needed is missing."""
        self._why_not = why_not
        self._settle()

    def put_away(self, then: QWidget) -> None:
        """Ask nothing, and forget what was typed, undo history included. If it has the focus, *then* has it after."""
        now = QApplication.focusWidget()
        if now is not None and self.isAncestorOf(now):
            then.setFocus(Qt.FocusReason.OtherFocusReason)
        self.reason.setText("")
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape means no."""
        if event.key() == Qt.Key.Key_Escape:
            self.declined.emit()
        else:
            super().keyPressEvent(event)

    def _settle(self) -> None:
        reason = self.reason.text().strip()
        missing = say("Type a reason first.") if self._reason_needed and not reason else ""
        self.yes.rest(self._why_not or missing or too_long(reason, LONGEST_TEXT))
