"""A desktop in a process of its own: signs in, opens a case, and types a note without end, until it is killed.

Started as `python -m tests.support.typist SERVICE DESK`, with login, code and what to look up on its input, in lines.
Says `kept N` when the first N letters of the note are on the disk.
"""

import sys
from itertools import cycle
from pathlib import Path

from PySide6.QtCore import Qt

from console.settings import Settings as DeskSettings
from console.vault import VaultState
from services.app import build
from services.settings import Settings
from tests.support.journey import Seat, application_of
from tests.support.vault import MemoryVault
from ui.bridge import GuiGc
from ui.running import application

LETTERS = "abcdefghijklmnopqrstuvwxyz "
"""The note is these, again and again."""


def main(service: Path, desk: Path) -> None:
    """Type until killed."""
    login, code, query = (line.strip() for line in sys.stdin)
    app = application_of(build(Settings(data_dir=service, key_file=service / "key" / "rightful.key")))
    qt, theme = application(DeskSettings(data_dir=desk))
    GuiGc(qt)
    seat = Seat(app, theme, desk, key_vault=MemoryVault(state=VaultState.NONE))
    seat.sign_in(login, code)
    seat.open_case("T-1042", query)
    seat.press(Qt.Key.Key_F9)
    kept = 0
    for letter in cycle(LETTERS):
        seat.type(letter)
        unsent = seat.desktop.state.unsent
        if unsent and len(unsent[0].text) > kept:
            kept = len(unsent[0].text)
            sys.stdout.write(f"kept {kept}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
