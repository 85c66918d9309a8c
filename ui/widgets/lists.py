"""Lists that are read: what happened when, the steps of a deed, and what is proven or still missing."""

from collections.abc import Iterable
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from ui.theme import look
from ui.widgets.pill import StateMark
from ui.widgets.text import Text
from ui.widgets.tone import Tone


class Happening(NamedTuple):
    """One line of a timeline. *when* is already worded, in local time."""

    when: str
    what: str
    tone: Tone = Tone.NEUTRAL


class Point(NamedTuple):
    """One thing that is so, or is still to come: a step, a requirement. *state* says which, in words."""

    what: str
    state: str
    tone: Tone
    icon: str
    detail: str = ""


class Timeline(QWidget):
    """What happened, oldest first: a time and a sentence each. Only new lines are added when it is told more."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._shown: tuple[Happening, ...] = ()
        self._cells: list[Text] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look().space("m"))
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnStretch(1, 1)

    def show_lines(self, lines: tuple[Happening, ...]) -> None:
        """Show exactly these lines."""
        if lines[: len(self._shown)] != self._shown:
            discard(self._grid, self._cells)
            self._shown, self._cells = (), []
        for line in lines[len(self._shown) :]:
            self._add(line)
        self._shown = lines

    def _add(self, line: Happening) -> None:
        row = self._grid.rowCount()
        tone = "" if line.tone is Tone.NEUTRAL else str(line.tone)
        when, what = Text(line.when, "small", "faint"), Text(line.what, "small", tone, wrap=True)
        self._grid.addWidget(when, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(what, row, 1)
        self._cells += [when, what]


class PointList(QWidget):
    """Points with their state in words: the steps of a recovery, what an action still needs."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._shown: tuple[Point, ...] = ()
        self._rows: list[_PointRow] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(look().space("s"))

    def show_points(self, points: tuple[Point, ...]) -> None:
        """Show exactly these points."""
        if points == self._shown:
            return
        discard(self._layout, self._rows)
        self._rows = [_PointRow(point) for point in points]
        for row in self._rows:
            self._layout.addWidget(row)
        self._shown = points


class _PointRow(QWidget):
    """One point: mark, words, state."""

    def __init__(self, point: Point) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(look().space("s"))
        words = QVBoxLayout()
        words.setContentsMargins(0, _drop("small"), 0, 0)
        words.setSpacing(1)
        words.addWidget(Text(point.what, "small", "ink", wrap=True))
        if point.detail:
            words.addWidget(Text(point.detail, "small", wrap=True))
        words.addStretch(1)
        tone = "" if point.tone is Tone.NEUTRAL else str(point.tone)
        line.addWidget(StateMark("", point.tone, point.icon, plain=True), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        state = Text(point.state, "caption", tone)
        state.setContentsMargins(0, _drop("caption"), 0, 0)
        line.addWidget(state, 0, Qt.AlignmentFlag.AlignTop)


def _drop(role: str) -> int:
    """How far down words begin for their first line to stand in the middle of the mark beside them, in pixels."""
    return max(0, (look().px("icon_rail") - QFontMetrics(look().font(role)).height()) // 2)


def discard(layout: QLayout, widgets: Iterable[QWidget]) -> None:
    """Take widgets out of a layout; they are hidden at once and deleted when Qt is back in its loop."""
    for widget in widgets:
        layout.removeWidget(widget)
        widget.hide()
        widget.deleteLater()
