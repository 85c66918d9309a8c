"""Lists that are read: what happened when, the steps of a deed, and what is proven or still missing."""

from typing import NamedTuple

from PySide6.QtCore import Qt
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
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(look().space("m"))
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnStretch(1, 1)

    def show_lines(self, lines: tuple[Happening, ...]) -> None:
        """Show exactly these lines."""
        if lines[: len(self._shown)] != self._shown:
            empty(self._grid)
            self._shown = ()
        for line in lines[len(self._shown) :]:
            self._add(line)
        self._shown = lines

    def _add(self, line: Happening) -> None:
        row = self._grid.rowCount()
        when = Text(line.when, "small", "faint")
        tone = "" if line.tone is Tone.NEUTRAL else str(line.tone)
        self._grid.addWidget(when, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(Text(line.what, "small", tone, wrap=True), row, 1)


class PointList(QWidget):
    """Points with their state in words: the steps of a recovery, what an action still needs."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._shown: tuple[Point, ...] = ()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(look().space("s"))

    def show_points(self, points: tuple[Point, ...]) -> None:
        """Show exactly these points."""
        if points == self._shown:
            return
        empty(self._layout)
        for point in points:
            self._layout.addLayout(_point(point))
        self._shown = points


def _point(point: Point) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(look().space("s"))
    words = QVBoxLayout()
    words.setSpacing(1)
    words.addWidget(Text(point.what, "small", "ink", wrap=True))
    if point.detail:
        words.addWidget(Text(point.detail, "small", wrap=True))
    tone = "" if point.tone is Tone.NEUTRAL else str(point.tone)
    line.addWidget(StateMark("", point.tone, point.icon, plain=True), 0, Qt.AlignmentFlag.AlignTop)
    line.addLayout(words, 1)
    line.addWidget(Text(point.state, "caption", tone), 0, Qt.AlignmentFlag.AlignTop)
    return line


def empty(layout: QLayout) -> None:
    """Take everything out of a layout; its widgets are hidden at once and deleted when Qt is back in its loop."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            empty(inner)
