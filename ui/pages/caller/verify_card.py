"""The verification panel: what is proven and missing for the wanted action, and a row for each method."""

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from console.state.desk_state import Act
from ui.pages.caller.method_row import VerifyRow
from ui.pages.caller.proof import method_views, next_step, proof_view, suggested_option, waiting_for_code
from ui.widgets.card import Card, Rule
from ui.widgets.fields import Dropdown, Field
from ui.widgets.keyed import KeyedRows
from ui.widgets.lists import PointList
from ui.widgets.pill import Pill
from ui.widgets.text import Text, appear
from ui.widgets.tone import Tone
from ui.words import say

if TYPE_CHECKING:
    from console.state.desk_state import DeskState
    from console.wording import Wording
    from services.contract.actions import ActionCard
    from services.contract.cases import CaseCard
    from ui.pages.caller.proof import MethodView


class VerifyCard(Card):
    """Renders the methods and checks of a case."""

    start_wanted = Signal(str)
    answer_given = Signal(str, str)
    cancel_wanted = Signal(str)
    wanted_chosen = Signal(str)
    """Another action to work towards, by its option."""
    refused = Signal(str)

    def __init__(self, wording: "Wording", start_shortcut: str, code_shortcut: str) -> None:
        super().__init__(say("Verify the caller"), "shield-check")
        self._wording = wording
        self._keys = start_shortcut, code_shortcut
        self.towards = Dropdown()
        self.verdict = Pill()
        self.need = Text(role="small", wrap=True)
        self.points = PointList(say("Proven and still missing"))
        self.next_step = Text(role="small", tone="info", wrap=True)
        self.rows = KeyedRows(self._make_row)
        self.rows.focus_left.connect(lambda: self.towards.setFocus(Qt.FocusReason.OtherFocusReason))
        self.towards.activated.connect(lambda at: self.wanted_chosen.emit(self.towards.itemData(at)))
        self.head.addWidget(self.verdict)
        self._choice = Field(say("Work towards"), self.towards)
        for widget in (
            self._choice,
            self.need,
            self.points,
            self.next_step,
            Rule(),
            self.rows,
        ):
            self.body.addWidget(widget)

    def render_case(self, desk: "DeskState", card: "CaseCard", wanted: "ActionCard | None", now: datetime) -> None:
        """Show what *card* holds, working towards *wanted*."""
        self._show_choice(card, wanted)
        appear(self.verdict, wanted is not None)
        if wanted is None:
            self._show_record()
        else:
            self._show_proof(card, wanted, now)
        held = self._holds_focus()
        views = method_views(card, suggested_option(card, wanted), self._wording, now)
        rows = self.rows.show_keys(tuple(view.key for view in views))
        for view in views:
            rows[view.key].show_view(view, _busy(desk, view), _problem(desk, view), silent=bool(card.why_not))
        if held and not self._holds_focus():
            self.towards.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Show no caller's methods, nor what they proved."""
        self.rows.show_keys(())
        self.towards.clear()
        self.points.show_points(())
        for words in (self.need, self.next_step):
            words.setText("")

    def first_control(self, card: "CaseCard", wanted: "ActionCard | None") -> QWidget:
        """Where to go on: the suggested check, or the choice of what to work towards."""
        row = self.rows.row(suggested_option(card, wanted))
        return self.towards if row is None else row.first_control()

    def start_next(self, card: "CaseCard", wanted: "ActionCard | None", now: datetime) -> str:
        """Start the suggested check. Returns why not, in words, when there is none to start."""
        row = self.rows.row(suggested_option(card, wanted))
        if row is None:
            reasons = card.why_not or (wanted.why_not if wanted is not None else ())
            return self._wording.objections(reasons, now) or say("Nothing more has to be proven.")
        if row.view is not None and row.view.check:
            return next_step(card, wanted, self._wording) if wanted is not None else row.view.line
        row.begin()
        return ""

    def go_to_code(self, card: "CaseCard") -> str:
        """Go to the code that is asked for. Returns why not, in words, when none is."""
        check = waiting_for_code(card)
        rows = self.findChildren(VerifyRow)
        row = next((row for row in rows if check and row.view and row.view.check == check.id), None)
        if row is None:
            return say("No check waits for a code that the caller reads out.")
        row.code.setFocus()
        return ""

    def _holds_focus(self) -> bool:
        now = QApplication.focusWidget()
        return now is not None and self.isAncestorOf(now) and now.isVisible()

    def _make_row(self, _key: str) -> VerifyRow:
        row = VerifyRow(*self._keys)
        row.start_wanted.connect(self.start_wanted)
        row.answer_given.connect(self.answer_given)
        row.cancel_wanted.connect(self.cancel_wanted)
        row.refused.connect(self.refused)
        return row

    def _show_choice(self, card: "CaseCard", wanted: "ActionCard | None") -> None:
        offered = [(self._named(action), action.option) for action in card.actions]
        shown = [(self.towards.itemText(at), self.towards.itemData(at)) for at in range(self.towards.count())]
        if offered != shown:
            self.towards.clear()
            for title, option in offered:
                self.towards.addItem(title, option)
        if wanted is not None:
            self.towards.setCurrentIndex(self.towards.findData(wanted.option))
        appear(self._choice, bool(offered))

    def _named(self, action: "ActionCard") -> str:
        title = self._wording.word(action.kind)
        return f"{title}, {action.about}" if action.about else title

    def _show_record(self) -> None:
        """Nothing can be worked towards: what was checked is a matter of record."""
        self.need.setText(say("What was checked in this case. To see the account as it is now, open another case."))
        self.points.show_points(())
        self.points.setVisible(False)
        self.next_step.show_text("")

    def _show_proof(self, card: "CaseCard", wanted: "ActionCard", now: datetime) -> None:
        proof = proof_view(card, wanted, self._wording, now)
        self.need.setText(proof.title)
        self.points.show_points(proof.points)
        self.points.setVisible(bool(proof.points))
        self.next_step.show_text(proof.next_step)
        if proof.met:
            self.verdict.set(say("Enough is proven"), Tone.OK, "shield-check")
        else:
            self.verdict.set(say("Not proven yet"), Tone.WARN, "circle-dashed")


def _busy(desk: "DeskState", view: "MethodView") -> str:
    if view.start and desk.is_busy(Act.START_CHECK, view.start):
        return say("Starting…")
    if view.check and desk.is_busy(Act.ANSWER_CHECK, view.check):
        return say("Checking…")
    if view.check and desk.is_busy(Act.CANCEL_CHECK, view.check):
        return say("Cancelling…")
    return ""


def _problem(desk: "DeskState", view: "MethodView") -> str:
    message = desk.message
    if message is None or message.intent is None or not message.intent.about:
        return ""
    return message.text if message.intent.about in {view.start, view.check} and message.reasons else ""
