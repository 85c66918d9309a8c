"""`rightful selftest`: checks that an installed build has what it needs, and says so line by line."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtWidgets import QApplication

from console import wording
from console.aside import SideThread
from console.settings import SettingsError, load
from ui.assets import FONTS, ICONS, THEMES
from ui.running import has_screen
from ui.theme import Theme, load_fonts
from ui.window import MainWindow

FAILED = 1


def run_selftest() -> int:
    """Run every check; 0 when all are well. Without a screen, windows are drawn to nowhere."""
    if not has_screen():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    faults = 0
    for name, check in _checks():
        trouble = _tried(check)
        faults += bool(trouble)
        sys.stdout.write(f"{'FAIL' if trouble else 'ok':<5} {name}{f': {trouble}' if trouble else ''}\n")
    return FAILED if faults else 0


def _checks() -> Iterator[tuple[str, Callable[[], str]]]:
    yield "settings", _settings
    yield "wording", _wording
    yield "themes, fonts and icons", _assets
    yield "window", _window
    yield "password store", _password_store
    yield "local store", _local_store
    yield "network library", _network


def _tried(check: Callable[[], str]) -> str:
    try:
        return check()
    except (OSError, ImportError, ValueError, LookupError, RuntimeError) as error:
        return f"{type(error).__name__}: {error}"


def _settings() -> str:
    try:
        load()
    except SettingsError as error:
        return " ".join(error.sentences)
    return ""


def _wording() -> str:
    wording.load()
    return ""


def _assets() -> str:
    empty = [str(place) for place in (FONTS, ICONS, THEMES) if not any(Path(str(place)).iterdir())]
    return f"nothing in {', '.join(empty)}" if empty else ""


def _window() -> str:
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    load_fonts()
    theme = Theme(app)
    theme.choose("light", 100)
    window = MainWindow(theme)
    drawn = window.grab()
    window.deleteLater()
    return "" if not drawn.isNull() else "nothing was drawn"


def _password_store() -> str:
    from console.vault import KeyringVault  # start-up time

    aside = SideThread("selftest")
    try:
        KeyringVault("Rightful selftest", "session")
    finally:
        aside.close()
    return ""


def _local_store() -> str:
    import sqlite3  # start-up time

    with TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "selftest.db")
        mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
        connection.close()
    return "" if mode == "wal" else f"SQLite offers {mode} in place of WAL"


def _network() -> str:
    from console.gateway import Gateway  # start-up time

    return "" if Gateway is not None else "missing"
