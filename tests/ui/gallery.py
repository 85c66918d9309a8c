"""Every widget in every theme and text size, as pictures to look at: `python -m tests.ui.gallery FOLDER`.

Set `QT_QPA_PLATFORM=offscreen` without a screen, and `QT_SCALE_FACTOR=2` for a dense one.
"""

import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ui.theme import CHOICES, Theme, load_fonts
from ui.widgets.buttons import DangerButton, IconButton, PrimaryButton, QuietButton, ReasonedButton
from ui.widgets.card import Card, Rule
from ui.widgets.fields import CodeField, CodeReadOut, Dropdown, Field, LineEdit, PasswordField, SearchField
from ui.widgets.key_hint import KeyHint
from ui.widgets.lists import Happening, Point, PointList, Timeline
from ui.widgets.masked import MaskedValue
from ui.widgets.notices import Banner, EmptyState
from ui.widgets.pill import Avatar, Pill, StateMark
from ui.widgets.rows import ActionRow, MethodRow
from ui.widgets.text import ElidedLabel, Text
from ui.widgets.tone import Tone

WIDTH = 1240
"""Of the gallery, at text size 100."""


def gallery() -> QWidget:
    """A page with one of everything."""
    page = QWidget()
    across = QHBoxLayout(page)
    across.setContentsMargins(20, 18, 20, 18)
    across.setSpacing(14)
    for column in ((_type(), _buttons(), _fields()), (_states(), _methods(), _values()), (_notices(), _lists())):
        down = QVBoxLayout()
        down.setSpacing(14)
        for card in column:
            down.addWidget(card)
        down.addStretch(1)
        across.addLayout(down, 1)
    return page


def _type() -> Card:
    card = Card("Type")
    for role in ("figure", "head", "title", "strong", "body", "small", "caption", "mono", "code"):
        card.body.addWidget(Text(f"{role}: Ångström, Œuvre 0123", role))
    card.body.addWidget(ElidedLabel("A name so long that it cannot be shown on this line: " + "Wolfe" * 20))
    return card


def _buttons() -> Card:
    card = Card("Buttons", "key-round")
    line = QHBoxLayout()
    resting = QuietButton("Resting")
    resting.rest("Another check is still running.")
    for button in (PrimaryButton("Send", "check"), QuietButton("Quiet"), DangerButton("Freeze", "snowflake"), resting):
        line.addWidget(button)
    card.body.addLayout(line)
    more = QHBoxLayout()
    for widget in (IconButton("Copy", "copy"), QuietButton("Small", small=True), KeyHint("Ctrl+K")):
        more.addWidget(widget)
    more.addStretch(1)
    card.body.addLayout(more)
    reasoned = ReasonedButton(PrimaryButton("Reset link", "link"))
    reasoned.rest("The caller has not been proven yet: the reverse code takes about a minute.")
    card.body.addWidget(reasoned)
    return card


def _fields() -> Card:
    card = Card("Fields")
    outcome = Dropdown()
    outcome.addItems(["Recovered", "Not proven"])
    for widget in (
        SearchField("E-mail, phone, user name or customer number"),
        Field("Ticket", LineEdit("T-1042"), "Such as T-1042."),
        Field("Password", PasswordField()),
        Field("Six-digit code", CodeField("Six-digit code"), "From your authenticator app."),
        Field("Outcome", outcome),
        Field("Note", QPlainTextEdit()),
    ):
        card.body.addWidget(widget)
    return card


def _states() -> Card:
    card = Card("States: icon and word", "shield-check")
    for tones in (("neutral", "info", "ok"), ("warn", "bad", "plum")):
        line = QHBoxLayout()
        for tone in tones:
            line.addWidget(StateMark(tone, Tone(tone)))
            line.addWidget(Pill(f"State {tone}", Tone(tone)))
        line.addStretch(1)
        card.body.addLayout(line)
    line = QHBoxLayout()
    for name, side in (("Amara Okafor", 52), ("Ines Brandt", 34), ("李 小龙", 26), ("", 26)):
        line.addWidget(Avatar(name, side))
    line.addStretch(1)
    card.body.addLayout(line)
    return card


def _methods() -> Card:
    card = Card("Verify the caller", "shield-check")
    waiting = MethodRow("Reverse code by SMS", "The caller opened the link. Read the number out.")
    waiting.show_state("Waiting for the caller", Tone.INFO, "hourglass")
    waiting.deeds.add(Pill("Waiting, 9 min left", Tone.INFO, "hourglass"))
    number = CodeReadOut()
    number.show_code("418227")
    waiting.more.addWidget(number)
    passed = MethodRow("Authenticator app", "Passed 14:22, counts until 14:52")
    passed.show_state("Passed", Tone.OK, "check")
    refused = MethodRow("SMS code", "The SIM was swapped yesterday: it proves nothing.")
    refused.show_state("Refused", Tone.BAD, "ban")
    start = QuietButton("Start")
    start.rest("The SIM was swapped yesterday: it proves nothing.")
    refused.deeds.add(start)
    for row in (passed, waiting, refused):
        card.body.addWidget(row)
        card.body.addWidget(Rule())
    ready = ActionRow("link", PrimaryButton("Send"), "F8")
    ready.show_action("Password reset link", "To the e-mail address on file, 15 minutes", "")
    resting = ActionRow("smartphone", QuietButton("Reset"))
    resting.show_action("Reset authenticator", "", "Not yet: one more check of another kind.")
    card.body.addWidget(ready)
    card.body.addWidget(resting)
    return card


def _values() -> Card:
    card = Card("Values")
    line = QHBoxLayout()
    for caption, value, masked in (("E-mail", "a•••••r@p•••.example", True), ("Phone", "+234 700 000 4471", False)):
        shown = MaskedValue(caption)
        shown.show_value(value, masked=masked)
        line.addWidget(shown)
    card.body.addLayout(line)
    return card


def _notices() -> Card:
    card = Card("Telling people")
    for tone, sentence in (
        (Tone.INFO, "Reading the account again."),
        (Tone.OK, "The owner has a new password."),
        (Tone.WARN, "The service answers slowly. What you type is kept."),
        (Tone.BAD, "The service cannot be reached. Nothing was changed."),
    ):
        card.body.addWidget(Banner(sentence, tone))
    lesson = "Type what the caller tells you, exactly. One masked match or none: there is no browsing."
    card.body.addWidget(EmptyState("user-round-search", "No account yet", lesson, PrimaryButton("Look up", "search")))
    return card


def _lists() -> Card:
    card = Card("Lists")
    timeline = Timeline("Timeline")
    timeline.show_lines(
        (
            Happening("14:20", "Case opened for ticket T-1042"),
            Happening("14:22", "Authenticator app: passed", Tone.OK),
            Happening(
                "14:24", "Date did not match; the account's owner was told on every channel that is on file", Tone.BAD
            ),
        )
    )
    points = PointList("Needed for a reset link")
    points.show_points(
        (
            Point("A bound authenticator", "proven", Tone.OK, "circle-check"),
            Point(
                "A code to a contact point", "still missing", Tone.WARN, "circle-dashed", "Reverse code, about 1 min"
            ),
            Point("Remove the authenticator", "waiting", Tone.NEUTRAL, "circle-dashed"),
        )
    )
    card.body.addWidget(timeline)
    card.body.addWidget(Rule())
    card.body.addWidget(points)
    return card


def draw(folder: Path, theme: Theme, percents: tuple[int, ...]) -> list[Path]:
    """Write one PNG for each theme and text size; returns where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in CHOICES[1:]:
        for percent in percents:
            theme.apply(name, percent)
            page = gallery()
            page.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
            page.resize(WIDTH * percent // 100, 10)
            page.show()
            page.resize(page.width(), page.heightForWidth(page.width()))
            picture = page.grab()
            path = folder / f"gallery-{name}-{percent}@{picture.devicePixelRatio():g}x.png"
            picture.save(str(path))
            page.close()
            written.append(path)
    return written


def main(arguments: list[str]) -> int:
    """Draw into the folder that is named."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m tests.ui.gallery FOLDER\n")
        return 2
    app = QApplication(["rightful", "-style", "fusion"])
    load_fonts()
    for path in draw(Path(arguments[0]), Theme(app), (100, 130)):
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
