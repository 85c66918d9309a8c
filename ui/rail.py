"""The dark rail at the left of the window: the pages, and who is signed in."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QSizePolicy, QVBoxLayout

from ui.icons import paint_icon
from ui.theme import look
from ui.widgets.mark import Mark
from ui.widgets.pill import initials
from ui.widgets.text import tooltip


class RailButton(QAbstractButton):
    """A page: icon above its name, and a bar at the left of the one that is shown."""

    def __init__(self, page: str, title: str, icon: str, shortcut: str = "") -> None:
        super().__init__()
        self.page, self._icon = page, icon
        self.setText(title)
        self.setAccessibleName(title)
        self.setCheckable(True)
        self.setToolTip(tooltip(f"{title}  ({shortcut})" if shortcut else title))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("ring", "inside")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As the rail is wide."""
        words = self.fontMetrics().horizontalAdvance(self.text()) + 12
        return QSize(max(64, words), look().px("rail_item"))

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, bar, icon and name."""
        now = look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        room = QRectF(self.rect()).adjusted(6, 2, -6, -2)
        if self.isChecked() or self.underMouse():
            painter.setBrush(now.colour("rail_sel" if self.isChecked() else "rail_hover"))
            painter.drawRoundedRect(room, 8, 8)
        if self.isChecked():
            painter.setBrush(now.colour("focus_rail"))
            painter.drawRoundedRect(QRectF(1, room.center().y() - 11, 3, 22), 1.5, 1.5)
        token = "rail_on" if self.isChecked() else "rail_off"
        self._draw_words(painter, room, token)

    def _draw_words(self, painter: QPainter, room: QRectF, token: str) -> None:
        now, side = look(), look().px("icon_rail")
        font = now.font("caption")
        painter.setFont(font)
        gap = (room.height() - side - font.pixelSize() * 1.3) / 2.6
        top = room.top() + gap
        paint_icon(painter, QRectF(room.center().x() - side / 2, top, side, side), self._icon, token)
        painter.setPen(now.colour(token))
        words = QRectF(room.left(), top + side + gap * 0.5, room.width(), font.pixelSize() * 1.4)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())


class IdentityButton(QAbstractButton):
    """Who is signed in, as initials; opens the menu about them."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("ring", "round")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_name("")

    def show_name(self, name: str) -> None:
        """Whose initials these are."""
        self._initials = initials(name)
        self.setAccessibleName(self.tr("Signed in as %s") % name if name else self.tr("Account"))
        self.setToolTip(tooltip(name))
        self.update()

    def sizeHint(self) -> QSize:
        """A square that grows with the text."""
        side = round(38 * look().text_size)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw disc and initials."""
        now = look()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(now.colour("rail_on" if self.underMouse() else "focus_rail"))
        painter.drawEllipse(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        font = now.font("strong")
        font.setPixelSize(round(self.height() * 0.36))
        painter.setFont(font)
        painter.setPen(now.colour("rail") if not now.scheme.outlined else Qt.GlobalColor.black)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._initials)


class Rail(QFrame):
    """The pages to go to. Says `chosen`; shows the page that it is told."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Pages"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.identity = IdentityButton()
        self._buttons: dict[str, RailButton] = {}
        self._group = QButtonGroup(self)
        self._head, self._foot = QVBoxLayout(), QVBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 14, 0, 14)
        layout.setSpacing(6)
        layout.addWidget(Mark(28), 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(10)
        layout.addLayout(self._head)
        layout.addStretch(1)
        layout.addLayout(self._foot)
        layout.addSpacing(4)
        layout.addWidget(self.identity, 0, Qt.AlignmentFlag.AlignHCenter)

    def add(self, button: RailButton, *, at_foot: bool = False) -> None:
        """Add a page, at the end of the upper group or above the identity."""
        (self._foot if at_foot else self._head).addWidget(button)
        self._buttons[button.page] = button
        self._group.addButton(button)
        button.clicked.connect(lambda: self.chosen.emit(button.page))

    def show_page(self, page: str) -> None:
        """Mark the page that is shown; pages that are not on the rail mark nothing."""
        if page in self._buttons:
            self._buttons[page].setChecked(True)

    def sizeHint(self) -> QSize:
        """As wide as its widest name."""
        hint = super().sizeHint()
        return QSize(max(look().tokens.size["rail_width"], hint.width()), hint.height())
