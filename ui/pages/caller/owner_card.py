"""The head of the page: the owner of the account, masked, and what speaks for or against them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.pages.caller.owner import NAME, NOBODY, Badge, FactView, OwnerView, ValueView
from ui.theme import look
from ui.widgets.announcer import announce
from ui.widgets.buttons import IconButton, PrimaryButton
from ui.widgets.card import Card, Rule
from ui.widgets.flow import FlowGrid, FlowRow
from ui.widgets.masked import MaskedValue
from ui.widgets.notices import Banner
from ui.widgets.pill import Avatar, Pill
from ui.widgets.question import Question
from ui.widgets.text import ElidedLabel, Text, appear
from ui.widgets.tone import Tone
from ui.words import say

FACT_WIDTH, CONTACT_WIDTH = 132, 250
"""Pixels that a fact and a contact point take, at text size 1.0."""


class RevealQuestion(Question):
    """Asks why a personal field must be seen. It stays until the answer is there: what was typed is not lost."""

    def __init__(self) -> None:
        asked = say("Why must you see it? This goes on record.")
        super().__init__(asked, PrimaryButton(say("Show"), "eye"), reason_needed=True)
        self.field = ""

    def ask_about(self, field: str) -> None:
        """Ask about *field*."""
        self.field = field
        self.ask(Qt.FocusReason.OtherFocusReason)


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

    def show_view(self, view: ValueView, why_not: str) -> None:
        """Show *view*; its eye rests if *why_not*."""
        self.value.show_value(view.value, masked=view.masked, why_not=why_not)
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
        self._above_contacts = Rule()
        self._rows: dict[str, ContactValue] = {}
        self.question = RevealQuestion()
        self.facts = FlowGrid(FACT_WIDTH)
        self._facts: tuple[FactView, ...] = ()
        self._views: dict[str, ValueView] = {}
        self._busy: frozenset[str] = frozenset()
        self._why_not = ""
        self._badges: tuple[Badge, ...] = ()
        self._lay_out()
        self.show_name.acted.connect(lambda: self._ask_about(NAME))
        self.question.answered.connect(lambda reason: self.reveal_wanted.emit(self.question.field, reason))
        self.question.declined.connect(lambda: self._end_question(self._eye_of(self.question.field)))
        for part in (self.show_name, self.question):
            part.refused.connect(self.refused)

    def forget(self) -> None:
        """Show nobody."""
        self._end_question(self.show_name)
        self.show_owner(NOBODY, frozenset())

    def show_owner(self, view: OwnerView, busy: frozenset[str], *, silent: bool = False) -> None:
        """Show *view*; the fields in *busy* were asked for. What is shown in clear now is said, and has the focus.

        *silent* where one sentence says what became of the whole case.
        """
        self.avatar.set_name(view.name)
        self.name.setText(view.name)
        self._busy, self._why_not = busy, view.reveal_why_not
        appear(self.show_name, view.name_masked)
        self.show_name.rest(self._rests(NAME))
        self.line.setText(view.line)
        if view.badges != self._badges:
            self._badges = view.badges
            self.pills.show_parts(*pills_of(view.badges))
        self.warning.say(view.warning, Tone.WARN, silent=silent)
        appear(self._above_contacts, bool(view.values))
        self._views = {value.field: value for value in view.values}
        if self._rows.keys() != self._views.keys():
            self._rows = {field: self._rows.get(field) or self._make_contact(field) for field in self._views}
            self.contacts.show_cells(tuple(self._rows.values()))
        for field, row in self._rows.items():
            row.show_view(self._views[field], self._rests(field))
        if view.facts != self._facts:
            self._facts = view.facts
            self.facts.show_cells(tuple(FactCell(fact) for fact in view.facts))
        self._rest_question()
        self._answer_question(view)

    def eyes(self) -> dict[str, IconButton]:
        """What asks to see a value that is masked, by its field."""
        buttons = {NAME: self.show_name} | {field: row.value.button for field, row in self._rows.items()}
        return {field: button for field, button in buttons.items() if not button.isHidden()}

    def _ask_about(self, field: str) -> None:
        self.question.ask_about(field)
        self._rest_question()  # the answer to another question may still be on its way

    def _rest_question(self) -> None:
        self.question.rest(self._rests(self.question.field))

    def _rests(self, field: str) -> str:
        """Why *field* cannot be asked for now; empty when it can."""
        return say("Asking…") if field in self._busy else self._why_not

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
        self.question.put_away(then)
        self.question.field = ""

    def _eye_of(self, field: str) -> QWidget:
        return self._rows[field].value.button if field in self._rows else self.show_name

    def _make_contact(self, field: str) -> ContactValue:
        row = ContactValue(self._views[field].caption)
        row.value.reveal_requested.connect(lambda: self._ask_about(field))
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
        for widget in (self.warning, self._above_contacts, self.contacts, self.question, Rule(), self.facts):
            self.body.addWidget(widget)


def pills_of(badges: tuple[Badge, ...]) -> tuple[Pill, ...]:
    """The badges as they are drawn."""
    return tuple(Pill(*badge) for badge in badges)
