"""The head of the page: the owner of the account, masked, and what speaks for or against them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.pages.caller.owner import NAME, NOBODY, Badge, FactView, OwnerView, ValueView
from ui.theme import look
from ui.widgets.announcer import announce
from ui.widgets.buttons import IconButton, PrimaryButton, QuietButton
from ui.widgets.card import Card, Rule
from ui.widgets.fields import Field, LineEdit
from ui.widgets.flow import FlowGrid, FlowRow
from ui.widgets.masked import MaskedValue
from ui.widgets.notices import Banner
from ui.widgets.pill import Avatar, Pill
from ui.widgets.text import ElidedLabel, Text, appear
from ui.widgets.tone import Tone
from ui.words import say

FACT_WIDTH, CONTACT_WIDTH = 132, 250
"""Pixels that a fact and a contact point take, at text size 1.0."""


class RevealQuestion(QFrame):
    """Asks why a personal field must be seen."""

    answered = Signal(str, str)
    """The field and the reason. It stays until the answer is there: what was typed is not lost with the line."""
    declined = Signal()
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.field = self._busy = ""
        self.reason = LineEdit()
        self.reason.setMaxLength(500)
        self.show_it, self.leave = PrimaryButton(say("Show"), "eye"), QuietButton(say("Not now"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look().space("s"))
        layout.addWidget(Field(say("Why must you see it? This goes on record."), self.reason))
        deeds = FlowRow("s")
        deeds.add(self.show_it, self.leave)
        layout.addWidget(deeds)
        self.reason.textChanged.connect(self._settle)
        self.reason.returnPressed.connect(self.show_it.click)
        self.show_it.acted.connect(self._answer)
        self.show_it.refused.connect(self.refused)
        self.leave.acted.connect(self.declined)
        self._settle()
        self.wipe()

    def ask(self, field: str) -> None:
        """Ask about *field*."""
        self.wipe()
        self.field = field
        self.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def wipe(self) -> None:
        """Ask nothing, and forget what was typed, undo history included."""
        self.field = self._busy = ""
        self.reason.setText("")
        self.hide()

    def show_progress(self, busy: str) -> None:
        """Rest while *busy*, in words."""
        self._busy = busy
        self._settle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape means not now."""
        if event.key() == Qt.Key.Key_Escape:
            self.declined.emit()
        else:
            super().keyPressEvent(event)

    def _settle(self) -> None:
        self.show_it.rest(self._busy or ("" if self.reason.text().strip() else say("Type a reason first.")))

    def _answer(self) -> None:
        self.answered.emit(self.field, self.reason.text().strip())


class ContactValue(QWidget):
    """A contact point: masked value, and what speaks against it."""

    def __init__(self, caption: str) -> None:
        super().__init__()
        self.value = MaskedValue(caption)
        self.pills = FlowRow()
        self._badges: tuple[Badge, ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.value)
        layout.addWidget(self.pills)
        layout.addStretch(1)

    def show_view(self, view: ValueView, busy: bool) -> None:
        """Show *view*."""
        self.value.show_value(view.value, masked=view.masked, why_not=say("Asking…") if busy else "")
        if view.badges != self._badges:
            self._badges = view.badges
            self.pills.show_parts(*pills_of(view.badges))


class FactCell(QWidget):
    """A fact under its caption."""

    def __init__(self, fact: FactView) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addWidget(Text(fact.caption, "caption"))
        layout.addWidget(Text(fact.value, wrap=True))
        layout.addStretch(1)


class OwnerCard(Card):
    """Renders an `OwnerView`."""

    reveal_wanted = Signal(str, str)
    """Field and reason."""
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__(name=say("The caller"))
        self.avatar = Avatar("", 52)
        self.name = ElidedLabel(role="head")
        self.show_name = IconButton(say("Show name"), "eye", small=True)
        self.line = Text(role="small", wrap=True)
        self.pills = FlowRow()
        self.warning = Banner()
        self.contacts = FlowGrid(CONTACT_WIDTH)
        self._rows: dict[str, ContactValue] = {}
        self.question = RevealQuestion()
        self.facts = FlowGrid(FACT_WIDTH)
        self._facts: tuple[FactView, ...] = ()
        self._views: dict[str, ValueView] = {}
        self._badges: tuple[Badge, ...] = ()
        self._lay_out()
        self.show_name.acted.connect(lambda: self.question.ask(NAME))
        self.question.answered.connect(self.reveal_wanted)
        self.question.declined.connect(lambda: self._end_question(self._eye_of(self.question.field)))
        for part in (self.show_name, self.question):
            part.refused.connect(self.refused)

    def forget(self) -> None:
        """Show nobody."""
        self.question.wipe()
        self.show_owner(NOBODY, frozenset())

    def show_owner(self, view: OwnerView, busy: frozenset[str], *, silent: bool = False) -> None:
        """Show *view*; the fields in *busy* were asked for. What is shown in clear now is said, and has the focus.

        *silent* where one sentence says what became of the whole case.
        """
        self.avatar.set_name(view.name)
        self.name.setText(view.name)
        appear(self.show_name, view.name_masked)
        self.show_name.rest(say("Asking…") if NAME in busy else "")
        self.line.setText(view.line)
        if view.badges != self._badges:
            self._badges = view.badges
            self.pills.show_parts(*pills_of(view.badges))
        self.warning.say(view.warning, Tone.WARN, silent=silent)
        self._views = {value.field: value for value in view.values}
        if self._rows.keys() != self._views.keys():
            self._rows = {field: self._rows.get(field) or self._make_contact(field) for field in self._views}
            self.contacts.show_cells(tuple(self._rows.values()))
        for field, row in self._rows.items():
            row.show_view(self._views[field], field in busy)
        if view.facts != self._facts:
            self._facts = view.facts
            self.facts.show_cells(tuple(FactCell(fact) for fact in view.facts))
        self.question.show_progress(say("Asking…") if self.question.field in busy else "")
        self._answer_question(view)

    def _answer_question(self, view: OwnerView) -> None:
        """End the question whose answer is there."""
        field = self.question.field
        if field == NAME and view.name and not view.name_masked:
            announce(self, f"{say('Name')}: {view.name}")
            self._end_question(self.name)
        elif field in self._views and not self._views[field].masked:
            announce(self, f"{self._views[field].caption}: {self._views[field].value}")
            self._end_question(self._rows[field].value.value)

    def _end_question(self, then: QWidget) -> None:
        """Put the question away. If it has the focus, *then* has it after that."""
        now = QApplication.focusWidget()
        if now is not None and self.question.isAncestorOf(now):
            then.setFocus(Qt.FocusReason.OtherFocusReason)
        self.question.wipe()

    def _eye_of(self, field: str) -> QWidget:
        return self._rows[field].value.button if field in self._rows else self.show_name

    def _make_contact(self, field: str) -> ContactValue:
        row = ContactValue(self._views[field].caption)
        row.value.reveal_requested.connect(lambda: self.question.ask(field))
        row.value.refused.connect(self.refused)
        return row

    def _lay_out(self) -> None:
        names = QHBoxLayout()
        names.setSpacing(look().space("s"))
        names.addWidget(self.name)
        names.addWidget(self.show_name)
        names.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(names)
        words.addWidget(self.line)
        words.addWidget(self.pills)
        head = QHBoxLayout()
        head.setSpacing(look().space("l"))
        head.addWidget(self.avatar, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        self.body.addLayout(head)
        for widget in (self.warning, Rule(), self.contacts, self.question, Rule(), self.facts):
            self.body.addWidget(widget)


def pills_of(badges: tuple[Badge, ...]) -> tuple[Pill, ...]:
    """The badges as they are drawn."""
    return tuple(Pill(*badge) for badge in badges)
