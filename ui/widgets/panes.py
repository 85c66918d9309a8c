"""Columns side by side where there is room for them, one at a time where there is not."""

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QButtonGroup, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.theme import look
from ui.widgets.buttons import Button, QuietButton
from ui.widgets.card import Column
from ui.widgets.flow import FlowRow
from ui.widgets.text import restyle

THREE_FROM, TWO_FROM = 1120, 700
"""Widths in pixels, at text size 1.0, from which three and two panes stand side by side."""
LEFT, RIGHT = 300, 372
"""Widths of the outer panes, at text size 1.0."""
CENTRE = 1100
"""The widest that the pane between them gets: the eye still finds from a row's title to its button."""
WIDEST = LEFT + CENTRE + RIGHT
"""What is wider than this is left empty at both sides, at text size 1.0."""


_TWO = {1: ((1, 1, 1), (0, 0, 2), (0, 1, 1)), 0: ((0, 0, 2), (1, 1, 1), (0, 1, 1))}
"""Row, column and number of rows of each pane where two stand side by side, by the pane that leads."""


class Panes(QWidget):
    """Three columns. With room for two, the one that leads has the left half; with less, tabs choose one."""

    def __init__(self, left: Column, centre: Column, right: Column) -> None:
        super().__init__()
        self.columns = (left, centre, right)
        self._shown, self._mode, self._leading = 1, 0, 1
        self.tabs = FlowRow("s")
        self._buttons = QButtonGroup(self)
        self._tabs: list[Button] = []
        for at, column in enumerate(self.columns):
            button = QuietButton(column.accessibleName(), small=True)
            button.setCheckable(True)
            self._buttons.addButton(button, at)
            self._tabs.append(button)
            self.tabs.add(button)
        self._buttons.idClicked.connect(self.show_pane)
        self._grid = QGridLayout()
        self._grid.setSpacing(look().space("gap"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look().space("m"))
        layout.addWidget(self.tabs)
        layout.addLayout(self._grid, 1)
        for column in self.columns:
            column.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._arrange(3)

    def show_pane(self, at: int) -> None:
        """Bring a pane to sight: 0 left, 1 centre, 2 right. It is in sight already unless there are tabs."""
        self._shown = at
        if self._mode == 1:
            self._show_only(at)
        for place, button in enumerate(self._tabs):
            chosen = place == at
            button.setChecked(chosen)
            button.set_label(self.columns[place].accessibleName(), "check" if chosen else "")
            restyle(button, chosen=chosen)

    def lead(self, at: int) -> None:
        """Give a pane the larger place where there is room for two: 0 left, 1 centre."""
        if at != self._leading:
            self._leading = at
            if self._mode > 1:
                self._arrange(self._mode)

    def reach(self, widget: QWidget) -> None:
        """Bring the pane of *widget* to sight, and what gets the focus there, even if it has it already."""
        at = next((at for at, column in enumerate(self.columns) if column.isAncestorOf(widget)), None)
        if at is not None:
            self.show_pane(at)
            QTimer.singleShot(0, self.columns[at], self.columns[at].bring_focus_to_sight)

    def _show_only(self, at: int) -> None:
        """The focus does not vanish with the pane that has it: it goes to the tab of the one that comes."""
        self.columns[at].show()
        if self._focused() not in {at, None}:
            self._tabs[at].setFocus(Qt.FocusReason.OtherFocusReason)
        for place, column in enumerate(self.columns):
            column.setVisible(place == at)

    def _focused(self) -> int | None:
        """Which pane has the focus."""
        now = QApplication.focusWidget()
        having = (at for at, column in enumerate(self.columns) if now is not None and column.isAncestorOf(now))
        return next(having, None)

    def minimumSizeHint(self) -> QSize:
        """One pane fits everywhere."""
        return QSize(280, 260)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange anew when another number of panes fits."""
        super().resizeEvent(event)
        width = event.size().width() / look().text_size
        mode = 3 if width >= THREE_FROM else 2 if width >= TWO_FROM else 1
        if mode != self._mode or mode > 1:
            self._arrange(mode)

    def _arrange(self, mode: int) -> None:
        self._mode = mode
        places = {3: ((0, 0, 1), (0, 1, 1), (0, 2, 1)), 2: _TWO[self._leading], 1: ((0, 0, 1),) * 3}[mode]
        for column, (row, at, rows) in zip(self.columns, places, strict=True):
            self._grid.addWidget(column, row, at, rows, 1)
            column.show()
        for at in range(3):
            self._grid.setColumnStretch(at, 0)
            self._grid.setColumnMinimumWidth(at, 0)
        self._grid.setRowStretch(0, 1)
        self._grid.setRowStretch(1, 1 if mode == 2 else 0)
        self._widen(mode)
        self.tabs.setVisible(mode == 1)
        focused = self._focused()
        self.show_pane(self._shown if focused is None else focused)

    def _widen(self, mode: int) -> None:
        wide = {3: {0: LEFT, 2: RIGHT}, 2: {1: RIGHT}, 1: {}}[mode]
        for at, width in wide.items():
            self._grid.setColumnMinimumWidth(at, round(width * look().text_size))
        self._grid.setColumnStretch({3: 1, 2: 0, 1: 0}[mode], 1)
        side = spare_side(self) if mode == 3 else 0
        self._grid.setContentsMargins(side, 0, side, 0)


def spare_side(page: QWidget) -> int:
    """Pixels to leave empty at each side of *page*, so that what stands on it is no wider than `WIDEST`."""
    return max(0, page.width() - round(WIDEST * look().text_size)) // 2
