"""Things beside each other, as many in a line as there is room for."""

from math import ceil

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLayout, QLayoutItem, QWidget

from ui.theme import look


class FlowGrid(QWidget):
    """A grid whose number of columns follows its width."""

    def __init__(self, cell_width: int) -> None:
        """*cell_width* is in pixels at text size 1.0."""
        super().__init__()
        self._cell_width = cell_width
        self._cells: tuple[QWidget, ...] = ()
        self._columns = 1
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look().space("l"))
        self._grid.setVerticalSpacing(look().space("s"))

    def show_cells(self, cells: tuple[QWidget, ...]) -> None:
        """Show exactly these; those that are not among them any more are deleted."""
        for gone in set(self._cells) - set(cells):
            self._grid.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        self._cells = cells
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fewer in a line where it is narrow."""
        super().resizeEvent(event)
        if self._fitting() != self._columns:
            self._arrange()

    def minimumSizeHint(self) -> QSize:
        """One column fits everywhere."""
        return QSize(120, super().minimumSizeHint().height())

    def _fitting(self) -> int:
        """As many columns as fit, or fewer if the same number of lines does with fewer."""
        most = max(1, int(self.width() / (self._cell_width * look().text_size)))
        lines = max(1, ceil(len(self._cells) / most))
        return max(1, ceil(len(self._cells) / lines))

    def _arrange(self) -> None:
        self._columns = self._fitting()
        while self._grid.takeAt(0) is not None:
            pass
        for at, cell in enumerate(self._cells):
            row, column = divmod(at, self._columns)
            self._grid.addWidget(cell, row, column, Qt.AlignmentFlag.AlignTop)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < self._columns else 0)


class FlowLayout(QLayout):
    """Small parts one after the other, in as many lines as it takes."""

    def __init__(self, spacing: int) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Take a part in, at the end."""
        self._items.append(item)

    def count(self) -> int:
        """How many parts there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """A part, or None."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take a part out."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It never asks for more than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Narrower is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """How high the lines are together."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, room: QRect) -> None:
        """Place every part."""
        super().setGeometry(room)
        self._place(room, move=True)

    def sizeHint(self) -> QSize:
        """All in one line."""
        sizes = [item.sizeHint() for item in self._items]
        width = sum(size.width() for size in sizes) + self.spacing() * max(0, len(sizes) - 1)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def minimumSize(self) -> QSize:
        """The widest part alone."""
        sizes = [item.minimumSize() for item in self._items]
        return QSize(
            max((size.width() for size in sizes), default=0), max((size.height() for size in sizes), default=0)
        )

    def _place(self, room: QRect, *, move: bool) -> int:
        """Lay the parts out in *room*; returns the height that takes."""
        x, y, line = room.left(), room.top(), 0
        for item in self._items:
            size = item.sizeHint()
            if x > room.left() and x + size.width() > room.left() + room.width():
                x, y, line = room.left(), y + line + self.spacing(), 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), size))
            x, line = x + size.width() + self.spacing(), max(line, size.height())
        return y + line - room.top()
