"""The audit log as this desktop knows it: what was proven, when, and what does not fit."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.state.desk_state import DeskState, Standing, WitnessState
from console.wording import Wording
from ui.theme import look
from ui.widgets.buttons import DangerButton, QuietButton
from ui.widgets.card import Card, Column, Rule
from ui.widgets.flow import FlowRow
from ui.widgets.lists import Point, PointList
from ui.widgets.notices import Banner
from ui.widgets.pill import Pill
from ui.widgets.text import Text, appear
from ui.widgets.tone import Tone
from ui.words import say

_STANDINGS = {
    Standing.UNKNOWN: (Tone.NEUTRAL, "circle-dashed"),
    Standing.CONSISTENT: (Tone.OK, "shield-check"),
    Standing.UNPROVEN: (Tone.WARN, "circle-question-mark"),
    Standing.ALARM: (Tone.BAD, "octagon-alert"),
}


class AuditPage(QWidget):
    """Renders the witness of a `DeskState`."""

    acknowledge_wanted = Signal()
    check_wanted = Signal()

    def __init__(self, wording: Wording, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.setAccessibleName(say("Audit log"))
        self._wording, self._clock = wording, clock
        self.state, self.sentence = Pill(), Text(wrap=True)
        self.alarm = Banner()
        self.facts = PointList(say("What this desktop knows"))
        self.acknowledge = DangerButton(say("I have told our security team"), "octagon-alert")
        self.check = QuietButton(say("Check again"), "refresh-cw")
        self.acknowledge.acted.connect(self.acknowledge_wanted)
        self.check.acted.connect(self.check_wanted)
        self._lay_out()

    def render_state(self, desk: DeskState) -> None:
        """Show what is known now."""
        witness = desk.witness
        word = self._wording
        self.state.set(word.word(witness.standing), *_STANDINGS[witness.standing])
        self.sentence.setText(word.hint(witness.standing, size=witness.size, ago=self._ago(witness)))
        self.alarm.say(witness.sentence if witness.standing is Standing.ALARM else "", Tone.BAD)
        self.facts.show_points(self._points(witness))
        appear(self.acknowledge, witness.standing is Standing.ALARM)

    def _points(self, witness: WitnessState) -> tuple[Point, ...]:
        if witness.checked_at is None:
            return ()
        return (
            Point(say("Entries proven"), f"{witness.size:,}", Tone.NEUTRAL, "scroll-text"),
            Point(say("Last proven"), self._ago(witness), Tone.NEUTRAL, "clock"),
        )

    def _ago(self, witness: WitnessState) -> str:
        at = witness.checked_at
        return "" if at is None else self._wording.moments.ago(at, self._clock())

    def _lay_out(self) -> None:
        card = Card(say("Audit log"), "scroll-text")
        card.head.addWidget(self.state)
        lesson = say(
            "Everything that is done here is written to a log that can only grow. This desktop remembers what it saw "
            "of that log, and checks that nothing was changed or taken out since."
        )
        deeds = FlowRow("s")
        deeds.add(self.acknowledge, self.check)
        for widget in (self.alarm, self.sentence, self.facts, deeds, Rule(), Text(lesson, "small", wrap=True)):
            card.body.addWidget(widget)
        column = Column(say("Audit log"))
        column.body.addWidget(card)
        column.body.addStretch(1)
        card.setMaximumWidth(round(760 * look().text_size))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 14, 0)
        layout.addWidget(column)
