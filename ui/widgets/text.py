"""Words on the screen: plain text in a type role, and names that may be too long for their place."""

import re

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

_LONG_WORD = re.compile(r"\S{25,}")
"""Such a reference or label would otherwise widen the card it stands in, and push its end out of sight."""
_MAY_BREAK = "\N{ZERO WIDTH SPACE}"


def restyle(widget: QWidget, **properties: str | bool) -> None:
    """Set dynamic properties that the style sheet selects by, and style the widget anew if one changed."""
    changed = [name for name, value in properties.items() if widget.property(name) != value]
    for name in changed:
        widget.setProperty(name, properties[name])
    if changed and widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.updateGeometry()


def appear(widget: QWidget, shown: bool) -> None:
    """Show or hide a part. One that has no parent yet must not become a window of its own: it waits for its parent."""
    if not shown:
        widget.hide()
    elif widget.parentWidget() is not None:
        widget.show()
    else:
        widget.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, False)


def tooltip(text: str) -> str:
    """Text as a tooltip that wraps and in which no markup means anything."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;")
    return f"<qt>{plain}</qt>" if text else ""


class Text(QLabel):
    """Plain text in a type role: never markup, whatever a server or a customer put into it."""

    def __init__(self, text: str = "", role: str = "body", tone: str = "", *, wrap: bool = False) -> None:
        super().__init__()
        self._said = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setText(text)
        self.setProperty("role", role)
        self.setProperty("tone", tone)
        if wrap:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def setText(self, text: str) -> None:
        """Say *text*. Where lines wrap, a word too long for any line wraps too; it is heard and read in one piece."""
        self._said = text
        shown = _LONG_WORD.sub(_breakable, text) if self.wordWrap() else text
        super().setText(shown)
        if self.wordWrap():
            self.setAccessibleName(text if shown != text else "")

    def text(self) -> str:
        """What it was told to say."""
        return self._said

    def set_tone(self, tone: str) -> None:
        """Colour by tone: `ok`, `warn`, `bad`, `info`, `plum`, `faint` or empty for the role's own."""
        restyle(self, tone=tone)

    def show_text(self, text: str) -> None:
        """Say *text*, or take no room when there is nothing to say."""
        self.setText(text)
        appear(self, bool(text))


class ElidedLabel(Text):
    """One line that ends in an ellipsis when there is no room, and then says all of it in its tooltip.

    Assistive technology always gets the whole text.
    """

    def __init__(self, text: str = "", role: str = "body", tone: str = "") -> None:
        super().__init__(text, role, tone)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """A few letters and the ellipsis."""
        whole = super().minimumSizeHint()
        return QSize(min(whole.width(), self.fontMetrics().horizontalAdvance("Mmmmm…")), whole.height())

    def setText(self, text: str) -> None:
        """Show *text* on one line."""
        super().setText(" ".join(text.split()))
        self._explain()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Whether the tooltip is needed depends on the width."""
        super().resizeEvent(event)
        self._explain()

    def changeEvent(self, event: QEvent) -> None:
        """And on the font."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._explain()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much as there is room for."""
        painter = QPainter(self)
        room = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(room, self.alignment(), text)

    def is_elided(self) -> bool:
        """Whether a part is not visible."""
        return self.fontMetrics().horizontalAdvance(self.text()) > self.contentsRect().width()

    def _explain(self) -> None:
        self.setToolTip(tooltip(self.text()) if self.is_elided() else "")


def _breakable(word: re.Match[str]) -> str:
    return _MAY_BREAK.join(word[0])
