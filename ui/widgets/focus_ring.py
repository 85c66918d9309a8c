"""The focus ring: drawn over the window, round whatever has the keyboard's attention (focus-visible)."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QWindow
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from ui.theme import look

GAP = 2
"""Pixels between the widget and its ring."""
_TYPED_INTO = (QLineEdit, QPlainTextEdit, QComboBox)
"""Where a ring shows even after a click: whoever types must see where."""
_MOVES = {QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.LayoutRequest}


class FocusRing(QWidget):
    """One per window. Shows after Tab, a shortcut or code moved the focus, not after a click on a button.

    Whether the keyboard or the pointer was used last is seen at the native window, so widgets are not watched for it.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._window = window
        self._target: QWidget | None = None
        self._watched: list[QWidget] = []
        self._by_pointer = False
        self.hide()
        window.installEventFilter(self)
        self._watch_devices()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._follow)
            self._follow(None, app.focusWidget())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the widget and everything that it stands in; note which device was used last."""
        kind = event.type()
        if isinstance(watched, QWindow):
            self._note(kind)
        elif kind == QEvent.Type.Show and watched is self._window:
            self._watch_devices()
        if kind in _MOVES:
            self._settle()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring, and a gap inside it so that it stands off any colour."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        width = look().scheme.ring
        painter.setPen(QPen(look().colour(self._token()), width))
        half = width / 2
        round_one = self._target is not None and self._target.property("ring") == "round"
        radius = self._ring.height() / 2 if round_one else look().radius("ring")
        painter.drawRoundedRect(QRectF(self._ring).adjusted(half, half, -half, -half), radius, radius)

    def _watch_devices(self) -> None:
        native = self._window.windowHandle()
        if native is not None:
            native.installEventFilter(self)

    def _note(self, kind: QEvent.Type) -> None:
        if kind == QEvent.Type.KeyPress:
            self._by_pointer = False
        elif kind in {QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin}:
            self._by_pointer = True

    def _follow(self, _old: QWidget | None, now: QWidget | None) -> None:
        for widget in self._watched:
            widget.removeEventFilter(self)
        mine = now is not None and now.window() is self._window and not isinstance(now, QAbstractItemView)
        self._target = now if mine and (not self._by_pointer or isinstance(now, _TYPED_INTO)) else None
        self._watched = [] if self._target is None else _lineage(self._target, self._window)
        for widget in self._watched:
            widget.installEventFilter(self)
        self._settle()

    def _settle(self) -> None:
        target = self._target
        if target is None or not target.isVisible():
            self.hide()
            return
        inside = target.property("ring") == "inside"  # what reaches to the edge of the window has no room outside
        reach = -GAP if inside else GAP + look().scheme.ring
        place = QRect(target.mapTo(self._window, QPoint()), target.size())
        grown = place.adjusted(-reach, -reach, reach, reach)
        room = grown.intersected(_visible_part(self._watched, self._window, reach))
        self._ring = grown.translated(-room.topLeft())
        self.setGeometry(room)
        self.setVisible(not room.isEmpty())
        self.raise_()
        self.update()

    def _token(self) -> str:
        on_rail = self._target is not None and self._target.property("ring") in {"inside", "round"}
        return "focus_rail" if on_rail else "focus"


def _lineage(widget: QWidget, window: QWidget) -> list[QWidget]:
    chain = [widget]
    while chain[-1] is not window and (above := chain[-1].parentWidget()) is not None:
        chain.append(above)
    return chain[:-1] if chain[-1] is window else chain


def _visible_part(chain: list[QWidget], window: QWidget, reach: int) -> QRect:
    """What scrolling leaves of the ring, in the window's coordinates."""
    room = window.rect()
    for widget in chain[1:]:
        above = widget.parentWidget()
        if isinstance(above, QAbstractScrollArea) and above.viewport() is widget:
            port = QRect(widget.mapTo(window, QPoint()), widget.size())
            room = room.intersected(port.adjusted(-reach, -reach, reach, reach))
    return room
