"""Rows that stay themselves while what they show changes, so that focus and half-typed text stay where they are."""

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from ui.widgets.card import Rule

RowType = TypeVar("RowType", bound=QWidget)


class KeyedRows(QWidget, Generic[RowType]):
    """One row for each key, in the order of the keys, with hairlines between them."""

    focus_left = Signal()
    """The row that had the focus is gone: no other row has it now, until somebody says where it goes."""

    def __init__(self, make: Callable[[str], RowType], *, spacing: int = 0, ruled: bool = True) -> None:
        super().__init__()
        self._make, self._ruled = make, ruled
        self._rows: dict[str, RowType] = {}
        self._rules: dict[str, Rule] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(spacing)

    def show_keys(self, keys: tuple[str, ...]) -> dict[str, RowType]:
        """Have exactly these rows; returns them in order."""
        gone = self._rows.keys() - set(keys)
        now = QApplication.focusWidget()
        orphaned = now is not None and any(self._rows[key].isAncestorOf(now) for key in gone)
        if orphaned:
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # or Qt gives it to the next row's button, at once
        for key in gone:
            _discard(self._rows.pop(key))
            if key in self._rules:
                _discard(self._rules.pop(key))
        changed = tuple(self._rows) != keys
        self._rows = {key: self._rows.get(key) or self._make(key) for key in keys}
        if changed:
            self._arrange()
        if orphaned:
            self.focus_left.emit()
        return self._rows

    def row(self, key: str) -> RowType | None:
        """The row of a key, if there is one."""
        return self._rows.get(key)

    def rows(self) -> tuple[RowType, ...]:
        """Every row, in order."""
        return tuple(self._rows.values())

    def _arrange(self) -> None:
        for rule in self._rules.values():
            self._layout.removeWidget(rule)
        for row in self._rows.values():
            self._layout.removeWidget(row)
        for at, (key, row) in enumerate(self._rows.items()):
            if self._ruled:
                rule = self._rules.setdefault(key, Rule())
                self._layout.addWidget(rule)
                rule.setVisible(at > 0)
            self._layout.addWidget(row)
            row.show()


def _discard(widget: QWidget) -> None:
    widget.hide()
    widget.deleteLater()
