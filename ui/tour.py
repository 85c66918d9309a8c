"""`rightful tour`: drives the demo through the main job with real key presses, and writes a picture of each step."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from console.demo import Demo, DemoCustomer, DemoFailed, DemoPhone, DemoStaff, PhoneMessage, heading, running_demo
from console.settings import Settings, SettingsError, load
from console.state.desk_state import DeskState, Phase
from services.contract.cases import CaseCard
from services.contract.checks import CheckCard
from services.vocabulary import ActionState, CaseState, CheckState
from ui.bridge import GuiGc
from ui.desktop import Desktop
from ui.phone import PhoneWindow
from ui.picture import save_picture
from ui.running import BAD_INPUT, application
from ui.theme import Theme

OUT = Path("build") / "tour"
"""Where the pictures go."""
PATIENCE_SECONDS = 20.0
"""How long a step may take."""
SETTLE_MS = 60
"""How long the window may take to settle before a picture."""
NEW_PASSWORD = "a quiet harbour in the rain"
SIZE = (1440, 1080)


class Tour:
    """One tour: an agent at the desktop, a customer at the phone."""

    def __init__(self, demo: Demo, desktop: Desktop, theme: Theme, out: Path) -> None:
        self._demo, self._desktop, self._theme, self._out = demo, desktop, theme, out
        self._phone, self._phone_window = DemoPhone(demo), PhoneWindow(demo)
        self._pictures: list[str] = []
        self._spent = 0
        self.keystrokes = 0
        """Keys pressed after sign-in, but for what the caller says."""

    def run(self) -> None:
        """The main job, and what happens when it is not the owner who calls.

        Raises:
            DemoFailed: If a step does not come to its end.
        """
        self._phone_window.show()
        self._sign_in(self._demo.person("agent"))
        self._recover(self._demo.customer("amara"))
        self._refuse(self._demo.customer("sim_swapped"))
        self._stop(self._demo.customer("standard"))
        self._show_themes()
        self._verify_log()
        self._write_summary()

    def _sign_in(self, agent: DemoStaff) -> None:
        self._until("the desk is open", lambda desk: desk.phase is Phase.SIGNED_OUT)
        self._picture("sign-in", "The desktop starts.")
        page = self._desktop.window.sign_in
        for field, text in ((page.login, agent.login), (page.password, agent.password), (page.code, agent.code())):
            field.setText(text)
        QTest.keyClick(page.code, Qt.Key.Key_Return)
        self._until("the agent is signed in", lambda desk: desk.phase is Phase.SIGNED_IN)
        self._picture("start", f"{agent.name} signs in with a password and an authenticator code.")

    def _recover(self, who: DemoCustomer) -> None:
        self.keystrokes = 0
        self._open_case("T-1042", who.email)
        self._picture(
            "account",
            f"{who.name} calls: she forgot her password. One masked match; the panel shows what would prove them.",
        )
        self._press(Qt.Key.Key_F4)
        self._until("a check is running", lambda desk: bool(_pending(desk)))
        message = self._arrived(who.phone, "/c/")
        number = _pending(self._desktop.state)[0].read_out or ""
        self._picture("reverse-code", f"The agent reads {number} aloud. The caller has the page on their own phone.")
        self._picture_of_phone("phone", "The customer's phone: who is calling, about what.")
        self._page("page-reverse-code", message.links[0])
        self._say(
            f"The caller types it: {heading(self._phone.send(message.links[0], decision='confirm', number=number))}."
        )
        self._until("the check passed", lambda desk: any(check.counts for check in _case(desk).checks))
        self._picture("proven", "The result arrives by itself. What it unlocks can be done now.")
        self._act("reset_link")
        self._until("the owner holds the link", lambda desk: _state_of(desk) is ActionState.HANDED_OVER)
        self._picture("handed-over", "Every step shows its result. Nobody at the desk has seen the link.")
        link = self._arrived(who.email, "Set a new").links[0]
        self._picture_of_phone(
            "phone-told", "The link went to the owner, and every address was told, with a way to stop it."
        )
        self._page("page-new-password", link)
        self._say(f"The owner: {heading(self._phone.send(link, password=NEW_PASSWORD, repeat=NEW_PASSWORD))}.")
        self._until("the case closed itself", lambda desk: _case(desk).state is CaseState.RESOLVED)
        self._picture("resolved", f"{who.name} is back in. The case closed itself. Keystrokes: {self.keystrokes}.")
        self._spent = self.keystrokes

    def _refuse(self, who: DemoCustomer) -> None:
        self._open_case("T-1043", who.email)
        self._picture("sim-swapped", f"{who.name}: {who.story} The panel says which methods are refused, and why.")

    def _stop(self, who: DemoCustomer) -> None:
        self._open_case("T-1044", who.email)
        self._press(Qt.Key.Key_F4)
        message = self._arrived(who.phone, "/c/")
        self._say(f"The real owner: {heading(self._phone.send(message.links[0], decision='not_me'))}.")
        self._until("the case froze", lambda desk: _case(desk).state is CaseState.FROZEN)
        self._picture("not-me", "“That is not me”: the case and the account are frozen, and a review is open.")

    def _open_case(self, reference: str, query: str) -> None:
        if self._desktop.state.case is not None:
            self._press(Qt.Key.Key_F2)
            self._until("the case is left", lambda desk: desk.case is None)
        self._type(reference)
        self._press(Qt.Key.Key_Return)
        self._until("a case is open", lambda desk: desk.case is not None)
        self._type(query, callers_words=True)
        self._press(Qt.Key.Key_Return)
        self._until("the account is found", lambda desk: _case(desk).account is not None)

    def _act(self, option: str) -> None:
        """Run an action by the keyboard, and confirm it where the page asks."""
        self._press(Qt.Key.Key_F8)
        self._settle()
        if not _case(self._desktop.state).recoveries and not self._desktop.state.busy:
            self._press(Qt.Key.Key_Return)
        self._until(f"{option} runs", lambda desk: bool(_case(desk).recoveries))

    def _show_themes(self) -> None:
        for name, words in (("dark", "dark"), ("contrast", "high contrast")):
            self._theme.choose(name)
            self._picture(f"look-{name}", f"The same page, {words}.")
        self._theme.choose("light")

    def _verify_log(self) -> None:
        """Export the log, and check it as somebody would who does not trust the service."""
        command = [sys.executable, "-m", "services", "verify-log"]
        environment = {**os.environ, "RIGHTFUL_SERVER_DATA_DIR": str(self._demo.folder)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - ours alone
        if done.returncode != 0:
            raise DemoFailed(f"The audit log does not verify: {done.stdout} {done.stderr}")
        self._say(f"The audit log: {done.stdout.strip().splitlines()[-1]}")

    def _write_summary(self) -> None:
        summary = {"keystrokes": self._spent, "pictures": self._pictures}
        (self._out / "summary.json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
        self._say(f"{len(self._pictures)} pictures in {self._out}.")

    def _press(self, key: Qt.Key) -> None:
        self.keystrokes += 1
        QTest.keyClick(self._target(), key)

    def _type(self, text: str, *, callers_words: bool = False) -> None:
        if not callers_words:
            self.keystrokes += len(text)
        QTest.keyClicks(self._target(), text)

    def _target(self) -> QWidget:
        """Where a key press goes: the window's focus, as on a screen. Shortcuts work in the active window only."""
        if not self._desktop.window.isActiveWindow():
            self._desktop.window.activateWindow()
            self._settle()
        focused: QWidget | None = self._desktop.window.focusWidget()
        return self._desktop.window if focused is None else focused

    def _until(self, what: str, holds: Callable[[DeskState], bool]) -> None:
        deadline = monotonic() + PATIENCE_SECONDS
        while not holds(self._desktop.state):
            if monotonic() > deadline:
                said = self._desktop.state.message
                raise DemoFailed(f"The tour waited in vain until {what}. {said.text if said else ''}")
            self._settle(10)
        self._settle()

    def _arrived(self, address: str, containing: str) -> PhoneMessage:
        """The newest message to an address that says something, waiting for it."""
        deadline = monotonic() + PATIENCE_SECONDS
        while True:
            new = self._phone.look()
            self._phone_window.show_new(new)
            found = [one for one in new if one.to == address and containing in f"{one.subject} {one.body}"]
            if found:
                self._drain()
                return found[-1]
            if monotonic() > deadline:
                raise DemoFailed(f"No message arrived at {address}.")
            self._settle(50)

    def _drain(self) -> None:
        """Let the notices that follow a message arrive too."""
        for _ in range(10):
            self._settle(50)
            self._phone_window.show_new(self._phone.look())

    def _settle(self, milliseconds: int = SETTLE_MS) -> None:
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def _picture(self, name: str, words: str) -> None:
        self._settle()
        self._save(self._desktop.window, name)
        self._say(words)

    def _picture_of_phone(self, name: str, words: str) -> None:
        self._settle()
        self._save(self._phone_window, name)
        self._say(words)

    def _save(self, widget: QWidget, name: str) -> None:
        file = self._out / f"{len(self._pictures) + 1:02}-{name}.png"
        save_picture(widget, file)
        self._pictures.append(file.name)

    def _page(self, name: str, link: str) -> None:
        """A picture of a customer's page, where a browser is installed that can take one."""
        browser = shutil.which("chromium") or shutil.which("chromium-browser")
        if browser is None or not sys.platform.startswith("linux"):
            return
        file = self._out / f"{len(self._pictures) + 1:02}-{name}.png"
        with TemporaryDirectory() as profile:
            options = ("--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars")
            quiet = ("--disable-background-networking", "--disable-component-update", "--disable-sync")
            root = ("--no-sandbox",) if os.geteuid() == 0 else ()
            where = (f"--user-data-dir={profile}", "--window-size=500,900", f"--screenshot={file.resolve()}", link)
            command = [browser, *options, *quiet, *root, *where]
            subprocess.run(command, capture_output=True, timeout=60, check=False)  # noqa: S603 - an installed browser
        if file.exists():
            self._pictures.append(file.name)

    @staticmethod
    def _say(words: str) -> None:
        sys.stdout.write(f"{words}\n")
        sys.stdout.flush()


def run_tour() -> int:
    """Run the tour; 0 when it came to its end and the log verified."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.glob("*.png"):
        old.unlink()
    try:
        with running_demo() as demo:
            return _run(demo, load()._replace(server=demo.server, data_dir=demo.folder / "desktop"))
    except (DemoFailed, SettingsError) as error:
        sys.stderr.write(f"rightful: {error}\n")
        return BAD_INPUT


def _run(demo: Demo, settings: Settings) -> int:
    app, theme = application(settings._replace(theme=settings.theme.LIGHT))
    garbage = GuiGc(app)
    desktop = Desktop(theme, settings)
    desktop.window.resize(*SIZE)
    desktop.start()
    try:
        Tour(demo, desktop, theme, OUT).run()
    finally:
        desktop.close()
        garbage.stop()
        QApplication.processEvents()
    return 0


def _case(desk: DeskState) -> CaseCard:
    if desk.case is None:
        raise DemoFailed("The desk shows no case.")
    return desk.case


def _pending(desk: DeskState) -> list[CheckCard]:
    return [check for check in _case(desk).checks if check.state is CheckState.PENDING]


def _state_of(desk: DeskState) -> ActionState | None:
    recoveries = _case(desk).recoveries
    return recoveries[-1].state if recoveries else None
