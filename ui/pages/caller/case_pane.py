"""The left pane: which case this is, the look-up, and what happened so far."""

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout

from console.state.desk_state import Act
from services.vocabulary import CaseState, Event
from ui.widgets.buttons import PrimaryButton, QuietButton, ReasonedButton
from ui.widgets.card import Card, Column
from ui.widgets.fields import Field, SearchField
from ui.widgets.flow import FlowRow
from ui.widgets.lists import Happening, Timeline
from ui.widgets.notices import Banner
from ui.widgets.pill import Pill
from ui.widgets.text import Text, appear
from ui.widgets.tone import Tone
from ui.words import say

if TYPE_CHECKING:
    from console.state.desk_state import DeskState
    from console.wording import Wording
    from services.contract.cases import CaseCard, TimelineItem

_STATES = {
    CaseState.OPEN: (Tone.INFO, "circle-dot"),
    CaseState.RESOLVED: (Tone.OK, "circle-check"),
    CaseState.CLOSED: (Tone.NEUTRAL, "circle-stop"),
    CaseState.FROZEN: (Tone.BAD, "snowflake"),
}
_BAD = frozenset(
    {Event.CHECK_REPUDIATED, Event.CASE_FROZEN, Event.ACCOUNT_FROZEN, Event.STEP_FAILED, Event.ACTION_FAILED}
)
_GOOD = frozenset({Event.CHECK_PASSED, Event.CASE_RESOLVED, Event.ACTION_DONE, Event.LOOKUP_MATCHED})
"""Events that stand out in the timeline."""


class LookUpCard(Card):
    """Find the account: exactly what the caller says, one masked match or none."""

    look_up_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__(say("Find the account"), "user-round-search")
        self.query = SearchField(say("What the caller says, exactly"), says_it=False)
        self.go = ReasonedButton(PrimaryButton(say("Look up")), under=True)
        self.result = Banner()
        self.left = Text(role="small", tone="faint")
        self._why_not = self._case_id = ""
        kinds = say("E-mail, phone, user name or customer number.")
        field = Field(say("What the caller says, exactly"), self.query, kinds)
        for widget in (field, self.go, self.result, self.left):
            self.body.addWidget(widget)
        self.query.textChanged.connect(lambda _text: self._settle())
        self.query.returnPressed.connect(self.go.button.click)
        self.go.acted.connect(lambda: self.look_up_wanted.emit(self.query.text().strip()))

    def show_lookup(self, card: "CaseCard", sentence: str, *, busy: bool, why_not: str) -> None:
        """Show how the look-up stands; *sentence* is its result in words, another one after every answer.

        What was typed for one case stays in it.
        """
        if card.id != self._case_id or card.account is not None:
            self._case_id = card.id
            self.query.setText("")  # and no undo history: Ctrl+Z would bring the last caller's words back
        self._why_not = say("Looking…") if busy else why_not
        self.result.say(sentence if card.lookup == "no_match" else "", Tone.WARN)
        self.left.setText(say("Look-ups left in this case: %s", card.lookups_left))
        self._settle()

    def _settle(self) -> None:
        empty = say("Type what the caller says first.")
        self.go.rest(self._why_not or ("" if self.query.text().strip() else empty))


class CasePane(Column):
    """Where am I: the case, the look-up, the timeline."""

    leave_wanted = Signal()
    look_up_wanted = Signal(str)
    refused = Signal(str)

    def __init__(self, wording: "Wording") -> None:
        super().__init__(say("The case"))
        self._wording = wording
        self.head = Card(name=say("The case"))
        self.number, self.state = Text(role="mono", tone="ink"), Pill()
        self.line = Text(role="small", wrap=True)
        self.why_not = Banner()
        self.leave = QuietButton(say("My cases"), "arrow-left", small=True)
        self.leave.acted.connect(self.leave_wanted)
        self.look_up = LookUpCard()
        self.look_up.look_up_wanted.connect(self.look_up_wanted)
        self.look_up.go.refused.connect(self.refused)
        self.timeline = Timeline(say("Timeline"))
        self._lay_out()

    def render_case(self, desk: "DeskState", card: "CaseCard", now: datetime) -> None:
        """Show *card*."""
        word = self._wording
        self.number.setText(card.number)
        self.state.set(word.word(card.state), *_STATES[card.state])
        opened = say(
            "%s, %s. Opened %s.", word.word(card.channel), card.reference, word.moments.ago(card.opened_at, now)
        )
        self.line.setText(opened)
        why_not = word.objections(card.why_not, now)
        self.why_not.say(f"{why_not} {word.hint(card.state)}".strip() if why_not else "", _STATES[card.state][0])
        appear(self.look_up, card.account is None)
        busy = any(intent.act is Act.LOOK_UP for intent in desk.busy)
        sentence = word.sentence("lookup", card.lookup, left=card.lookups_left or None)
        no_look_up = f"{word.objections(card.lookup_why_not, now)} {word.advice(card.lookup_why_not, now)}".strip()
        had_result = self.look_up.result.isVisibleTo(self)
        self.look_up.show_lookup(card, sentence, busy=busy, why_not=no_look_up)
        if self.look_up.result.isVisibleTo(self) and not had_result:
            QTimer.singleShot(0, self, lambda: self.bring_to_sight(self.look_up.result))
        self.timeline.show_lines(tuple(self._happening(item, now) for item in card.timeline))

    def forget(self) -> None:
        """Nothing of the case that was shown stays."""
        for words in (self.number, self.line):
            words.setText("")
        self.timeline.show_lines(())

    def _happening(self, item: "TimelineItem", now: datetime) -> Happening:
        what = f"{self._wording.event(item)}. {self._wording.actor(item.actor)}."
        tone = Tone.BAD if item.event in _BAD else Tone.OK if item.event in _GOOD else Tone.NEUTRAL
        return Happening(self._wording.moments.time(item.at, now), what, tone)

    def _lay_out(self) -> None:
        line = FlowRow("s")
        line.add(self.number, self.state)
        back = QHBoxLayout()
        back.addWidget(self.leave)
        back.addStretch(1)
        self.head.body.addLayout(back)
        self.head.body.addWidget(line)
        self.head.body.addWidget(self.line)
        self.head.body.addWidget(self.why_not)
        past = Card(say("Timeline"), "history")
        past.body.addWidget(self.timeline)
        for card in (self.head, self.look_up, past):
            self.body.addWidget(card)
        self.body.addStretch(1)
