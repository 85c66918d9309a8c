"""Every shortcut on one sheet, read from the registry of commands."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui.commands import Command
from ui.theme import look
from ui.widgets.buttons import PrimaryButton
from ui.widgets.card import Column
from ui.widgets.key_hint import KeyHint
from ui.widgets.text import Text


class CheatSheet(QDialog):
    """Shows the shortcuts of commands, by section. Escape closes it."""

    def __init__(self, window: QWidget, commands: tuple[Command, ...]) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        column = Column(self.tr("Keyboard shortcuts"))
        column.body.setSpacing(look().space("l"))
        sections = dict.fromkeys(command.section for command in commands if command.shortcut)
        for section in sections:
            column.body.addLayout(_section(section, commands))
        column.body.addStretch(1)
        done = PrimaryButton(self.tr("Close"))
        done.acted.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(done)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(look().space("m"))
        layout.addWidget(Text(self.tr("Keyboard shortcuts"), "head"))
        layout.addWidget(column, 1)
        layout.addLayout(foot)
        self.resize(round(460 * look().text_size), min(round(600 * look().text_size), 760))
        done.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F1 closes what F1 opened."""
        if event.key() == Qt.Key.Key_F1:
            self.accept()
        else:
            super().keyPressEvent(event)


def _section(section: str, commands: tuple[Command, ...]) -> QGridLayout:
    grid = QGridLayout()
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(0, 1)
    grid.addWidget(Text(section, "caption"), 0, 0)
    for command in commands:
        if command.section == section and command.shortcut:
            row = grid.rowCount()
            grid.addWidget(Text(command.title), row, 0)
            grid.addWidget(KeyHint(command.shortcut), row, 1, Qt.AlignmentFlag.AlignRight)
    return grid
