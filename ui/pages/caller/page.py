"""The caller page: three panes over one case, or the start of one."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from console.state.desk_state import Act, DeskState
from ui.pages.caller.acting import action_views, recovery_views, wanted_action
from ui.pages.caller.actions_card import ActionsCard, RecoveriesCard
from ui.pages.caller.by_name import offers_by_name
from ui.pages.caller.case_pane import CasePane
from ui.pages.caller.not_yet import nobody, nothing
from ui.pages.caller.notes_card import NotesCard
from ui.pages.caller.owner import owner_view
from ui.pages.caller.owner_card import OwnerCard
from ui.pages.caller.start import StartPane
from ui.pages.caller.under_way import TONES, busy_with, note_failed, sending
from ui.pages.caller.verify_card import VerifyCard
from ui.theme import look
from ui.widgets.buttons import IconButton
from ui.widgets.card import Column
from ui.widgets.notices import Banner
from ui.widgets.panes import Panes
from ui.widgets.text import appear
from ui.words import say

if TYPE_CHECKING:
    from console.state.desk_state import Message
    from console.wording import Wording
    from services.contract.cases import CaseCard
    from ui.commands import Commands


class CallerPage(QWidget):
    """Renders a `DeskState`; says what the agent wants by signals and never waits for it."""

    open_wanted = Signal(str, str)
    """Channel and reference."""
    show_wanted = Signal(str)
    """A case's id."""
    more_wanted = Signal()
    dismiss_wanted = Signal()
    """The message was read."""
    leave_wanted = Signal()
    look_up_wanted = Signal(str)
    reveal_wanted = Signal(str, str)
    """Field and reason."""
    start_wanted = Signal(str, str)
    """Options of a method, and of the action that it is for."""
    answer_given = Signal(str, str)
    """A check's id and what the caller read out."""
    cancel_wanted = Signal(str)
    run_wanted = Signal(str, str)
    """An action's option and a reason, which may be empty."""
    note_typed = Signal(str)
    note_wanted = Signal(str)
    close_wanted = Signal(str)
    """End the case, with a last note that may be empty."""

    def __init__(self, wording: "Wording", commands: "Commands", clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.setAccessibleName(say("Caller"))
        self._wording, self._commands, self._clock = wording, commands, clock
        self.desk = DeskState()
        self._wanted, self._to_mine = "", False
        self.start = StartPane(wording)
        close = IconButton(say("Close message"), "x", small=True)
        close.acted.connect(self.dismiss_wanted)
        self.message = Banner(deed=close)
        self._stack = QStackedWidget()
        self._lay_out()
        for signal, intent in (
            (self.start.open_wanted, self.open_wanted),
            (self.start.show_wanted, self.show_wanted),
            (self.start.more_wanted, self.more_wanted),
        ):
            signal.connect(intent)
        self._connect_commands()

    def render_state(self, desk: DeskState) -> None:
        """Show *desk*. Where the same thing is shown, focus and half-typed text stay."""
        before, self.desk = self.desk, desk
        now = self._clock()
        if desk.case is not None and self._stack.count() == 1:
            self._make_panes()
        self._show_message(desk.message)
        self._stack.setCurrentIndex(0 if desk.case is None else 1)
        if before.case is not None and (desk.case is None or desk.case.id != before.case.id):
            self._forget(before)
        if desk.case is None:
            self.start.render_desk(desk, now)
            self._arrive()
        else:
            typed_on = self.start.opening.wipe(desk.case.reference)
            self._show_case(desk, desk.case, now)
            self._move_on(before.case, desk.case, typed_on)
        has_account = desk.case is not None and desk.case.account is not None
        self._commands.offer(offers_by_name(self.panes, self.owner, self.verify, self.deeds) if has_account else ())

    def enter(self) -> None:
        """Move the focus to where typing begins. It is called before there is a case."""
        self.start.begin()

    def choose_wanted(self, option: str) -> None:
        """Work towards another action: what it takes is shown, nothing is done."""
        self._wanted = option
        self.render_state(self.desk)

    def _forget(self, before: DeskState) -> None:
        """Another caller is next: nothing that was shown of this one, typed or asked about them stays (A-51)."""
        self._wanted = ""
        for part in (self.case, self.owner, self.verify, self.recoveries):
            part.forget()
        self.deeds.rows.show_keys(())
        self.notes.show_draft("", "", safe=before.drafts_safe)

    def _show_case(self, desk: DeskState, card: "CaseCard", now: datetime) -> None:
        wanted = wanted_action(card, self._wanted)
        option = "" if wanted is None else wanted.option
        why_not = self._wording.objections(card.why_not, now)
        self.panes.lead(1 if card.account is not None else 0)
        self.case.render_case(desk, card, now)
        for part in (self.owner, self.verify, self.deeds):
            appear(part, card.account is not None)
        appear(self._nobody, card.account is None)
        appear(self._nothing, card.account is None)
        self.recoveries.show_recoveries(card.id, recovery_views(card, self._wording, now))
        if card.account is not None:
            owner = owner_view(card, card.account, self._wording, now)
            self.owner.show_owner(owner, busy_with(desk, Act.REVEAL), silent=bool(card.why_not))
            self.verify.render_case(desk, card, wanted, now)
            self.deeds.show_actions(
                action_views(card, self._wording, now), busy_with(desk, Act.RUN_ACTION), option, why_not
            )
        self.notes.show_draft(card.id, desk.draft, safe=desk.drafts_safe)
        why_no_note = self._wording.objections(card.note_why_not, now)
        self.notes.show_progress(why_no_note, why_not, sending(desk), failed=note_failed(desk.message))

    def _move_on(self, before: "CaseCard | None", card: "CaseCard", typed_on: str) -> None:
        """When a case was opened, typing goes on in the look-up; when its account is there, with proving the caller."""
        had_account = before is not None and before.account is not None
        if before is None and card.account is None:
            self.panes.reach(self.case.look_up)
            self.case.look_up.query.setText(typed_on)
            self.case.look_up.query.setFocus()
        elif card.account is not None and not had_account:
            self.panes.reach(self.verify)
            wanted = wanted_action(card, self._wanted)
            self.verify.first_control(card, wanted).setFocus(Qt.FocusReason.OtherFocusReason)

    def _follow_action(self) -> None:
        """An action is offered no more: what is being done has the focus, or the heading, and no other action's yes."""
        follow = self.recoveries if self.recoveries.isVisibleTo(self) else self.deeds
        follow.heading.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_message(self, message: "Message | None") -> None:
        if message is None:
            self.message.say("")
        else:
            self.message.say(message.text, TONES[message.tone])

    def _make_panes(self) -> None:
        """What stands round a case: made with the first one, so that whoever starts to work can type 50 ms sooner."""
        commands = self._commands
        self.case, self.owner = CasePane(self._wording), OwnerCard()
        self.verify = VerifyCard(self._wording, commands.shortcut("check.next"), commands.shortcut("check.code"))
        self.deeds = ActionsCard(commands.shortcut("action.next"))
        self.recoveries, self.notes = RecoveriesCard(), NotesCard()
        centre, right = Column(say("The caller")), Column(say("What can I do"))
        self._nobody, self._nothing = nobody(), nothing()
        for widget in (self._nobody, self.owner, self.verify):
            centre.body.addWidget(widget)
        for widget in (self._nothing, self.recoveries, self.deeds, self.notes):
            right.body.addWidget(widget)
        for column in (centre, right):
            column.body.addStretch(1)
        self.panes = Panes(self.case, centre, right)
        self._stack.addWidget(self.panes)
        self._connect_panes()

    def _lay_out(self) -> None:
        self._stack.addWidget(self.start)
        now = look()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(now.space("page_x"), now.space("page_y"), now.space("page_x") - 6, 0)
        layout.setSpacing(now.space("m"))
        layout.addWidget(self.message)
        layout.addWidget(self._stack, 1)

    def _connect_panes(self) -> None:
        for part in (self.case, self.owner, self.verify, self.deeds, self.notes):
            part.refused.connect(self._commands.refused)
        self.deeds.focus_left.connect(self._follow_action)
        self.verify.wanted_chosen.connect(self.choose_wanted)
        self.verify.start_wanted.connect(self._start)
        for signal, intent in (
            (self.case.leave_wanted, self.leave_wanted),
            (self.case.look_up_wanted, self.look_up_wanted),
            (self.owner.reveal_wanted, self.reveal_wanted),
            (self.verify.answer_given, self.answer_given),
            (self.verify.cancel_wanted, self.cancel_wanted),
            (self.deeds.run_wanted, self.run_wanted),
            (self.notes.typed, self.note_typed),
            (self.notes.note_wanted, self.note_wanted),
            (self.notes.close_wanted, self.close_wanted),
        ):
            signal.connect(intent)

    def _connect_commands(self) -> None:
        connect = self._commands.connect_to
        connect("case.new", self._begin_case)
        connect("case.mine", self._show_mine)
        connect("case.look_up", self._begin_look_up)
        connect("check.next", self._start_check)
        connect("check.code", self._type_code)
        connect("action.next", self._begin_action)
        connect("case.note", self._begin_note)
        connect("case.close", self._close_case)

    def _begin_case(self) -> None:
        if self.desk.case is not None:
            self.leave_wanted.emit()
        self.start.begin()

    def _show_mine(self) -> None:
        self._to_mine = True
        if self.desk.case is not None:
            self.leave_wanted.emit()
        else:
            self._arrive()

    def _arrive(self) -> None:
        """Without a case, go to my cases if that was asked for."""
        if self._to_mine:
            self._to_mine = False
            self.start.go_to_mine()

    def _begin_look_up(self) -> None:
        if self.desk.case is None or not self.case.look_up.isVisibleTo(self):
            self._refuse(say("Open a case first.") if self.desk.case is None else say("This case has its account."))
            return
        self.panes.reach(self.case.look_up)
        self.case.look_up.query.setFocus()

    def _start(self, option: str) -> None:
        wanted = None if self.desk.case is None else wanted_action(self.desk.case, self._wanted)
        self.start_wanted.emit(option, "" if wanted is None else wanted.option)

    def _start_check(self) -> None:
        card = self._case_with_account()
        if card is not None:
            self.panes.reach(self.verify)
            self._refuse(self.verify.start_next(card, wanted_action(card, self._wanted), self._clock()))

    def _type_code(self) -> None:
        card = self._case_with_account()
        if card is not None:
            self.panes.reach(self.verify)
            self._refuse(self.verify.go_to_code(card))

    def _begin_action(self) -> None:
        card = self._case_with_account()
        if card is not None:
            self.panes.reach(self.deeds)
            wanted = wanted_action(card, self._wanted)
            self._refuse(self.deeds.begin("" if wanted is None else wanted.option))

    def _begin_note(self) -> None:
        if self.desk.case is None:
            self._refuse(say("Open a case first."))
            return
        self.panes.reach(self.notes)
        self.notes.text.setFocus()

    def _close_case(self) -> None:
        if self.desk.case is None:
            self._refuse(say("Open a case first."))
        else:
            self.notes.close_case.click()

    def _case_with_account(self) -> "CaseCard | None":
        card = self.desk.case
        if card is None or card.account is None:
            self._refuse(say("Find the caller's account first."))
            return None
        return card

    def _refuse(self, why_not: str) -> None:
        if why_not:
            self._commands.refused.emit(why_not)
