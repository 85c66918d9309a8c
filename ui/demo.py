"""`rightful demo`: a service with a cast, the desktop, and the customers' phone. Without a screen, the tour."""

import sys
from typing import Any

from PySide6.QtCore import QObject, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices

from console.demo import Demo, DemoFailed, DemoPhone, running_demo
from console.settings import SettingsError, load
from ui.bridge import GuiGc
from ui.desktop import Desktop
from ui.phone import PhoneWindow
from ui.running import BAD_INPUT, application, has_screen

LOOK_MS = 500
"""How often the phone looks for messages."""


class Phone(QObject):
    """Keeps the phone's window supplied. The fetching is done on the desk's engine."""

    def __init__(self, demo: Demo, desktop: Desktop) -> None:
        super().__init__()
        self._phone = DemoPhone(demo)
        self._bridge = desktop.bridge
        self.window = PhoneWindow(demo)
        self.window.link_opened.connect(lambda link: QDesktopServices.openUrl(QUrl(link)))
        self._busy = False
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Show the window, and look for messages from now on."""
        self.window.show()
        self._timer.start()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    @Slot()
    def _look(self) -> None:
        if not self._busy:
            self._busy = True
            self._bridge.submit(self._fetch(), done=self._fetched, failed=self._failed, owner=self)

    async def _fetch(self) -> Any:
        import asyncio  # start-up time: the engine has it already

        return await asyncio.to_thread(self._phone.look)

    def _fetched(self, messages: Any) -> None:
        self._busy = False
        self.window.show_new(messages)

    def _failed(self, _error: BaseException) -> None:
        self._busy = False


def run_demo() -> int:
    """Run the demo until its desktop is closed; the exit code."""
    if not has_screen():
        from ui.tour import run_tour  # start-up time: needs no window

        return run_tour()
    try:
        with running_demo() as demo:
            return _run(demo)
    except (DemoFailed, SettingsError) as error:
        sys.stderr.write(f"rightful: {error}\n")
        return BAD_INPUT


def _run(demo: Demo) -> int:
    settings = load()._replace(server=demo.server, data_dir=demo.folder / "desktop")
    app, theme = application(settings)
    app.setQuitOnLastWindowClosed(False)
    garbage = GuiGc(app)
    desktop = Desktop(theme, settings)
    phone = Phone(demo, desktop)
    desktop.window.closing.connect(app.quit)
    desktop.start()
    phone.start()
    _introduce(demo)
    code = app.exec()
    phone.stop()
    desktop.close()
    garbage.stop()
    return code


def _introduce(demo: Demo) -> None:
    """Say on the terminal who can sign in, and who may call."""
    write = sys.stdout.write
    write("\nSign in as one of the staff. The phone's window has a fresh code of each, and what every caller knows:\n")
    for one in demo.staff:
        write(f"  {one.login:<12} {one.password:<28} {one.code()}   {one.role}, secret {one.totp_secret}\n")
    write("\nCallers:\n")
    for customer in demo.customers:
        write(
            f"  {customer.email or customer.phone or customer.customer_number:<34} {customer.name}: {customer.story}\n"
        )
    write("\n")
    sys.stdout.flush()
