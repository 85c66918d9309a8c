"""A shortcut, shown as a small key."""

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QSizePolicy

from ui.widgets.text import appear


class KeyHint(QLabel):
    """A shortcut as this system writes it."""

    def __init__(self, shortcut: str = "") -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_shortcut(shortcut)

    def show_shortcut(self, shortcut: str) -> None:
        """Show a shortcut (portable text, like `Ctrl+K`), or nothing."""
        self.setText(native(shortcut))
        self.setAccessibleName(self.tr("Shortcut %s") % native(shortcut) if shortcut else "")
        appear(self, bool(shortcut))


def native(shortcut: str) -> str:
    """A shortcut as this system writes it: `Ctrl K` on Windows and Linux, signs on macOS."""
    written = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return written[:-1].replace("+", " ") + written[-1:]
