"""The command palette: type a few letters, choose with the arrow keys, Enter. No mouse needed, none refused."""

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from ui.commands import Command, Commands, matching
from ui.icons import paint_icon
from ui.theme import look
from ui.widgets.announcer import announce
from ui.widgets.fields import SearchField
from ui.widgets.key_hint import native
from ui.widgets.text import Text

_COMMAND = Qt.ItemDataRole.UserRole
_STEERING = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


class Palette(QFrame):
    """A list of commands over the window. Closes on Escape, on a click elsewhere, and when something was chosen."""

    def __init__(self, window: QWidget, commands: Commands) -> None:
        super().__init__(window)
        self.commands = commands
        self._window = window
        self._before: QWidget | None = None
        self.field = SearchField(self.tr("Find a command"))
        self.list = QListWidget()
        self.list.setObjectName("bare")
        self.list.setAccessibleName(self.tr("Commands"))
        self.list.setItemDelegate(_CommandPainter(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.nothing = Text(
            self.tr("No command has these letters. Try a page's name, or what you want to do."), "small"
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        for widget in (self.field, self.list, self.nothing):
            layout.addWidget(widget)
        self.field.textChanged.connect(self._list)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(lambda _item: self._choose())
        self.list.currentItemChanged.connect(lambda _now, _before: self._tell())
        window.installEventFilter(self)
        commands.changed.connect(self._catch_up)
        self.hide()

    def open(self) -> None:
        """Show every command and wait for letters."""
        if not self.isVisible():
            self._before = self._window.focusWidget()
        self.field.clear()
        self._list("")
        self._settle()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_palette(self) -> None:
        """Give the focus back to what had it, if that is still to be seen, and go away."""
        before, self._before = self._before, None
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Steer the list from the field; go away when the focus does."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._steer(event)
        if watched is self.field and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        if event.type() == QEvent.Type.Resize and watched is self._window and self.isVisible():
            self._settle()
        return False

    def _steer(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self.close_palette()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if not event.isAutoRepeat():
                self._choose()
        elif event.key() in _STEERING:
            self.list.keyPressEvent(event)
        else:
            return event.key() in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab}
        return True

    def _catch_up(self) -> None:
        """Show what can be done now, and keep what was chosen: Enter must not mean its neighbour."""
        if not self.isVisible():
            self.list.clear()
            return
        row = self.list.currentRow()
        chosen = self.list.item(row).data(_COMMAND).id if row >= 0 else "" if self.list.count() else None
        self._fill(self.field.text(), chosen)

    def _list(self, typed: str) -> None:
        self._fill(typed)
        self._tell()

    def _fill(self, typed: str, chosen: str | None = None) -> None:
        """List what *typed* may mean; choose the command of the id *chosen* if it is there, and the best for None."""
        blocked = QSignalBlocker(self.list)  # a row that is taken out is nobody's choice
        self.list.clear()
        others = [command for command in self.commands.offers() if command.id != "palette"]
        for command in matching(others, typed):
            item = QListWidgetItem(command.title)
            item.setData(_COMMAND, command)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, _spoken(command))
            self.list.addItem(item)
        ids = [self.list.item(row).data(_COMMAND).id for row in range(self.list.count())]
        self.list.setCurrentRow(0 if chosen is None else ids.index(chosen) if chosen in ids else -1)
        blocked.unblock()
        found = self.list.count() > 0
        self.list.setVisible(found)
        self.nothing.setVisible(not found)
        if self.isVisible():
            self._settle()

    def _tell(self) -> None:
        item = self.list.currentItem()
        if self.isVisible() and item is not None:
            announce(self.field, _spoken(item.data(_COMMAND)))

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            chosen: Command = item.data(_COMMAND)
            self.close_palette()
            self.commands.run(chosen.id)

    def _settle(self) -> None:
        room = self._window.rect()
        width = min(round(600 * look().text_size), room.width() - 24)
        rows = max(1, self.list.count()) * _row_height()
        height = min(rows + look().px("control") + 30, room.height() - 80)
        self.setGeometry(QRect(QPoint((room.width() - width) // 2, 56), QSize(width, height)))


class _CommandPainter(QStyledItemDelegate):
    """Icon, title, section or reason, and the shortcut at the end."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """One row."""
        return QSize(200, _row_height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one command."""
        command: Command = index.data(_COMMAND)
        now, room = look(), QRect(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(now.colour("accent") if now.scheme.outlined else Qt.PenStyle.NoPen)
            painter.setBrush(now.colour("select"))
            painter.drawRoundedRect(QRectF(room).adjusted(1, 1, -1, -1), 7, 7)
        side = now.px("icon")
        place = QRectF(room.left() + 12, room.center().y() - side / 2 + 1, side, side)
        paint_icon(painter, place, command.icon, "ink2" if command.enabled else "ink3")
        words = room.adjusted(12 + side + 12, 0, -12, 0)
        right = self._end(painter, words, command)
        self._words(painter, words.adjusted(0, 0, -right - 12, 0), command)
        painter.restore()

    def _end(self, painter: QPainter, room: QRect, command: Command) -> int:
        painter.setFont(look().font("caption"))
        painter.setPen(look().colour("ink3"))
        keys = native(command.shortcut) if command.shortcut else ""
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, keys)
        return painter.fontMetrics().horizontalAdvance(keys)

    def _words(self, painter: QPainter, room: QRect, command: Command) -> None:
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(look().font("body"))
        painter.setPen(look().colour("ink" if command.enabled else "ink3"))
        title = painter.fontMetrics().elidedText(command.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, flags, title)
        room = room.adjusted(painter.fontMetrics().horizontalAdvance(title) + 10, 0, 0, 0)
        painter.setFont(look().font("small"))
        painter.setPen(look().colour("ink3"))
        rest = command.section if command.enabled else command.why_not
        painter.drawText(room, flags, painter.fontMetrics().elidedText(rest, Qt.TextElideMode.ElideRight, room.width()))


def _row_height() -> int:
    return look().px("control") + 2


def _spoken(command: Command) -> str:
    parts = [command.title, command.section]
    if command.shortcut:
        parts.append(native(command.shortcut))
    if not command.enabled:
        parts.append(command.why_not)
    return ", ".join(parts)
