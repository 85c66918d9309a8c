"""Small painted marks: a state as icon and word, a round state mark, a person's initials."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.icons import paint_icon
from ui.theme import look
from ui.widgets.text import Text
from ui.widgets.tone import DRESS, Tone


def _brush(widget: QWidget, tone: Tone) -> QPainter:
    """A painter set to the tone's fill, and to its outline where the theme draws outlines."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(look().colour(DRESS[tone].fill))
    painter.setPen(QPen(look().colour(DRESS[tone].ink), 1.5) if look().scheme.outlined else Qt.PenStyle.NoPen)
    return painter


def _grown(pixels: int) -> int:
    """Pixels that grow with the text."""
    return round(pixels * look().text_size)


class Pill(Text):
    """A state: icon and word on a soft fill."""

    def __init__(self, words: str = "", tone: Tone = Tone.NEUTRAL, icon: str = "") -> None:
        super().__init__(words, "caption")
        self.tone, self.icon, self.brief = tone, icon, False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_brief(self, brief: bool) -> None:
        """Show the icon alone, where there is no room for its word."""
        if brief != self.brief:
            self.brief = brief
            self.updateGeometry()
            self.update()

    def set(self, words: str, tone: Tone, icon: str = "") -> None:
        """Show another state. Without an icon the tone's own is drawn."""
        self.tone, self.icon = tone, icon
        self.setText(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for icon and word, half the height round at each end."""
        if self.brief:
            return QSize(look().px("pill"), look().px("pill"))
        words = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(words + self._icon_px() + _grown(8) + _grown(5) + _grown(9), look().px("pill"))

    def minimumSizeHint(self) -> QSize:
        """A pill is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw fill, icon and word."""
        painter = _brush(self, self.tone)
        room = QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75)
        painter.drawRoundedRect(room, room.height() / 2, room.height() / 2)
        side = self._icon_px()
        dress = DRESS[self.tone]
        left = (self.height() - side) / 2 if self.brief else _grown(8)
        paint_icon(painter, QRectF(left, (self.height() - side) / 2, side, side), self.icon or dress.icon, dress.ink)
        if self.brief:
            return
        painter.setPen(look().colour(dress.ink))
        painter.setFont(look().font("caption"))
        words = QRectF(self.rect()).adjusted(_grown(8) + side + _grown(5), 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())

    def _icon_px(self) -> int:
        return _grown(13)


class StateMark(Text):
    """A round mark at the head of a row: icon on a soft fill. Its words are for screen readers and the tooltip."""

    def __init__(self, words: str = "", tone: Tone = Tone.NEUTRAL, icon: str = "", *, plain: bool = False) -> None:
        super().__init__(words)
        self.tone, self.icon, self.plain = tone, icon, plain
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set(self, words: str, tone: Tone, icon: str = "") -> None:
        """Show another state."""
        self.tone, self.icon = tone, icon
        self.setText(words)
        self.setToolTip(words)
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        side = look().px("icon_rail" if self.plain else "dot")
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        """Never smaller."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw disc and icon, or the icon alone."""
        painter = _brush(self, self.tone)
        room = QRectF(self.rect())
        if not self.plain:
            painter.drawEllipse(room.adjusted(0.75, 0.75, -0.75, -0.75))
        side = look().px("icon") + 2
        corner = QPointF((room.width() - side) / 2, (room.height() - side) / 2)
        dress = DRESS[self.tone]
        paint_icon(painter, QRectF(corner.x(), corner.y(), side, side), self.icon or dress.icon, dress.ink)


class Avatar(Text):
    """A person's initials in a disc. The whole name is what assistive technology hears."""

    def __init__(self, name: str = "", side: int = 34, tone: Tone = Tone.INFO) -> None:
        super().__init__()
        self.side, self.tone = side, tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_name(name)

    def set_name(self, name: str) -> None:
        """Show the initials of *name*."""
        self.setText(initials(name))
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.update()

    def sizeHint(self) -> QSize:
        """A square that grows with the text."""
        side = round(self.side * look().text_size)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        """Never smaller."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw disc and initials."""
        painter = _brush(self, self.tone)
        painter.drawEllipse(QRectF(self.rect()).adjusted(0.75, 0.75, -0.75, -0.75))
        font = look().font("strong")
        font.setPixelSize(round(self.height() * 0.36))
        painter.setFont(font)
        painter.setPen(look().colour(DRESS[self.tone].ink))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


def initials(name: str) -> str:
    """At most two initials: of the first and the last word that begins with a letter; `?` when there is none."""
    words = [word for word in name.split() if word[0].isalpha()]
    if not words:
        return "?"
    return "".join(word[0].upper()[0] for word in (words if len(words) < 3 else [words[0], words[-1]]))
