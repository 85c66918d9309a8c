"""Pictures in the ink of the rail: the product's mark, and glyphs beside words."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from ui.icons import paint_icon
from ui.theme import look


class Glyph(QLabel):
    """A picture in the accent of the rail, beside words that say the same."""

    def __init__(self, name: str, side: int) -> None:
        super().__init__()
        self._name, self._side = name, side
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Grown with the text."""
        side = round(self._side * look().text_size)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        """It does not shrink."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        paint_icon(QPainter(self), QRectF(self.rect()), self._name, "focus_rail")


class Mark(Glyph):
    """The product's mark."""

    def __init__(self, side: int) -> None:
        super().__init__("mark", side)
        self.setAccessibleName(self.tr("Rightful"))
