"""The page to sign in on: which service, who, and a code. It asks for nothing to be remembered or transcribed twice."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.shell_state import SignInState
from ui.theme import look
from ui.widgets.buttons import PrimaryButton, ReasonedButton
from ui.widgets.card import Column
from ui.widgets.fields import CodeField, Field, LineEdit, PasswordField
from ui.widgets.mark import Glyph, Mark
from ui.widgets.notices import Banner
from ui.widgets.text import Text
from ui.widgets.tone import Tone

__all__ = ["SignInPage", "SignInState"]

BRAND_FROM = 760
"""Width in pixels from which there is room for the brand beside the form."""
FORM_WIDTH = 420
"""Its widest, with its margins, at text size 1.0."""


class SignInPage(QWidget):
    """Renders a `SignInState`; says `sign_in_requested`. Holds a password no longer than it must."""

    sign_in_requested = Signal(str, str, str)
    """Login, password, code."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = SignInState()
        self.setAccessibleName(self.tr("Sign in"))
        self.login = LineEdit()
        self.password = PasswordField()
        self.code = CodeField(self.tr("Six-digit code"))
        self.server = Text(role="small", tone="ink", wrap=True)
        self.banner = Banner()
        self.enter = ReasonedButton(PrimaryButton(self.tr("Sign in"), "log-in"), under=True)
        self.brand = BrandPanel()
        self._settle()  # before there is a layout: what is styled already is styled twice
        self._lay_out()
        for field in (self.login, self.password, self.code):
            field.textChanged.connect(self._settle)
            field.returnPressed.connect(self._step)
        self.code.submitted.connect(self._send)
        self.enter.acted.connect(self._send)
        self.render_state(self.state)

    def render_state(self, state: SignInState) -> None:
        """Show *state*. After an error the code is gone, because it was used up, and asked for again."""
        failed = bool(state.error) and not state.busy and state.error != self.state.error
        came_back = bool(self.state.busy) and not state.busy
        self.state = state
        self.server.setText(state.server)
        if state.error:
            self.banner.say(state.error, Tone.BAD)
        else:
            self.banner.say(state.notice, Tone.INFO)
        for field in (self.login, self.password, self.code):
            field.setReadOnly(bool(state.busy))
        if (failed or came_back) and state.error:
            self.code.clear()
            (self.code if self.password.text() else self.first_field()).setFocus(Qt.FocusReason.OtherFocusReason)
        self._settle()

    def wipe(self) -> None:
        """Forget what was typed: somebody signed in, or the page is left."""
        self.password.wipe()
        self.code.clear()

    def first_field(self) -> LineEdit:
        """Where typing begins."""
        return self.password if self.login.text() else self.login

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The brand makes room for the form."""
        super().resizeEvent(event)
        self._share_room()

    def changeEvent(self, event: QEvent) -> None:
        """So does it when the text grows."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._share_room()

    def _share_room(self) -> None:
        self.brand.setVisible(self.width() >= BRAND_FROM * look().text_size)
        self._form.setMaximumWidth(round(FORM_WIDTH * look().text_size))

    def _settle(self) -> None:
        self.enter.rest(self.state.busy or self._missing())
        self.enter.button.set_label(self.tr("Signing in…") if self.state.busy else self.tr("Sign in"), "log-in")

    def _missing(self) -> str:
        if not self.login.text().strip():
            return self.tr("Type your login first.")
        if not self.password.text():
            return self.tr("Type your password.")
        if len(self.code.code()) < self.code.length:
            return self.tr("Type the six digits that your authenticator app shows.")
        return ""

    def _step(self) -> None:
        """Enter goes to the first field that is still empty, and sends when none is."""
        for field in (self.login, self.password, self.code):
            if not field.text().strip():
                field.setFocus(Qt.FocusReason.TabFocusReason)
                return
        self._send()

    def _send(self) -> None:
        if not self.state.busy and not self._missing():
            self.sign_in_requested.emit(self.login.text().strip(), self.password.text(), self.code.code())

    def _lay_out(self) -> None:
        """From the top down: what gets another parent is styled again, with everything in it."""
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        column = Column(self.tr("Sign in"))
        across.addWidget(self.brand, 2)
        across.addWidget(column, 3)
        self.brand.fill()
        middle = QHBoxLayout()
        column.body.addStretch(2)
        column.body.addLayout(middle)
        column.body.addStretch(3)
        self._form = QWidget()
        middle.addStretch(1)
        middle.addWidget(self._form, 1000)  # aligned, it would be as high as its text is at the column's full width
        middle.addStretch(1)
        self._fill(QVBoxLayout(self._form))

    def _fill(self, form: QVBoxLayout) -> None:
        form.setContentsMargins(20, 24, 20, 24)
        form.setSpacing(look().space("l"))
        form.addWidget(Text(self.tr("Sign in"), "head"))
        form.addLayout(self._service())
        form.addWidget(self.banner)
        form.addWidget(Field(self.tr("Login"), self.login))
        form.addWidget(Field(self.tr("Password"), self.password))
        form.addWidget(
            Field(self.tr("Six-digit code"), self.code, self.tr("From your authenticator app. Paste works."))
        )
        form.addSpacing(2)
        form.addWidget(self.enter)

    def _service(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(look().space("s"))
        line.addWidget(Text(self.tr("Service"), "small"), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.server, 1)
        return line


class BrandPanel(QFrame):
    """Who we are, in the ink of the rail: the mark, the name, and what this is for."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    def fill(self) -> None:
        """Put in what it says. Once, when it has its place."""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(48, 48, 48, 48)
        layout.setSpacing(look().space("m"))
        layout.addWidget(Mark(44))
        layout.addStretch(2)
        layout.addWidget(Text(self.tr("Rightful"), "figure", "rail"))
        purpose = self.tr("An account goes back to its rightful owner, and to nobody else.")
        layout.addWidget(Text(purpose, "title", "rail_quiet", wrap=True))
        layout.addSpacing(look().space("xl"))
        for icon, words in (
            ("shield-check", self.tr("Prove the caller by evidence")),
            ("key-round", self.tr("Do the least that helps")),
            ("scroll-text", self.tr("Leave a record that nobody can rewrite")),
        ):
            layout.addLayout(_belief(icon, words))
        layout.addStretch(3)


def _belief(icon: str, words: str) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(look().space("m"))
    line.addWidget(Glyph(icon, 18))
    line.addWidget(Text(words, "body", "rail_quiet", wrap=True), 1)
    return line
