"""A journey's stage: the service with its live events, the owner's own browser, and agents who only ever press keys."""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
from fastapi import FastAPI
from PySide6.QtCore import QEvent, QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget
from starlette.types import ASGIApp

from console import wording
from console.settings import Settings
from console.vault import Vault
from services.api.application import make
from services.api.health import Wellness
from services.api.live import Hub
from services.app import Parts
from services.serving import Log
from services.storage.lately import SqlLog
from services.worker.engine import Progress
from services.worker.performers import performers
from tests.support.markup import Element, read
from tests.support.streaming import Line
from tests.support.vault import MemoryVault
from tests.support.world import PASSWORD, Person, World
from tests.ui.looking import description_of, name_of, words_on
from ui.desktop import Desktop
from ui.theme import Theme
from ui.widgets.announcer import announcements

PATIENCE_SECONDS = 15.0
"""How long anything may take to appear; it usually takes a few milliseconds."""
LOOK_MS = 10
"""How long to let Qt work between two looks at the screen."""
SERVER = "http://127.0.0.1:8443"
SECURE = "https://127.0.0.1:8443"
MOST_TABS = 80
READ_OUT = "Read this number to the caller: "


class Portal:
    """A world's real application with live events. Effects are performed when a test says so (`work`)."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.clock.now = datetime.now(UTC)
        world.parts.audit.integrate()
        self.app = application_of(world.parts)
        self._runner = asyncio.Runner()
        self._life = self.app.router.lifespan_context(self.app)
        self._runner.run(self._life.__aenter__())
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=SERVER)
        self._runner.run(self._client.get("/v1/health"))  # the application is put together at its first request

    def close(self) -> None:
        """Close everything but the world."""
        self._runner.run(self._client.aclose())
        self._runner.run(self._life.__aexit__(None, None, None))
        self._runner.close()

    def badge(self, person: Person) -> tuple[str, str]:
        """What somebody signs in with now, beside the password: login, and what their authenticator shows."""
        return person.staff.login, self.world.totp(person.key)

    def work(self) -> None:
        """Perform everything that waits, as the worker does, a moment later: what is sent then is the newest."""
        self.later(timedelta(milliseconds=1))
        self.world.work()

    def work_once(self) -> None:
        """Perform one step of the oldest effect that waits."""
        outbox = self.world.parts.outbox
        due = outbox.due(1)[0]
        if performers(self.world.service)[due.kind].perform(due.payload, due.key) is not Progress.MORE:
            outbox.handed_over(due.key)

    def later(self, span: timedelta) -> None:
        """Let *span* go by, on the service's clock."""
        self.world.clock.turn(span)

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request that no desktop makes."""
        return self._runner.run(self._client.request(method, path, **more))

    def page(self, path: str) -> Element:
        """The owner opens a link on their own phone."""
        return read(self.request("GET", path).text)

    def send(self, path: str, **form: str) -> Element:
        """The owner sends the form of a link's page; the page that follows."""
        return read(self.request("POST", path, data=form).text)

    def link(self, kind: str) -> str:
        """The newest link in messages of one kind."""
        return next(self.world.links(kind))

    def told(self, kind: str) -> list[str]:
        """Whom messages of one kind were sent to, oldest first."""
        return [message.address for message in self.world.messages() if message.kind == kind]

    def end_sessions_of(self, person: Person) -> None:
        """An administrator signs in, and ends every session of a colleague."""
        login, code = self.badge(self.world.person("administrator", name="Otto Demo"))
        opened = self.request("POST", "/v1/sessions", json={"login": login, "password": PASSWORD, "code": code})
        headers = {"Authorization": f"Bearer {opened.json()['token']}", "Idempotency-Key": "end-their-sessions"}
        assert self.request("DELETE", f"/v1/staff/{person.staff.id}/sessions", headers=headers).is_success


def application_of(parts: Parts) -> FastAPI:
    """The real application of a server's *parts*, with live events, and with nothing else beside it."""
    hub = Hub(parts.service, SqlLog(parts.database))

    @contextmanager
    def running() -> Iterator[None]:
        parts.storage.committed.append(hub.committed)
        yield
        parts.storage.committed.remove(hub.committed)

    well = Wellness(worker=lambda: True, audit_log=lambda: True)
    log = Log(parts.audit)
    app, _mount = make(parts.service, log, parts.desk, hub, running=running, well=well, threads=20)
    return app


class Seat:
    """A workstation: a desktop, and somebody at its keyboard who looks at its screen."""

    def __init__(
        self,
        app: ASGIApp,
        theme: Theme,
        folder: Path,
        *,
        vault: Vault | None = None,
        key_vault: Vault | None = None,
        ca_file: Path | None = None,
        patient: bool = True,
    ) -> None:
        """*ca_file*: the service is reached by TLS; *patient*: the agent waits to know whether a session goes on."""
        self.line = Line(app)
        self.keys = 0
        """How many keys were pressed since sign-in, but for the caller's own words."""
        self.said: list[str] = []
        """What a screen reader said, in order."""
        announcements.made.connect(self.said.append)
        self.desktop = Desktop(
            theme,
            Settings(server=SECURE if ca_file else SERVER, data_dir=folder, ca_file=ca_file),
            wording.load(),
            transport=self.line,
            vault=vault or MemoryVault(),
            key_vault=key_vault or MemoryVault(),
        )
        self.window = self.desktop.window
        self.window.resize(1440, 900)
        opened: list[None] = []
        self.desktop.opened.connect(lambda: opened.append(None))
        self.desktop.start()
        if patient:
            self.until(lambda: bool(opened))

    def leave(self) -> None:
        """Close the desktop: every thread of it ends, and every widget goes."""
        announcements.made.disconnect(self.said.append)
        assert self.desktop.close()
        self.window.close()
        for gone in (self.window, self.desktop):
            gone.deleteLater()
        del self.window, self.desktop
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def sign_in(self, login: str, code: str, password: str = PASSWORD) -> None:
        """Sign in. A login that stands there already is not typed again."""
        self.type("" if self.window.sign_in.login.text() == login else login)
        for words in (password, code):
            self.press(Qt.Key.Key_Return)
            self.type(words)
        self.press(Qt.Key.Key_Return)
        self.sees("Open a case", "Connected")
        self.keys = 0

    def open_case(self, reference: str, query: str) -> None:
        """Open a case from wherever one is, and find the account by the caller's words."""
        if "Timeline" in self.screen():
            self.press(Qt.Key.Key_F2)
            self.sees("Open a case")
        self.type(reference)
        self.press(Qt.Key.Key_Return)
        self.sees("Find the account", "Look-ups left in this case")
        self.type(query, callers_words=True)
        self.press(Qt.Key.Key_Return)
        self.sees("Verify the caller")

    def go_on(self, reference: str) -> None:
        """Go on with one of my cases, which has its account, from the list of them."""
        self.sees(f"· {reference}")
        line = next(line for line in self.screen().splitlines() if line.endswith(f"· {reference}"))
        number = line.partition(" ")[0]
        self.choose(next(name for name in (f"Go on: {number}", f"Look: {number}") if name in self.screen()))
        self.sees("Verify the caller")

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key: the window hears it as from a keyboard, wherever the focus is."""
        self.keys += 1
        self._come_to_front()
        QTest.keyClick(self.window.windowHandle(), key, modifiers)

    def type(self, text: str, *, callers_words: bool = False) -> None:
        """Type ASCII *text*, wherever the focus is."""
        self.keys += 0 if callers_words else len(text)
        self._come_to_front()
        for letter in text:
            QTest.keyClick(self.window.windowHandle(), ord(letter))

    def go_to(self, name: str) -> None:
        """Press Tab until the focus is on the control that is called *name*, or *name* and which one."""
        for _ in range(MOST_TABS):
            at: QWidget | None = self.window.focusWidget()
            if at is not None and (name_of(at) == name or name_of(at).startswith(f"{name}, ")):
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not reach {name!r}")

    def choose(self, name: str) -> None:
        """Go to a button by Tab, and press it."""
        self.go_to(name)
        self.press(Qt.Key.Key_Return)

    def sees(self, *words: str) -> None:
        """Wait until all these words are on the screen."""

        def holds() -> bool:
            shown = self.screen()
            return all(one in shown for one in words)

        self.until(holds, lambda: f"{words} in\n{self.screen()}")

    def no_longer_sees(self, *words: str) -> None:
        """Wait until none of these words is on the screen."""
        self.until(lambda: not any(one in self.screen() for one in words), lambda: f"no {words} in\n{self.screen()}")

    def hears(self, *words: str) -> None:
        """Wait until a screen reader said something with all these words in it."""
        self.until(lambda: any(all(one in said for one in words) for said in self.said), lambda: f"{self.said}")

    def until(self, holds: Callable[[], bool], what: Callable[[], str] = lambda: "this") -> None:
        """Let Qt work until something holds."""
        deadline = monotonic() + PATIENCE_SECONDS
        while not holds():
            assert monotonic() < deadline, f"waited in vain for {what()}"
            turn = QEventLoop()
            QTimer.singleShot(LOOK_MS, turn.quit)
            turn.exec()

    def read_out(self) -> str:
        """The number that stands on the screen to be read to the caller, as a screen reader says it."""
        self.sees(READ_OUT)
        return self.screen().partition(READ_OUT)[2].partition("\n")[0].replace(" ", "")

    def screen(self) -> str:
        """Every visible word of the window, as assistive technology finds it."""
        return words_on(self.window)

    def typed(self) -> str:
        """What stands in the field that has the focus."""
        at = self.window.focusWidget()
        if isinstance(at, QPlainTextEdit):
            return at.toPlainText()
        assert isinstance(at, QLineEdit)
        return at.text()

    def everything(self) -> str:
        """Every word that any widget of the window holds, seen or not."""
        widgets = [self.window, *self.window.findChildren(QWidget)]
        return "\n".join(words for widget in widgets for words in _words_of(widget) if words)

    def _come_to_front(self) -> None:
        if not self.window.isActiveWindow():
            self.window.activateWindow()
            self.until(self.window.isActiveWindow)


def sentences(words: str) -> list[str]:
    """*words*, sentence by sentence."""
    return re.split(r"(?<=[.!?]) ", words)


def _words_of(widget: QWidget) -> tuple[str, ...]:
    held = ""
    if isinstance(widget, QPlainTextEdit):
        held = widget.toPlainText()
    elif callable(text := getattr(widget, "text", None)):
        held = text()
    return (held, name_of(widget), description_of(widget), widget.toolTip(), widget.windowTitle())
