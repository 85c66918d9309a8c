"""The note of a case, kept while it is typed; and the end of the case."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit

from services.vocabulary import LONGEST_TEXT
from ui.widgets.buttons import QuietButton
from ui.widgets.card import Card
from ui.widgets.fields import Field
from ui.widgets.text import Text
from ui.words import say, too_long


class NotesCard(Card):
    """Renders the draft of a note. Ctrl+Enter adds it."""

    typed = Signal(str)
    note_wanted = Signal(str)
    close_wanted = Signal(str)
    """End the case; with the unsent note, if any, as its last."""
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__(say("Wrap up"), "notebook-pen")
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(84)
        self.text.setMaximumHeight(150)
        self.kept = Text(role="small", tone="faint", wrap=True)
        self.add, self.close_case = (
            QuietButton(say("Add note"), "pen-line"),
            QuietButton(say("Close case"), "circle-stop"),
        )
        line = QHBoxLayout()
        for button in (self.add, self.close_case):
            line.addWidget(button)
        line.addStretch(1)
        self.body.addWidget(Field(say("Call note"), self.text))
        self.body.addWidget(self.kept)
        self.body.addLayout(line)
        self._case, self._busy, self._sending = "", "", ""
        self._why_no_note, self._why_not_close = "", ""
        self._filling = False
        self.text.textChanged.connect(self._typed)
        self.text.installEventFilter(self)
        self.add.acted.connect(self._add)
        self.close_case.acted.connect(lambda: self.close_wanted.emit(self._words()))
        for button in (self.add, self.close_case):
            button.refused.connect(self.refused)
        self._settle()

    def show_draft(self, case: str, draft: str, *, safe: bool) -> None:
        """Show the unsent note of *case*. While it is the same case, what is typed here is newer and stays."""
        if case != self._case:
            self._case, self._sending, self._filling = case, "", True
            self.text.setPlainText(draft)
            self._filling = False
        self.kept.setText(
            say("Kept on this computer until it is sent.") if safe else say("Not kept: it is lost when Rightful ends.")
        )
        self.kept.set_tone("faint" if safe else "warn")

    def show_progress(self, why_no_note: str, why_not_close: str, busy: str, *, failed: bool) -> None:
        """Show why no note can be added, why the case cannot be closed, what is under way, and a try that *failed*.

        A note that arrived is gone from here, unless it was typed on meanwhile.
        """
        if self._busy and not busy:  # answered; before that, whatever else is drawn says nothing about it
            if not failed and self._sending and self._words() == self._sending:
                self.text.clear()
            self._sending = ""
        self._why_no_note, self._why_not_close, self._busy = why_no_note, why_not_close, busy
        self._settle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+Enter adds the note from within it."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
            if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                if not event.isAutoRepeat():
                    self.add.click()
                return True
        return False

    def _words(self) -> str:
        return self.text.toPlainText().strip()

    def _typed(self) -> None:
        self._settle()
        if not self._filling:
            self.typed.emit(self.text.toPlainText())

    def _settle(self) -> None:
        words = self._words()
        empty = "" if words else say("Write something first.")
        long = too_long(words, LONGEST_TEXT)
        self.add.rest(self._busy or self._why_no_note or empty or long)
        self.close_case.rest(self._busy or self._why_not_close or long)

    def _add(self) -> None:
        self._sending = self._words()
        self.note_wanted.emit(self._sending)
