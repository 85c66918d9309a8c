"""Runs the desktop: one application, one window, and everything stopped in order at the end."""

import os
import sys

import PySide6
from PySide6.QtWidgets import QApplication

from console.settings import Settings, SettingsError, load
from ui.bridge import GuiGc
from ui.desktop import Desktop
from ui.theme import Theme, load_fonts

BAD_INPUT = 2
BROKEN_QT = (6, 12)
"""From here on, PySide6 dies within minutes on Python before 3.12: it loses a reference to None at every call."""


def qt_is_usable() -> str:
    """Why this PySide6 cannot be used with this Python, in a sentence; empty when it can."""
    if sys.version_info < (3, 12) and PySide6.__version_info__[:2] >= BROKEN_QT:
        return "PySide6 6.12 and later need Python 3.12: install PySide6-Essentials 6.11.3, or a newer Python."
    return ""


def has_screen() -> bool:
    """Whether windows can be shown here."""
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        return False
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def application(settings: Settings) -> tuple[QApplication, Theme]:
    """The Qt application, in the settings' look."""
    app = QApplication([*sys.argv[:1], "-style", "fusion"])
    app.setApplicationName("Rightful")
    load_fonts()
    theme = Theme(app)
    theme.choose(settings.theme, settings.text_size)
    return app, theme


def run_desktop() -> int:
    """Run until the window is closed; the exit code."""
    trouble = qt_is_usable() or ("" if has_screen() or _is_offscreen() else "There is no screen to show a window on.")
    if trouble:
        return _refuse(trouble)
    try:
        settings = load()
    except SettingsError as error:
        return _refuse(str(error))
    app, theme = application(settings)
    garbage = GuiGc(app)
    desktop = Desktop(theme, settings)
    desktop.window.closing.connect(app.quit)
    desktop.start()
    code = app.exec()
    desktop.close()
    garbage.stop()
    return code


def _refuse(trouble: str) -> int:
    sys.stderr.write(f"rightful: {trouble}\n")
    return BAD_INPUT


def _is_offscreen() -> bool:
    return os.environ.get("QT_QPA_PLATFORM") == "offscreen"
