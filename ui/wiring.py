"""The pages behind the sign-in page: made when they are first shown, and connected to the desk's intents."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from console.wording import Wording
from services.vocabulary import CaseId, Channel, CheckId
from ui.pages.caller.page import CallerPage
from ui.shell_state import PageTitle
from ui.words import say

if TYPE_CHECKING:
    from console.desk import Desk
    from console.settings import Settings
    from console.state.desk_state import DeskState
    from ui.pages.audit import AuditPage
    from ui.pages.settings import SettingsPage
    from ui.window import MainWindow

Intent = Callable[["Desk"], Coroutine[Any, Any, object]]
"""What is asked of a desk."""

PAGES = ("caller", "audit", "settings")
"""Every page, by the name under which the window has it."""


class Workplace(Protocol):
    """What pages are put up in: `ui.desktop.Desktop`."""

    window: "MainWindow"
    settings: "Settings"
    clock: Callable[[], datetime]

    @property
    def state(self) -> "DeskState":
        """What is shown."""

    def intend(self, intent: Intent) -> None:
        """Ask the desk for something."""

    def note_typed(self, text: str) -> None:
        """A note was typed on."""

    def keep_last_words(self) -> None:
        """Keep what was typed a moment ago."""


def add_pages(desktop: Workplace, wording: Wording) -> None:
    """Announce every page to the window."""
    add = desktop.window.add_page
    add(PageTitle("caller", say("Caller"), "headset"), lambda: _caller(desktop, wording))
    add(PageTitle("audit", say("Audit log"), "scroll-text"), lambda: _audit(desktop, wording))
    add(PageTitle("settings", say("Settings"), "settings", at_foot=True), lambda: _settings(desktop, wording))


def _caller(desktop: Workplace, wording: Wording) -> CallerPage:
    page = CallerPage(wording, desktop.window.commands, desktop.clock)
    _connect_case(desktop, page)
    _connect_work(desktop, page)
    page.render_state(desktop.state)
    return page


def _connect_case(desktop: Workplace, page: CallerPage) -> None:
    """Which case is shown, and its note."""
    intend = desktop.intend
    for leaving in (page.show_wanted, page.leave_wanted, page.close_wanted):
        leaving.connect(desktop.keep_last_words)  # first: later, another case may be shown
    page.open_wanted.connect(
        lambda channel, reference: intend(lambda desk: desk.open_case(Channel(channel), reference))
    )
    page.show_wanted.connect(lambda case: intend(lambda desk: desk.show_case(CaseId(case))))
    page.more_wanted.connect(lambda: intend(lambda desk: desk.list_cases(more=True)))
    page.leave_wanted.connect(lambda: intend(lambda desk: desk.leave_case()))
    page.dismiss_wanted.connect(lambda: intend(lambda desk: desk.dismiss_message()))
    page.note_typed.connect(desktop.note_typed)
    page.note_wanted.connect(lambda text: intend(lambda desk: desk.add_note(text)))
    page.close_wanted.connect(lambda text: intend(lambda desk: desk.close_case(text)))


def _connect_work(desktop: Workplace, page: CallerPage) -> None:
    """What is done in the case that is shown."""
    intend = desktop.intend
    page.look_up_wanted.connect(lambda query: intend(lambda desk: desk.look_up(query)))
    page.reveal_wanted.connect(lambda field, why: intend(lambda desk: desk.reveal(field, why)))
    page.start_wanted.connect(lambda option, towards: intend(lambda desk: desk.start_check(option, towards)))
    page.answer_given.connect(lambda check, code: intend(lambda desk: desk.answer_check(CheckId(check), code)))
    page.cancel_wanted.connect(lambda check: intend(lambda desk: desk.cancel_check(CheckId(check))))
    page.run_wanted.connect(lambda option, why: intend(lambda desk: desk.run_action(option, why)))


def _audit(desktop: Workplace, wording: Wording) -> "AuditPage":
    from ui.pages.audit import AuditPage  # start-up time

    page = AuditPage(wording, desktop.clock)
    page.check_wanted.connect(lambda: desktop.intend(lambda desk: desk.refresh()))
    page.acknowledge_wanted.connect(lambda: desktop.intend(lambda desk: desk.acknowledge_alarm()))
    page.render_state(desktop.state)
    return page


def _settings(desktop: Workplace, wording: Wording) -> "SettingsPage":
    from ui.pages.settings import SettingsPage  # start-up time

    window = desktop.window
    page = SettingsPage(wording, desktop.settings.server)
    page.look_chosen.connect(window.choose_look)
    page.help_wanted.connect(lambda: window.commands.run("help"))
    window.look_chosen.connect(page.show_look)
    page.show_look(window.theme.choice, window.theme.percent)
    page.render_state(desktop.state)
    return page
