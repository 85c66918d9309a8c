"""Icons: drawn from SVG at paint time, so that they follow the theme, the text size and the screen's density."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui.assets import ICONS
from ui.theme import look

STROKE = "1.85"
"""Of Lucide's 24 px grid: a little lighter than its own 2."""


def icon(name: str, token: str = "ink2") -> QIcon:
    """A Lucide icon (`resources/icons/lucide/<name>.svg`) in the colour of a token, whatever the theme becomes."""
    return QIcon(SvgEngine(name, token))


def paint_icon(painter: QPainter, rect: QRectF, name: str, token: str) -> None:
    """Draw an icon into *rect* in the colour of a token.

    Raises:
        FileNotFoundError: There is no such icon.
    """
    _renderer(name, look().scheme.colours[token]).render(painter, rect)


class SvgEngine(QIconEngine):
    """Draws one icon in the colour that its token has at that moment."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self.name, self.token = name, token

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw into *rect*; disabled icons take the colour of disabled text."""
        paint_icon(painter, QRectF(rect), self.name, "disabled" if mode == QIcon.Mode.Disabled else self.token)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The icon alone; *size* is in device pixels."""
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        """Another engine of the same icon."""
        return SvgEngine(self.name, self.token)


@lru_cache(maxsize=512)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    folder = ICONS if name == "mark" else ICONS / "lucide"
    text = (folder / f"{name}.svg").read_text(encoding="utf-8")
    drawn = text.replace("currentColor", colour).replace('stroke-width="2"', f'stroke-width="{STROKE}"')
    return QSvgRenderer(QByteArray(drawn.encode()))
