"""Puts the window and the desk together: intents go down to the desk, frozen snapshots come up and are shown."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.engine import Engine
from console.last_run import LastRun
from console.settings import Settings, SettingsError, save_look, usual_places
from console.settings import Theme as Choice
from ui.bridge import AsyncBridge
from ui.shell_state import SignInState
from ui.theme import Theme
from ui.widgets.tone import Tone
from ui.window import MainWindow
from ui.words import say

if TYPE_CHECKING:
    from console.desk import Desk
    from console.gateway import Transport
    from console.state.desk_state import DeskState
    from console.vault import Vault
    from console.wording import Wording
    from services.contract.staff import SessionCard

CLOSE_SECONDS = 3.0
"""How long the desk may take to hang up and to put its last note away."""
UNSEEN_MS = 1000
"""The desk is opened after this long, though nobody sees the window yet: it may start minimised."""
NOTE_PAUSE_MS = 400
"""A note is kept this long after a letter was typed, however long the typing goes on."""
TICK_MS = 1000
"""How often what counts down is drawn again."""

Intent = Callable[["Desk"], Coroutine[Any, Any, object]]


class Desktop(QObject):
    """One window on one desk. Everything slow is imported and made after the first paint, on the engine's thread."""

    opened = Signal()
    """The desk is there, and has said whether an earlier session goes on."""
    shown = Signal(object)
    """A snapshot was drawn."""

    def __init__(
        self,
        theme: Theme,
        settings: Settings,
        wording: "Wording | None" = None,
        *,
        transport: "Transport | None" = None,
        vault: "Vault | None" = None,
        key_vault: "Vault | None" = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Without a *wording*, the usual one is read when the desk is opened."""
        super().__init__()
        self.settings, self.clock = settings, clock
        self._wording = wording
        self._state: DeskState | None = None
        self._transport, self._vaults = transport, (vault, key_vault)
        self._desk: Desk | None = None
        self._engine = Engine()
        self._begun = False
        self.bridge = AsyncBridge(self._engine, self)
        self.bridge.arrived.connect(self._show)
        self.bridge.unhandled.connect(self._say_broken)
        self._last_run = LastRun(settings.data_dir, settings.server)
        self._waiting: list[Intent] | None = [] if self._last_run.goes_on(clock()) else None
        """What was asked for while an earlier session is being resumed; None when none is."""
        self.window = MainWindow(theme, on_sign_in=False)
        self._typed: tuple[str, DeskState] | None = None
        self._connect()
        if self._waiting is None:
            self.window.show_sign_in(SignInState(server=settings.server, busy=say("Starting…")))
        else:
            self._show_resuming(self._words())
        self._note = QTimer(self, singleShot=True, interval=NOTE_PAUSE_MS)
        self._note.timeout.connect(self._keep_note)
        self._tick = QTimer(self, interval=TICK_MS)
        self._tick.timeout.connect(self._count_down)

    @property
    def state(self) -> "DeskState":
        """What is shown."""
        if self._state is None:
            from console.state.desk_state import DeskState  # start-up time

            self._state = DeskState()
        return self._state

    def start(self) -> None:
        """Show the window, then open the desk: the network is ready a moment after the first paint."""
        self.window.painted.connect(self._open)
        QTimer.singleShot(UNSEEN_MS, self, self._open)
        self.window.show()

    def close(self) -> bool:
        """Stop in order: timers, desk, thread. Whether the thread ended in time."""
        self._tick.stop()
        self.keep_last_words()
        if self._desk is not None:
            desk, self._desk = self._desk, None
            ended = Event()
            self._engine.run(desk.close(), lambda _completion: ended.set())
            ended.wait(CLOSE_SECONDS)
        return self.bridge.close()

    def intend(self, intent: Intent) -> None:
        """Ask the desk for something; while a session is being resumed, that comes first. Nothing before it is open."""
        if self._waiting is not None:
            self._waiting.append(intent)
            self.window.say(say("Your session is being resumed. This comes next."))
        elif self._desk is not None:
            self.bridge.submit(intent(self._desk), owner=self)

    def note_typed(self, text: str) -> None:
        """A note was typed on, in the case that is shown: it is kept in a moment."""
        self._typed = text, self.state
        if not self._note.isActive():
            self._note.start()

    def keep_last_words(self) -> None:
        """Keep what was typed a moment ago: it is of the case that is still shown."""
        if self._note.isActive():
            self._note.stop()
            self._keep_note()

    @Slot()
    def _open(self) -> None:
        if not self._begun:
            self._begin()

    def _begin(self) -> None:
        self._begun = True
        self._engine.start()
        self.bridge.submit(self._opening(), done=lambda opened: self._opened(*opened), owner=self)

    async def _opening(self) -> "tuple[Desk, Wording]":
        from console.opening import open_desk  # start-up time: httpx and the contract, on the engine's thread

        words = self._words()
        vault, key_vault = self._vaults
        desk = await open_desk(self.settings, words, transport=self._transport, vault=vault, key_vault=key_vault)
        return desk, words

    def _words(self) -> "Wording":
        if self._wording is None:
            from console import wording  # start-up time

            self._wording = wording.load()
        return self._wording

    def _show_resuming(self, wording: "Wording") -> None:
        """Start on the page to work on: what is asked for waits until the service has said that the session counts."""
        from ui.shown import shell_state  # start-up time
        from ui.wiring import add_pages  # start-up time: the caller page

        add_pages(self, wording)
        self.window.show_shell(shell_state(self.state, wording))

    def _opened(self, desk: "Desk", wording: "Wording") -> None:
        self._desk = desk
        if self._waiting is None:
            from ui.wiring import add_pages  # start-up time: the caller page

            add_pages(self, wording)
        publish = self.bridge.publish

        async def begin() -> None:
            desk.subscribe(publish)
            await desk.start()

        self.bridge.submit(begin(), done=lambda _nothing: self.opened.emit(), owner=self)
        self._tick.start()

    @Slot(object)
    def _show(self, state: "DeskState") -> None:
        from ui.shown import shell_state, sign_in_state  # start-up time

        wording, before, self._state = self._words(), self.state, state
        if (before.case and before.case.id) != (state.case and state.case.id):
            self.window.hush()
        if state.session is not None or (self._waiting is not None and state.phase == "starting"):
            self.window.show_shell(shell_state(state, wording))
            self._draw_pages()
        else:
            self.keep_last_words()
            self.window.show_sign_in(sign_in_state(state, self.settings.server, wording))
        if state.session is not None:
            self._settle_in(state, state.session)
        elif state.phase == "signed_out":
            self._settle_out()
        self.shown.emit(state)

    def _settle_in(self, state: "DeskState", session: "SessionCard") -> None:
        """Somebody is signed in: what waited for it goes on, and the next run may resume it."""
        if state.token_home == "keyring":
            idle = timedelta(seconds=session.idle_seconds)
            self._last_run.note(min(self.clock() + idle, session.ends_at))
        waiting, self._waiting = self._waiting, None
        for intent in waiting or ():
            self.intend(intent)

    def _settle_out(self) -> None:
        """Nobody is signed in: what waited for a session is not done in the next one."""
        self._last_run.forget()
        waiting, self._waiting = self._waiting, None
        if waiting:
            self.window.say(say("The session had ended. What you asked for was not done."), Tone.WARN)

    @Slot()
    def _count_down(self) -> None:
        """Draw again what shows a time that runs."""
        if self.state.session is not None and self.state.case is not None:
            self._draw_pages()

    def _draw_pages(self) -> None:
        from ui.wiring import PAGES  # start-up time: every page

        for name in PAGES:
            page = self.window.page(name)
            if page is not None:
                page.render_state(self.state)  # type: ignore[attr-defined]  # every page of ours has it

    def _connect(self) -> None:
        window = self.window
        window.sign_in_requested.connect(
            lambda login, password, code: self.intend(lambda desk: desk.sign_in(login, password, code))
        )
        window.stay_requested.connect(lambda: self.intend(lambda desk: desk.stay()))
        window.sign_out_requested.connect(lambda: self.intend(lambda desk: desk.sign_out()))
        window.look_chosen.connect(self._remember_look)

    @Slot()
    def _keep_note(self) -> None:
        if self._typed is not None:
            (text, seen), self._typed = self._typed, None
            self.intend(lambda desk: desk.edit_note(text, seen))

    def _remember_look(self, choice: str, percent: int) -> None:
        self.settings = self.settings._replace(theme=Choice(choice), text_size=percent)
        try:
            save_look(self.settings, usual_places().user)
        except OSError:
            self.window.say(say("The appearance could not be remembered on this computer."), Tone.WARN)

    @Slot(object)
    def _say_broken(self, error: BaseException) -> None:
        if not isinstance(error, SettingsError):
            raise error
        self._waiting = None  # no session can be resumed
        self.window.show_sign_in(SignInState(server=self.settings.server, error=str(error)))
