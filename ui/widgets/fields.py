"""Fields: a line, a labelled input with its error, a search field, a code, a password that can be looked at."""

import unicodedata

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from ui.icons import paint_icon
from ui.theme import look
from ui.widgets.buttons import IconButton
from ui.widgets.text import Text, appear, restyle

CODE_LENGTH = 6
"""Digits of a one-time code."""
GROUP = 4
"""Characters of a code of letters that stand together."""
ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
"""Both of them."""


class LineEdit(QLineEdit):
    """A line to type in. Enter counts once, however long it is held: what it asks for is asked once."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave out the Enter that the keyboard repeats."""
        if not (event.isAutoRepeat() and event.key() in ENTER):
            super().keyPressEvent(event)


class Field(QWidget):
    """A label above an input, and a hint under it that assistive technology hears too."""

    def __init__(self, label: str, control: QLineEdit | QPlainTextEdit | QComboBox, hint: str = "") -> None:
        super().__init__()
        self.control = control
        self.label = Text(label, "caption", wrap=True)
        self.label.setBuddy(control)
        self.note = Text(hint, "small", wrap=True)
        appear(self.note, bool(hint))
        control.setAccessibleName(label)
        control.setAccessibleDescription(hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addWidget(self.label)
        layout.addWidget(control)
        layout.addWidget(self.note)
        self.setFocusProxy(control)


class SearchField(LineEdit):
    """A field with a magnifying glass."""

    def __init__(self, name: str, *, says_it: bool = True) -> None:
        """*says_it*: its name stands in it while it is empty; without, beside it."""
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(name if says_it else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave room for the glass, which grows with the text."""
        super().resizeEvent(event)
        self.setTextMargins(look().px("icon") + 8, 0, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field, and the glass in it."""
        super().paintEvent(event)
        side = look().px("icon")
        paint_icon(QPainter(self), QRectF(11, (self.height() - side) / 2, side, side), "search", "ink2")


class Dropdown(QComboBox):
    """One of a few, chosen by arrow keys or first letters."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field, and the sign that there is more."""
        super().paintEvent(event)
        side = look().px("icon")
        place = QRectF(self.width() - side - 10, (self.height() - side) / 2, side, side)
        paint_icon(QPainter(self), place, "chevron-down", "ink2")


class PasswordField(LineEdit):
    """A password, hidden until somebody asks to see it. Pasting and password stores work (WCAG 2.2 3.3.8, X-11)."""

    def __init__(self) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.eye = IconButton(self.tr("Show password"), "eye", small=True)
        self.eye.setParent(self)
        self.eye.acted.connect(self._turn)

    def wipe(self) -> None:
        """Forget what was typed, undo history included."""
        self.setText("")
        self._show(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the eye at the end, and the text out of its way."""
        super().resizeEvent(event)
        size = self.eye.sizeHint()
        self.eye.setGeometry(
            self.width() - size.width() - 3, (self.height() - size.height()) // 2, size.width(), size.height()
        )
        self.setTextMargins(0, 0, size.width() - 6, 0)

    def _turn(self) -> None:
        self._show(self.echoMode() is QLineEdit.EchoMode.Password)

    def _show(self, shown: bool) -> None:
        self.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        name = self.tr("Hide password") if shown else self.tr("Show password")
        self.eye.rename(name, "eye-off" if shown else "eye")


class CodeField(LineEdit):
    """A one-time code, in mono: digits only, or letters and digits in groups of four, as saved codes are.

    Spaces, dashes, small letters and other scripts' digits may be typed or pasted.
    """

    completed = Signal(str)
    """The last character was typed, or a whole code pasted. Nothing is sent by this alone."""
    submitted = Signal(str)
    """Enter, with all characters there."""

    def __init__(self, name: str, length: int = CODE_LENGTH) -> None:
        super().__init__()
        self.length, self.letters = length, False
        self.setAccessibleName(name)
        self.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly | Qt.InputMethodHint.ImhNoPredictiveText)
        self.textEdited.connect(self._tidy)

    def expect(self, length: int, *, letters: bool) -> None:
        """Wait for a code of *length* characters: digits, or with *letters* those too."""
        if (length, letters) == (self.length, self.letters):
            return
        self.length, self.letters = length, letters
        kind = Qt.InputMethodHint.ImhUppercaseOnly if letters else Qt.InputMethodHint.ImhDigitsOnly
        self.setInputMethodHints(kind | Qt.InputMethodHint.ImhNoPredictiveText)
        restyle(self, letters=letters)
        self.updateGeometry()

    def code(self) -> str:
        """What was typed so far, without what stands between."""
        return self._read(self.text())

    def missing(self) -> str:
        """What is still to be typed, in words; empty when the code is whole."""
        if len(self.code()) == self.length:
            return ""
        if self.letters:
            return self.tr("Type all %s letters and digits first.") % self.length
        return self.tr("Type all %s digits first.") % self.length

    def sizeHint(self) -> QSize:
        """Wide enough for the whole code."""
        hint = super().sizeHint()
        widest = self._shown("0" * self.length)
        return QSize(self.fontMetrics().horizontalAdvance(f"{widest}0") + 34, hint.height())

    def minimumSizeHint(self) -> QSize:
        """Digits are never cut; where a long code has no room, it moves under the cursor."""
        return super().minimumSizeHint() if self.letters else self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter submits a whole code; Escape empties the field."""
        if event.key() in ENTER and not event.isAutoRepeat() and not self.missing():
            self.submitted.emit(self.code())
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)

    def _tidy(self, typed: str) -> None:
        code = self._read(typed)
        shown = self._shown(code)
        if shown != typed:
            before = self._read(typed[: self.cursorPosition()])
            self.setText(shown)
            self.setCursorPosition(len(self._shown(before)))
        if len(code) == self.length:
            self.completed.emit(code)

    def _read(self, text: str) -> str:
        return (letters_and_digits(text) if self.letters else digits(text))[: self.length]

    def _shown(self, code: str) -> str:
        return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP)) if self.letters else code


class CodeReadOut(QWidget):
    """A number for the agent to read to the caller: large, in two groups, and spelled out for a screen reader."""

    def __init__(self) -> None:
        super().__init__()
        self._code = ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_code(self, code: str) -> None:
        """Show *code*, or nothing."""
        self._code = code
        self.setAccessibleName(self.tr("Read this number to the caller: %s") % " ".join(code) if code else "")
        appear(self, bool(code))
        self.updateGeometry()
        self.update()

    def grouped(self) -> str:
        """The code in two halves."""
        half = (len(self._code) + 1) // 2
        return f"{self._code[:half]} {self._code[half:]}".strip()

    def sizeHint(self) -> QSize:
        """As wide as the number."""
        font = look().font("readout")
        return QSize(QFontMetrics(font).horizontalAdvance(self.grouped()), round(font.pixelSize() * 1.25))

    def minimumSizeHint(self) -> QSize:
        """A number is never cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the number."""
        painter = QPainter(self)
        painter.setFont(look().font("readout"))
        painter.setPen(look().colour("ink"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.grouped())


def digits(text: str) -> str:
    """The decimal digits in *text*, of any script, as ASCII."""
    return "".join(str(int(letter)) for letter in text if letter.isdecimal())


def letters_and_digits(text: str) -> str:
    """The ASCII letters and digits in *text*, the letters as capitals."""
    upper = unicodedata.normalize("NFKC", text).upper()
    return "".join(letter for letter in upper if letter.isascii() and letter.isalnum())
