"""Puts the window and the desk together: intents go down to the desk, frozen snapshots come up and are shown."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.engine import Engine
from console.settings import Settings, SettingsError, save_look, usual_places
from console.settings import Theme as Choice
from console.state.desk_state import Act, Connection, DeskState, Phase, Standing
from console.wording import Wording
from services.contract.staff import SessionCard
from services.vocabulary import CaseId, Channel, CheckId
from ui.bridge import AsyncBridge
from ui.pages.sign_in import SignInState
from ui.theme import Theme
from ui.widgets.tone import Tone
from ui.window import MainWindow
from ui.words import say

if TYPE_CHECKING:
    from console.desk import Desk
    from console.gateway import Transport
    from console.vault import Vault
    from ui.pages.audit import AuditPage
    from ui.pages.caller.page import CallerPage
    from ui.pages.settings import SettingsPage
    from ui.shell_state import LinkState, ShellState

CLOSE_SECONDS = 3.0
"""How long the desk may take to hang up and to put its last note away."""
NOTE_PAUSE_MS = 400
"""A note is kept this long after typing paused."""
TICK_MS = 1000
"""How often what counts down is drawn again."""

_LINKS = {
    Connection.CONNECTING: (Tone.INFO, "loader"),
    Connection.ONLINE: (Tone.OK, "circle-check"),
    Connection.SLOW: (Tone.WARN, "hourglass"),
    Connection.OFFLINE: (Tone.BAD, "wifi-off"),
}

Intent = Callable[["Desk"], Coroutine[Any, Any, object]]


class Desktop(QObject):
    """One window on one desk. Everything slow is imported and made on the engine's thread, after the first paint."""

    opened = Signal()
    """The desk is there, and has said whether an earlier session goes on."""
    shown = Signal(object)
    """A snapshot was drawn."""

    def __init__(
        self,
        theme: Theme,
        settings: Settings,
        wording: Wording,
        *,
        transport: "Transport | None" = None,
        vault: "Vault | None" = None,
        key_vault: "Vault | None" = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__()
        self.settings, self._wording, self._clock = settings, wording, clock
        self._transport, self._vaults = transport, (vault, key_vault)
        self.state = DeskState()
        self._desk: Desk | None = None
        self._engine = Engine()
        self.bridge = AsyncBridge(self._engine, self)
        self.bridge.arrived.connect(self._show)
        self.bridge.unhandled.connect(self._say_broken)
        self.window = MainWindow(theme)
        self._typed = ""
        self._connect()
        self.window.show_sign_in(self._sign_in_state())
        self._note = QTimer(self, singleShot=True, interval=NOTE_PAUSE_MS)
        self._note.timeout.connect(self._keep_note)
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._count_down)

    def start(self) -> None:
        """Show the window, then open the desk: the network is ready a moment after the first paint."""
        self.window.show()
        QTimer.singleShot(0, self, self._open)

    def close(self) -> bool:
        """Stop in order: timers, desk, thread. Whether the thread ended in time."""
        self._tick.stop()
        self._keep_last_words()
        if self._desk is not None:
            desk, self._desk = self._desk, None
            ended = Event()
            self._engine.run(desk.close(), lambda _completion: ended.set())
            ended.wait(CLOSE_SECONDS)
        return self.bridge.close()

    def intend(self, intent: Intent) -> None:
        """Ask the desk for something. Nothing before it is open."""
        if self._desk is not None:
            self.bridge.submit(intent(self._desk), owner=self)

    def caller(self) -> "CallerPage | None":
        """The caller page, once somebody is signed in."""
        return self.window.page("caller")  # type: ignore[return-value]  # it is what was made under this name

    @Slot()
    def _open(self) -> None:
        self._add_pages()
        self._engine.start()
        self.bridge.submit(self._opening(), done=self._opened, owner=self)

    async def _opening(self) -> "Desk":
        from console.opening import open_desk  # start-up time: httpx and pydantic, on the engine's thread

        vault, key_vault = self._vaults
        return await open_desk(
            self.settings, self._wording, transport=self._transport, vault=vault, key_vault=key_vault
        )

    def _opened(self, desk: "Desk") -> None:
        self._desk = desk
        publish = self.bridge.publish

        async def begin() -> None:
            desk.subscribe(publish)
            await desk.start()

        self.bridge.submit(begin(), done=lambda _nothing: self.opened.emit(), owner=self)
        self._tick.start()

    @Slot(object)
    def _show(self, state: DeskState) -> None:
        self.state = state
        if state.phase is Phase.SIGNED_IN and state.session is not None:
            self.window.show_shell(self._shell_state(state, state.session))
            self._draw_pages()
        else:
            self.window.show_sign_in(self._sign_in_state())
        self.shown.emit(state)

    @Slot()
    def _count_down(self) -> None:
        """Draw again what shows a time that runs."""
        if self.state.phase is Phase.SIGNED_IN and self.state.case is not None:
            self._draw_pages()

    def _draw_pages(self) -> None:
        for name in ("caller", "audit", "settings"):
            page = self.window.page(name)
            if page is not None:
                page.render_state(self.state)  # type: ignore[attr-defined]  # every page of ours has it

    def _sign_in_state(self) -> SignInState:
        state = self.state
        busy = state.is_busy(Act.SIGN_IN) or state.is_busy(Act.RESUME)
        waits = state.phase in (Phase.STARTING, Phase.WAITING_FOR_PASSWORD_STORE)
        said = state.message
        failed = said is not None and said.intent is not None and said.intent.act is Act.SIGN_IN
        return SignInState(
            server=self.settings.server,
            busy=self._wording.word(state.phase) if waits else say("Signing in…") if busy else "",
            slow=bool(state.slow),
            error=said.text if said is not None and failed else "",
            notice=said.text if said is not None and not failed else "",
        )

    def _shell_state(self, state: DeskState, session: SessionCard) -> "ShellState":
        from ui.shell_state import ShellState  # start-up time: the sign-in page needs none of it

        home = self._wording.word(state.token_home) if state.token_home else ""
        alarm = state.witness.standing is Standing.ALARM
        return ShellState(
            link=self._link_state(state.connection),
            name=session.staff.name,
            role=session.staff.role.replace("_", " ").capitalize(),
            token_home=home,
            alert=state.witness.sentence if alarm else "",
            alert_tone=Tone.BAD,
        )

    def _link_state(self, connection: Connection) -> "LinkState":
        from ui.shell_state import LinkState  # start-up time

        tone, picture = _LINKS[connection]
        return LinkState(self._wording.word(connection), tone, picture, self._wording.hint(connection))

    def _add_pages(self) -> None:
        from ui.shell_state import PageTitle  # start-up time

        add = self.window.add_page
        add(PageTitle("caller", say("Caller"), "headset"), self._caller_page)
        add(PageTitle("audit", say("Audit log"), "scroll-text"), self._audit_page)
        add(PageTitle("settings", say("Settings"), "settings", at_foot=True), self._settings_page)

    def _caller_page(self) -> "CallerPage":
        from ui.pages.caller.page import CallerPage  # start-up time

        page = CallerPage(self._wording, self.window.commands, self._clock)
        self._connect_caller(page)
        page.render_state(self.state)
        return page

    def _audit_page(self) -> "AuditPage":
        from ui.pages.audit import AuditPage  # start-up time

        page = AuditPage(self._wording, self._clock)
        page.check_wanted.connect(lambda: self.intend(lambda desk: desk.refresh()))
        page.acknowledge_wanted.connect(lambda: self.intend(lambda desk: desk.acknowledge_alarm()))
        page.render_state(self.state)
        return page

    def _settings_page(self) -> "SettingsPage":
        from ui.pages.settings import SettingsPage  # start-up time

        page, window = SettingsPage(self._wording, self.settings.server), self.window
        page.look_chosen.connect(window.choose_look)
        page.help_wanted.connect(lambda: window.commands.run("help"))
        window.look_chosen.connect(page.show_look)
        page.show_look(window.theme.choice, window.theme.percent)
        page.render_state(self.state)
        return page

    def _connect(self) -> None:
        window = self.window
        window.sign_in.sign_in_requested.connect(
            lambda login, password, code: self.intend(lambda desk: desk.sign_in(login, password, code))
        )
        window.sign_out_requested.connect(lambda: self.intend(lambda desk: desk.sign_out()))
        window.look_chosen.connect(self._remember_look)

    def _connect_caller(self, page: "CallerPage") -> None:
        page.open_wanted.connect(
            lambda channel, reference: self.intend(lambda desk: desk.open_case(Channel(channel), reference))
        )
        for leaving in (page.show_wanted, page.leave_wanted, page.close_wanted):
            leaving.connect(self._keep_last_words)  # first: later, another case may be shown
        page.show_wanted.connect(lambda case: self.intend(lambda desk: desk.show_case(CaseId(case))))
        page.more_wanted.connect(lambda: self.intend(lambda desk: desk.list_cases(more=True)))
        page.leave_wanted.connect(lambda: self.intend(lambda desk: desk.leave_case()))
        page.look_up_wanted.connect(lambda query: self.intend(lambda desk: desk.look_up(query)))
        page.reveal_wanted.connect(lambda field, why: self.intend(lambda desk: desk.reveal(field, why)))
        page.start_wanted.connect(lambda option: self.intend(lambda desk: desk.start_check(option)))
        page.answer_given.connect(lambda check, code: self.intend(lambda desk: desk.answer_check(CheckId(check), code)))
        page.cancel_wanted.connect(lambda check: self.intend(lambda desk: desk.cancel_check(CheckId(check))))
        page.run_wanted.connect(lambda option, why: self.intend(lambda desk: desk.run_action(option, why)))
        page.dismiss_wanted.connect(lambda: self.intend(lambda desk: desk.dismiss_message()))
        page.note_typed.connect(self._note_typed)
        page.note_wanted.connect(lambda text: self.intend(lambda desk: desk.add_note(text)))
        page.close_wanted.connect(lambda text: self.intend(lambda desk: desk.close_case(text)))

    def _note_typed(self, text: str) -> None:
        self._typed = text
        self._note.start()

    def _keep_last_words(self) -> None:
        """What was typed a moment ago is of the case that is still shown."""
        if self._note.isActive():
            self._note.stop()
            self._keep_note()

    @Slot()
    def _keep_note(self) -> None:
        text = self._typed
        self.intend(lambda desk: desk.edit_note(text))

    def _remember_look(self, choice: str, percent: int) -> None:
        self.settings = replace(self.settings, theme=Choice(choice), text_size=percent)
        try:
            save_look(self.settings, usual_places().user)
        except OSError:
            self.window.say(say("The appearance could not be remembered on this computer."), Tone.WARN)

    @Slot(object)
    def _say_broken(self, error: BaseException) -> None:
        if isinstance(error, SettingsError):
            self.window.show_sign_in(self._sign_in_state()._replace(busy="", error=str(error)))
        else:
            raise error
