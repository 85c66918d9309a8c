"""Things beside each other, as many in a line as there is room for."""

from math import ceil

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

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
        for cell in self._cells:
            self._grid.removeWidget(cell)
        for at, cell in enumerate(self._cells):
            row, column = divmod(at, self._columns)
            self._grid.addWidget(cell, row, column, Qt.AlignmentFlag.AlignTop)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < self._columns else 0)


class FlowRow(QWidget):
    """Small parts one after the other, in as many lines as it takes.

    A widget and not a layout: a layout written in Python holds items that Qt deletes behind its back.
    """

    def __init__(self, step: str = "xs") -> None:
        """*step* of the space scale lies between the parts."""
        super().__init__()
        self._gap = look().space(step)
        self._parts: list[QWidget] = []
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, *parts: QWidget) -> None:
        """Add parts at the end."""
        for part in parts:
            part.setParent(self)
            self._parts.append(part)
            part.show()
        self._settle()

    def lead(self, part: QWidget) -> None:
        """Have *part* before all others, wherever it was."""
        if part.parentWidget() is not self:
            part.setParent(self)
        self._parts = [part, *(one for one in self._parts if one is not part)]
        self._settle()

    def release(self, part: QWidget) -> None:
        """Have *part* no longer: it goes somewhere else."""
        self._parts = [one for one in self._parts if one is not part]
        self._settle()

    def show_parts(self, *parts: QWidget) -> None:
        """Have exactly these parts; the others are deleted."""
        for gone in self._parts:
            if gone not in parts:
                gone.hide()
                gone.deleteLater()
        self._parts = []
        self.add(*parts)

    def sizeHint(self) -> QSize:
        """All in one line."""
        sizes = [part.sizeHint() for part in self._shown()]
        width = sum(size.width() for size in sizes) + self._gap * max(0, len(sizes) - 1)
        return QSize(width, max((size.height() for size in sizes), default=0))

    def minimumSizeHint(self) -> QSize:
        """The widest part alone."""
        sizes = [part.minimumSizeHint() if part.hasHeightForWidth() else part.sizeHint() for part in self._shown()]
        width = max((size.width() for size in sizes), default=0)
        return QSize(width, self.heightForWidth(max(width, self.width())))

    def heightForWidth(self, width: int) -> int:
        """How high the lines are together."""
        return self._place(width, move=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place every part."""
        super().resizeEvent(event)
        self._place(event.size().width(), move=True)

    def event(self, event: QEvent) -> bool:
        """A part has another size, or came or went, perhaps while nothing of this was to be seen."""
        if event.type() in {QEvent.Type.LayoutRequest, QEvent.Type.Show}:
            self._settle()
        return super().event(event)

    def _settle(self) -> None:
        self._place(self.width(), move=True)
        self.updateGeometry()

    def _shown(self) -> list[QWidget]:
        return [part for part in self._parts if not part.isHidden()]

    def _place(self, width: int, *, move: bool) -> int:
        """Lay the parts out in *width*, each in the middle of its line; returns the height that takes."""
        top = 0
        for line in self._lines(width):
            height = max(size.height() for _part, size in line)
            left = 0
            for part, size in line:
                if move:
                    part.setGeometry(left, top + (height - size.height()) // 2, size.width(), size.height())
                left += size.width() + self._gap
            top += height + self._gap
        return max(0, top - self._gap)

    def _lines(self, width: int) -> list[list[tuple[QWidget, QSize]]]:
        lines: list[list[tuple[QWidget, QSize]]] = []
        left = 0
        for part in self._shown():
            size = _fitted(part, width)
            if not lines or left + size.width() > width:
                lines.append([])
                left = 0
            lines[-1].append((part, size))
            left += size.width() + self._gap
        return lines


def _fitted(part: QWidget, width: int) -> QSize:
    """What *part* takes in *width*: less than it likes, where it can do with more height."""
    size = part.sizeHint()
    if size.width() <= width or not part.hasHeightForWidth():
        return size
    narrow = max(width, part.minimumSizeHint().width())
    return QSize(narrow, part.heightForWidth(narrow))
