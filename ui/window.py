"""The one window: the sign-in page at first, the shell and its pages once somebody is signed in."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from ui.commands import Commands
from ui.icons import icon
from ui.shell_state import SignInState
from ui.theme import CHOICES, TEXT_SIZES, Theme
from ui.widgets.tone import Tone

if TYPE_CHECKING:
    from ui.pages.sign_in import SignInPage
    from ui.shell import Shell
    from ui.shell_state import PageTitle, ShellState
    from ui.widgets.focus_ring import FocusRing
    from ui.widgets.notices import Toast
    from ui.widgets.palette import Palette

SMALLEST = QSize(340, 420)
"""Pixels; at 200 % text everything is still there, in one column (WCAG 2.2 1.4.10, X-06)."""
USUAL = QSize(1440, 900)
SIGN_IN, SHELL = "sign_in", "shell"


class MainWindow(QMainWindow):
    """Renders what it is told, and says what its user wants by signals.

    Everything behind the sign-in page is imported and built when it is first needed, so that the first paint is early.
    """

    look_chosen = Signal(str, int)
    """Appearance was chosen: one of `ui.theme.CHOICES`, and the text size in percent."""
    sign_out_requested = Signal()
    sign_in_requested = Signal(str, str, str)
    """Login, password, code."""
    stay_requested = Signal()
    """To stay signed in, though nothing else is asked for."""
    page_shown = Signal(str)
    painted = Signal()
    """Somebody sees it: once, after the first paint."""
    closing = Signal()

    def __init__(self, theme: Theme, *, on_sign_in: bool = True) -> None:
        """It opens on the sign-in page; without *on_sign_in*, on what it is told to show first."""
        super().__init__()
        self.theme = theme
        self.commands = Commands(self)
        self._root, self._floor = QStackedWidget(), QVBoxLayout()
        self._lay_out()
        self._pages: list[tuple[PageTitle, Callable[[], QWidget]]] = []
        self._shell: Shell | None = None
        self._palette: Palette | None = None
        self._toast: Toast | None = None
        self._ring: FocusRing | None = None
        self._seen, self._at = False, ""
        self.setMinimumSize(SMALLEST)
        self.setWindowIcon(icon("mark", "accent"))
        self.setWindowTitle(self.tr("Sign in – Rightful"))
        self._connect_commands()
        self._own_commands = self.commands.ids()
        self._forbid_session_commands()
        if on_sign_in:
            self.show_sign_in(SignInState())

    @cached_property
    def sign_in(self) -> "SignInPage":
        """The sign-in page, made when it is first needed."""
        from ui.pages.sign_in import SignInPage  # start-up time: not where an earlier session goes on

        page = SignInPage(self._root)
        page.sign_in_requested.connect(self.sign_in_requested)
        self._root.addWidget(page)
        return page

    def sizeHint(self) -> QSize:
        """What it opens with, where the screen is large enough."""
        return USUAL.boundedTo(self.screen().availableSize()).expandedTo(SMALLEST)

    def add_page(self, page: "PageTitle", make: Callable[[], QWidget]) -> None:
        """Announce a page; *make* is called when it is first shown. Before the shell is shown."""
        self._pages.append((page, make))

    def show_sign_in(self, state: SignInState) -> None:
        """Show the sign-in page; what the shell showed is gone from sight at once (A-51)."""
        page = self.sign_in
        if self._at != SIGN_IN:
            self._at = SIGN_IN
            self._drop_toast()
            self._drop_shell()
            self._root.setCurrentWidget(page)
            self.setWindowTitle(self.tr("Sign in – Rightful"))
            page.first_field().setFocus(Qt.FocusReason.OtherFocusReason)
        page.render_state(state)

    def show_shell(self, state: "ShellState") -> None:
        """Show rail, top bar and the first page, or tell them what is new."""
        shell = self._shell or self._build_shell()
        shell.render_state(state)
        why_not = self.tr("Your session is not about to end, or cannot be kept.")
        self.commands.allow("stay", "" if state.can_stay else why_not)
        if self._at != SHELL:
            self._at = SHELL
            self._drop_toast()
            if "sign_in" in self.__dict__:  # it was made
                self.sign_in.wipe()
            self._root.setCurrentWidget(shell)
            shell.show_page(self._pages[0][0].id)
            shell.enter_page()

    def show_page(self, name: str) -> None:
        """Go to a page of the shell; nothing while nobody is signed in."""
        if self._shell is not None:
            self._shell.show_page(name)

    def page(self, name: str) -> QWidget | None:
        """A page, once it was made."""
        return None if self._shell is None else self._shell.page(name)

    def say(self, sentence: str, tone: Tone = Tone.INFO) -> None:
        """Say something in passing, at the foot of the window, where it covers nothing, and to screen readers."""
        if self._toast is None:
            from ui.widgets.notices import Toast  # start-up time

            self._toast = Toast()
            (self._floor if self._shell is None else self._shell.floor).addWidget(self._toast)
        self._toast.say(sentence, tone)

    def hush(self) -> None:
        """What was said in passing was about something else than what is shown or done now."""
        if self._toast is not None:
            self._toast.hide()

    def choose_look(self, choice: str, percent: int) -> None:
        """Apply another appearance, and say so for it to be remembered."""
        self.theme.choose(choice, percent)
        if self._shell is not None:
            self._shell.top.show_appearance(choice, percent)
        self.look_chosen.emit(choice, percent)

    def paintEvent(self, event: QPaintEvent) -> None:
        """What can wait until something is seen, waits."""
        super().paintEvent(event)
        if not self._seen:
            self._seen = True
            QTimer.singleShot(0, self, self._go_on)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say so first: threads end before the application does."""
        self.closing.emit()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        """From the top down: what gets another parent is styled again."""
        whole = QWidget()
        self.setCentralWidget(whole)
        above = QVBoxLayout(whole)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(0)
        above.addWidget(self._root, 1)
        above.addLayout(self._floor)

    def _go_on(self) -> None:
        from ui.widgets.focus_ring import FocusRing  # start-up time

        self._ring = FocusRing(self)
        self.painted.emit()

    def _build_shell(self) -> "Shell":
        from ui.shell import Shell  # start-up time

        shell = self._shell = Shell(self.commands, self._root)
        self.commands.allow("sign_out")
        for page, make in self._pages:
            shell.add_page(page, make)
        shell.top.show_appearance(self.theme.choice, self.theme.percent)
        shell.top.theme_chosen.connect(self._choose_theme)
        shell.top.text_size_chosen.connect(lambda percent: self.choose_look(self.theme.choice, percent))
        shell.sign_out_requested.connect(self.sign_out_requested)
        shell.stay_requested.connect(self.stay_requested)
        shell.page_shown.connect(self._settle_page)
        self._root.addWidget(shell)
        return shell

    def _drop_toast(self) -> None:
        """It was said to somebody else, and lies where nobody looks now."""
        if self._toast is not None:
            self._toast.hide()
            self._toast.deleteLater()
            self._toast = None

    def _drop_shell(self) -> None:
        """Nothing of what was shown stays in memory behind the sign-in page."""
        if self._shell is not None:
            self.commands.keep_only(self._own_commands)
            self._forbid_session_commands()
            self._root.removeWidget(self._shell)
            self._shell.deleteLater()
            self._shell = None
        if self._palette is not None:
            self._palette.hide()

    def _forbid_session_commands(self) -> None:
        for command in ("sign_out", "stay"):
            self.commands.allow(command, self.tr("Nobody is signed in."))

    def _settle_page(self, name: str) -> None:
        self.hush()
        title = next(page.title for page, _make in self._pages if page.id == name)
        self.setWindowTitle(self.tr("%s – Rightful") % title)
        self.page_shown.emit(name)

    def _connect_commands(self) -> None:
        connect = self.commands.connect_to
        connect("palette", self._open_palette)
        connect("help", self._open_help)
        connect("next_pane", self._next_pane)
        connect("sign_out", self.sign_out_requested.emit)
        connect("stay", self.stay_requested.emit)
        for choice in CHOICES:
            connect(f"theme.{choice}", partial(self._choose_theme, choice))
        connect("text.larger", lambda: self._grow(1))
        connect("text.smaller", lambda: self._grow(-1))
        self.commands.began.connect(lambda _command: self.hush())
        self.commands.refused.connect(lambda why: self.say(why, Tone.WARN))

    def _open_palette(self) -> None:
        if self._palette is None:
            from ui.widgets.palette import Palette  # start-up time

            self._palette = Palette(self, self.commands)
        self._palette.open()

    def _open_help(self) -> None:
        from ui.widgets.cheat_sheet import CheatSheet  # start-up time

        sheet = CheatSheet(self, self.commands.offers())
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.open()

    def _next_pane(self) -> None:
        if self._shell is not None:
            self._shell.next_pane()

    def _choose_theme(self, choice: str) -> None:
        self.choose_look(choice, self.theme.percent)

    def _grow(self, way: int) -> None:
        nearest = min(range(len(TEXT_SIZES)), key=lambda at: abs(TEXT_SIZES[at] - self.theme.percent))
        percent = TEXT_SIZES[max(0, min(len(TEXT_SIZES) - 1, nearest + way))]
        self.choose_look(self.theme.choice, percent)
