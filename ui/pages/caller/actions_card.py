"""The actions panel: what can be done, why not yet, and one more look before it is done."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from ui.pages.caller.acting import ActionView, RecoveryView
from ui.theme import look
from ui.widgets.announcer import announce
from ui.widgets.buttons import Button, DangerButton, PrimaryButton, QuietButton
from ui.widgets.card import Card
from ui.widgets.keyed import KeyedRows
from ui.widgets.lists import PointList
from ui.widgets.notices import Banner
from ui.widgets.pill import Pill
from ui.widgets.question import Question
from ui.widgets.rows import ActionRow
from ui.widgets.text import Text, appear
from ui.widgets.tone import Tone
from ui.words import say


class Confirmation(Question):
    """What will happen, a reason for the record, and yes or no."""

    def __init__(self, yes: Button, *, reason_needed: bool) -> None:
        asked = say("Reason, for the record") if reason_needed else say("Reason, for the record (may stay empty)")
        super().__init__(asked, yes, reason_needed=reason_needed)
        self.consequence = Text(role="small", tone="ink", wrap=True)
        self.body.setContentsMargins(0, 2, 0, 4)
        self.body.insertWidget(0, self.consequence)


class RunRow(ActionRow):
    """An action with its confirmation."""

    run_wanted = Signal(str, str)
    """Option and reason."""

    def __init__(self, view: ActionView, shortcut: str) -> None:
        kind = DangerButton if view.dangerous else QuietButton
        super().__init__(view.icon, kind(view.verb), shortcut)
        self.view = view
        sure = DangerButton if view.dangerous else PrimaryButton
        self.confirmation = Confirmation(sure(view.title), reason_needed=view.reason_needed)
        self.more.addWidget(self.confirmation)
        self.chosen.connect(self.ask)
        self.confirmation.refused.connect(self.refused)
        self.confirmation.declined.connect(self.close_question)
        self.confirmation.answered.connect(self._run)

    def show_view(self, view: ActionView, busy: str) -> None:
        """Show *view*; while *busy* the button rests."""
        self.view = view
        self.show_action(view.title, view.line, busy or view.why_not, said_above=view.said_above)
        self.confirmation.consequence.setText(view.consequence)
        self.confirmation.rest(busy or view.why_not)
        if view.why_not and not busy:
            self.confirmation.put_away(self.button)

    def ask(self) -> None:
        """Open the question, or close it again."""
        if self.confirmation.isVisible():
            self.close_question()
            return
        self.confirmation.ask(Qt.FocusReason.ShortcutFocusReason)
        announce(self, self.view.consequence)

    def close_question(self) -> None:
        """Leave everything as it is."""
        self.button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.confirmation.put_away(self.button)

    def _run(self, reason: str) -> None:
        """Ask for it once: until the desk has said how it stands, another Enter is no second yes."""
        self.button.rest(say("Under way…"))
        self.close_question()
        self.run_wanted.emit(self.view.option, reason)


class ActionsCard(Card):
    """Renders `ActionView`s."""

    run_wanted = Signal(str, str)
    refused = Signal(str)
    focus_left = Signal()
    """The action that had the focus is gone."""

    def __init__(self, shortcut: str) -> None:
        super().__init__(say("What can I do"), "key-round")
        self._shortcut = shortcut
        self._views: dict[str, ActionView] = {}
        self.rows = KeyedRows(self._make_row)
        self.rows.focus_left.connect(self.focus_left)
        self.why_not = Banner()
        self.body.addWidget(self.why_not)
        self.body.addWidget(self.rows)

    def show_actions(self, views: tuple[ActionView, ...], busy: frozenset[str], wanted: str, why_not: str) -> None:
        """Show *views*; the options in *busy* are under way, and *wanted* has the shortcut.

        *why_not* is what stops all of them, if anything does: the case says it aloud.
        """
        self.why_not.say(why_not, Tone.NEUTRAL, "info", silent=True)
        self._views = {view.option: view for view in views}
        for option, row in self.rows.show_keys(tuple(self._views)).items():
            row.show_view(self._views[option], say("Under way…") if option in busy else "")
            appear(row.key_hint, option == wanted)

    def begin(self, option: str, *, close: bool = True) -> str:
        """Open the question for an action. Returns why not, in words, when it cannot be run.

        A question that is open already is closed again; without *close*, it is gone to.
        """
        row = self.rows.row(option)
        if row is None:
            return self.why_not.words.text() or say("There is nothing to do for this caller yet.")
        if row.confirmation.isVisible() and not close:
            row.confirmation.reason.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif not row.button.is_resting():
            row.ask()
        return row.button.why_not

    def _make_row(self, option: str) -> RunRow:
        row = RunRow(self._views[option], self._shortcut)
        row.run_wanted.connect(self.run_wanted)
        row.refused.connect(self.refused)
        return row


class RecoveryPanel(QFrame):
    """An action that was asked for: how far it is, step by step."""

    def __init__(self) -> None:
        super().__init__()
        self._state = ""
        self.title, self.state = Text(role="strong"), Pill()
        self.line = Text(role="small", wrap=True)
        self.steps = PointList(say("Steps"))
        head = QHBoxLayout()
        head.setSpacing(look().space("s"))
        head.addWidget(self.title, 1)
        head.addWidget(self.state)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 8)
        layout.setSpacing(look().space("s"))
        layout.addLayout(head)
        layout.addWidget(self.line)
        layout.addWidget(self.steps)

    def show_view(self, view: RecoveryView, *, news: bool) -> None:
        """Show *view*, and announce a state that is *news*."""
        if news and self._state != view.state:
            announce(self, f"{view.title}: {view.state}. {view.line}")
        self._state = view.state
        self.title.setText(view.title)
        self.state.set(view.state, view.tone, view.icon)
        self.line.setText(f"{view.about}. {view.line}" if view.about else view.line)
        self.steps.show_points(view.steps)


class RecoveriesCard(Card):
    """Renders `RecoveryView`s, newest first."""

    def __init__(self) -> None:
        super().__init__(say("What is being done"), "list-checks")
        self._case = ""
        self.rows = KeyedRows(lambda _key: RecoveryPanel())
        self.body.addWidget(self.rows)

    def forget(self) -> None:
        """Show none, of no case."""
        self._case = ""
        self.rows.show_keys(())

    def show_recoveries(self, case: str, views: tuple[RecoveryView, ...]) -> None:
        """Show exactly these of *case*; no card when there are none. What it had when it was opened is no news."""
        news, self._case = case == self._case, case
        rows = self.rows.show_keys(tuple(view.id for view in views))
        for view in views:
            rows[view.id].show_view(view, news=news)
        appear(self, bool(views))
