"""`rightful selftest`: checks that an installed build has what it needs, and says so line by line."""

import asyncio
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from PySide6.QtWidgets import QApplication

from console import wording
from console.aside import Aside, SideThread
from console.sealing import KEY_BYTES, Seal
from console.settings import SettingsError, load
from console.state.desk_state import Draft
from console.store import Owner, StoreUnusable
from console.vault import KeyringVault, Vault, VaultState
from services.vocabulary import CaseId, StaffId
from ui.assets import FONTS, ICONS, THEMES
from ui.running import has_screen
from ui.theme import Theme, load_fonts
from ui.window import MainWindow

FAILED = 1
VAULT_SECONDS = 5.0
"""How long the password store may take to say what can be expected of it: as long as at a sign-in."""
_VAULT = {
    VaultState.READY: "ready",
    VaultState.LOCKED: "locked; it asks for its password when the desktop needs it",
    VaultState.NONE: "none; a session lives until the desktop is closed",
    VaultState.NO_COLLECTION: "never set up; a session lives until the desktop is closed",
}


class Found(NamedTuple):
    """What a check found, and whether the desktop can do with it."""

    said: str = ""
    well: bool = True


def run_selftest() -> int:
    """Run every check; 0 when all are well. Without a screen, windows are drawn to nowhere."""
    if not has_screen():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    faults = 0
    for name, check in _checks():
        found = _tried(check)
        faults += not found.well
        sys.stdout.write(f"{'ok' if found.well else 'FAIL':<5} {name}{f': {found.said}' if found.said else ''}\n")
    return FAILED if faults else 0


async def password_store(vault: Vault, aside: Aside) -> Found:
    """What can be expected of the password store. Without one the desktop works, and remembers no session."""
    attempt = await aside.attempt(vault.state, VAULT_SECONDS)
    if attempt.late:
        return Found(f"it gives no answer within {VAULT_SECONDS:.0f} seconds", well=False)
    if attempt.result is None:
        return Found(f"{type(attempt.error).__name__}: {attempt.error}", well=False)
    return Found(_VAULT[attempt.result])


def _checks() -> Iterator[tuple[str, Callable[[], Found]]]:
    yield "settings", _settings
    yield "wording", _wording
    yield "themes, fonts and icons", _assets
    yield "window", _window
    yield "password store", _password_store
    yield "local store", _local_store
    yield "network library", _network


def _tried(check: Callable[[], Found]) -> Found:
    try:
        return check()
    except (OSError, ImportError, ValueError, LookupError, RuntimeError, StoreUnusable) as error:
        return Found(f"{type(error).__name__}: {error}", well=False)


def _settings() -> Found:
    try:
        load()
    except SettingsError as error:
        return Found(" ".join(error.sentences), well=False)
    return Found()


def _wording() -> Found:
    wording.load()
    return Found()


def _assets() -> Found:
    empty = [str(place) for place in (FONTS, ICONS, THEMES) if not any(Path(str(place)).iterdir())]
    return Found(f"nothing in {', '.join(empty)}", well=False) if empty else Found()


def _window() -> Found:
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    load_fonts()
    theme = Theme(app)
    theme.choose("light", 100)
    window = MainWindow(theme)
    drawn = window.grab()
    window.deleteLater()
    return Found("nothing was drawn", well=False) if drawn.isNull() else Found()


def _password_store() -> Found:
    aside = SideThread("password-store")
    try:
        return asyncio.run(password_store(KeyringVault("Rightful selftest", "session"), aside))
    finally:
        aside.close()


def _local_store() -> Found:
    """A note is sealed, kept and read again, in a folder of its own."""
    from console.local_store import LocalStore  # start-up time: SQLAlchemy

    owner = Owner("selftest", StaffId("selftest"))
    note = Draft(case_id=CaseId("selftest"), number="", text="A note", saved_at=datetime.now(UTC))
    with TemporaryDirectory() as folder:
        file = Path(folder) / "desk.db"
        with closing(LocalStore(file, Seal(secrets.token_bytes(KEY_BYTES)))) as store:
            store.save_draft(owner, note)
            if store.drafts(owner) != (note,):
                return Found("a note that was kept could not be read again", well=False)
            if not file.with_name(f"{file.name}-wal").exists():
                return Found("SQLite keeps no write-ahead log", well=False)
    return Found()


def _network() -> Found:
    """Connects to nothing: a gateway knows whom it would believe as soon as it is made."""
    from console.gateway import Gateway  # start-up time: httpx

    try:
        ca_file = load().ca_file
    except SettingsError:  # which is another check
        ca_file = None
    try:
        Gateway("https://localhost", lambda: None, ca_file=ca_file)
    except OSError as error:
        return Found(f"there are no certificates to trust in {ca_file or 'the system'}: {error}", well=False)
    return Found()
