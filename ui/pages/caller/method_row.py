"""One row of the verification panel: a method, how far it is, and what the agent does about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from ui.pages.caller.proof import MethodView
from ui.widgets.announcer import announce
from ui.widgets.buttons import Button, IconButton, PrimaryButton, QuietButton
from ui.widgets.fields import CodeField, CodeReadOut
from ui.widgets.flow import FlowRow
from ui.widgets.key_hint import KeyHint
from ui.widgets.rows import MethodRow
from ui.widgets.text import Text, appear
from ui.words import say


class VerifyRow(MethodRow):
    """Renders a `MethodView`. Announces when it gets on by itself."""

    start_wanted = Signal(str)
    """An option."""
    answer_given = Signal(str, str)
    """A check's id and what the caller read out."""
    cancel_wanted = Signal(str)
    """A check's id."""
    refused = Signal(str)

    def __init__(self, start_shortcut: str, code_shortcut: str) -> None:
        super().__init__()
        self.view: MethodView | None = None
        self.start_key, self.code_key = KeyHint(start_shortcut), KeyHint(code_shortcut)
        self.start, self.start_next = QuietButton(say("Start")), PrimaryButton(say("Start"))
        self.code = CodeField(say("Code that the caller reads out"))
        self.check = QuietButton(say("Check"))
        self.cancel = IconButton(say("Cancel this check"), "x")
        self.read_out = CodeReadOut()
        self.problem = Text(role="small", tone="bad", wrap=True)
        self._typing = FlowRow("s")
        self._fill()
        for button in (self.start, self.start_next):
            button.acted.connect(self._ask)
            button.refused.connect(self.refused)
        self.check.acted.connect(self._answer)
        self.check.refused.connect(self.refused)
        self.code.submitted.connect(lambda _code: self._answer())
        self.cancel.acted.connect(self._call_off)
        self.cancel.refused.connect(self.refused)
        self.code.textChanged.connect(lambda _text: self._settle_check())
        self._busy = ""

    def show_view(self, view: MethodView, busy: str = "", problem: str = "", *, silent: bool = False) -> None:
        """Show *view*; *busy* says in words what of this row is under way, *problem* what went wrong with it.

        *silent* where one sentence says what became of all rows.
        """
        old, self.view = self.view, view
        held = self._has_focus()
        if self._busy and not busy and problem:
            self.code.clear()
        if old is not None and old.check != view.check:
            self.code.clear()
        self._busy = busy
        self.set_words(view.title, view.line)
        self.show_state(view.state, view.tone, view.icon)
        self._show_parts(view, problem)
        if old is not None and not silent:
            self._tell(old, view)
        if held:
            self._keep_focus()

    def _tell(self, old: MethodView, new: MethodView) -> None:
        if old.state != new.state:
            announce(self, f"{new.name}: {new.state}")
        elif old.news != new.news and new.news:
            announce(self, f"{new.name}: {new.news}")

    def first_control(self) -> QWidget:
        """What to go to: the code that is asked for, the number to read out, or the button."""
        if self.view is not None and self.view.code is not None:
            return self.code
        if self.view is not None and self.view.read_out:
            return self.read_out
        return self._start_button()

    def begin(self) -> None:
        """Start it as its button does: what that starts takes the focus over from it."""
        button = self._start_button()
        button.setFocus(Qt.FocusReason.ShortcutFocusReason)
        button.click()

    def _show_parts(self, view: MethodView, problem: str) -> None:
        waits = bool(view.check)
        appear(self.start, bool(view.start) and not view.suggested)
        appear(self.start_next, bool(view.start) and view.suggested)
        appear(self.start_key, bool(view.start) and view.suggested)
        for button in (self.start, self.start_next):
            button.rest(self._busy or view.why_not)
        self._name_parts(view)
        self._expect(view)
        appear(self.cancel, waits)
        self.cancel.rest(self._busy)
        self.read_out.show_code(view.read_out)
        self.problem.show_text(problem)
        self._settle_check()

    def _name_parts(self, view: MethodView) -> None:
        """Every row has these parts: by ear, they are told apart by what they are for."""
        for part, deed in (
            (self.start, say("Start")),
            (self.start_next, say("Start")),
            (self.code, say("Code that the caller reads out")),
            (self.check, say("Check")),
            (self.cancel, say("Cancel this check")),
        ):
            part.setAccessibleName(f"{deed}: {view.name}")

    def _expect(self, view: MethodView) -> None:
        """Ask for the code: beside the words where it is short, under them where it is long."""
        if view.code is not None:
            self.code.expect(view.code.length, letters=view.code.letters)
            self._place_typing(long=view.code.letters)
        appear(self._typing, view.code is not None)

    def _place_typing(self, *, long: bool) -> None:
        if long:
            self.deeds.release(self._typing)
            self.more.insertWidget(0, self._typing)
        else:
            self.more.removeWidget(self._typing)
            self.deeds.lead(self._typing)

    def _settle_check(self) -> None:
        self.check.rest(self._busy or self.code.missing())

    def _start_button(self) -> Button:
        return self.start_next if self.view is not None and self.view.suggested else self.start

    def _keep_focus(self) -> None:
        """What had the focus may be gone: it goes to what takes its place."""
        if not self._has_focus():
            self.first_control().setFocus(Qt.FocusReason.OtherFocusReason)

    def _has_focus(self) -> bool:
        now = QApplication.focusWidget()
        return now is not None and self.isAncestorOf(now) and now.isVisible()

    def _ask(self) -> None:
        if self.view is not None:
            self.start_wanted.emit(self.view.start)

    def _call_off(self) -> None:
        if self.view is not None:
            self.cancel_wanted.emit(self.view.check)

    def _answer(self) -> None:
        if self.view is not None and self.view.check and not self._busy and not self.code.missing():
            self.answer_given.emit(self.view.check, self.code.code())

    def _fill(self) -> None:
        self._typing.add(self.code_key, self.code, self.check)
        self.deeds.add(self.start_key, self.start, self.start_next, self._typing, self.cancel)
        self.more.addWidget(self.read_out)
        self.more.addWidget(self.problem)
