"""A whole window with every page of the desktop, to look at and to work in."""

from datetime import UTC

from console import wording
from console.state.desk_state import DeskState, WitnessState
from tests.ui.cards import NOW, ago, desk
from tests.ui.looking import settle
from ui.pages.audit import AuditPage
from ui.pages.caller.page import CallerPage
from ui.pages.settings import SettingsPage
from ui.shell_state import LinkState, PageTitle, ShellState
from ui.theme import Theme
from ui.widgets.tone import Tone
from ui.window import MainWindow

WORDS = wording.load("en", UTC)
SHELL = ShellState(
    link=LinkState("Connected", Tone.OK, "circle-check", "Results arrive as they happen."),
    name="Nadia Rahimi",
    role="Agent",
    token_home="Your session is kept in this computer's password store.",
)


class Stage:
    """The window, signed in, on the caller page."""

    def __init__(self, theme: Theme, width: int = 1440, height: int = 900) -> None:
        self.window = MainWindow(theme)
        self.window.resize(width, height)
        self.caller = CallerPage(WORDS, self.window.commands, lambda: NOW)
        self.audit = AuditPage(WORDS, lambda: NOW)
        self.settings = SettingsPage(WORDS, "https://desk.example.com")
        self.settings.show_look(theme.choice, theme.percent)
        self.window.add_page(PageTitle("caller", "Caller", "headset"), lambda: self.caller)
        self.window.add_page(PageTitle("audit", "Audit log", "scroll-text"), lambda: self.audit)
        self.window.add_page(PageTitle("settings", "Settings", "settings", at_foot=True), lambda: self.settings)
        self.window.show()
        self.window.show_shell(SHELL)
        self.show(desk())

    def show(self, state: DeskState, page: str = "caller") -> None:
        """Show *state*, and go to a page."""
        self.window.show_page(page)
        for shown in (self.caller, self.audit, self.settings):
            shown.render_state(state)
        settle()


def witnessed(**facts: object) -> DeskState:
    """A desk that has seen the audit log."""
    seen = {"size": 20418, "checked_at": ago(minutes=3)} | facts
    return desk(witness=WitnessState(**seen))  # type: ignore[arg-type]  # the facts are a test's own
