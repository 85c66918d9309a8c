"""Every page in every state that it can be in, as pictures to look at: `python -m tests.ui.pictures FOLDER`.

One folder for each theme and text size. Set `QT_QPA_PLATFORM=offscreen` without a screen, and `QT_SCALE_FACTOR=2` for a
dense one.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication

from console.state.desk_state import Act, Connection, DeskState, Draft, Intent, Message, Standing, WitnessState
from console.state.desk_state import Tone as Said
from services.contract.problems import Reason
from services.vocabulary import CaseId, Objection, Risk
from tests.ui.cards import (
    account,
    ago,
    case,
    closed,
    desk,
    found,
    lines,
    recovery,
    recovery_code_pending,
    reverse_passed,
    reverse_pending,
    totp_pending,
)
from tests.ui.looking import settle
from tests.ui.stage import SHELL, Stage, witnessed
from ui.pages.sign_in import SignInState
from ui.shell_state import LinkState
from ui.theme import Theme, load_fonts
from ui.widgets.tone import Tone

THEMES = ("light", "dark", "contrast")
SIZES = {100: (1440, 900), 200: (1920, 1080)}
"""Text size in percent, and the window that it is looked at in."""
LONG = "Wolfeschlegelsteinhausenbergerdorff-Ångström Œuvre-Featherstonehaugh III"
DOMAIN = "wolfeschlegelsteinhausenbergerdorff-ångström.example"
OFFLINE = LinkState("Offline", Tone.BAD, "wifi-off", "The service cannot be reached; we keep trying.")
SLOW = LinkState("Slow", Tone.WARN, "clock", "Answers take longer than usual.")


def long_names() -> DeskState:
    """Names, labels and references as long as they come."""
    card = found(reverse_pending(), risk=Risk.ELEVATED, risk_reasons=(Reason(code=Objection.SIM_SWAPPED),))
    known = account()
    contacts = tuple(replace(one, masked=f"w•••••i@{DOMAIN}") for one in known.contacts)
    devices = tuple(replace(one, label=f"{LONG} telephone") for one in known.authenticators)
    return desk(
        replace(
            card,
            reference="INC-2026-000000000000000000000000000000000000000000000000001042",
            account=replace(known, name=LONG, contacts=contacts, authenticators=devices),
        ),
        cases=lines(60),
        cases_after="case_60",
        draft=f"{LONG} says that nothing works. " * 12,
    )


def _said(tone: Said, text: str, act: Act, about: str = "") -> Message:
    return Message(tone=tone, text=text, intent=Intent(act, about))


STATES: dict[str, Callable[[], DeskState]] = {
    "caller-first-day": lambda: desk(cases=()),
    "caller-cases": lambda: desk(cases=lines(60), cases_after="case_60"),
    "caller-drafts": lambda: desk(
        cases=lines(3),
        drafts_safe=False,
        unsent=(Draft(case_id=CaseId("case_2"), number="C-20416", text="Called back", saved_at=ago(minutes=3)),),
    ),
    "caller-opened": lambda: desk(case()),
    "caller-no-match": lambda: desk(replace(case(), lookup="no_match", lookups_left=1)),
    "caller-found": lambda: desk(found()),
    "caller-resuming": DeskState,
    "caller-pending": lambda: desk(found(reverse_pending(), totp_pending())),
    "caller-recovery-code": lambda: desk(found(reverse_passed(), recovery_code_pending())),
    "caller-proven": lambda: desk(found(reverse_passed(), proven=True)),
    "caller-recovering": lambda: desk(found(reverse_passed(), proven=True, recoveries=(recovery(),))),
    "caller-closed": lambda: desk(closed()),
    "caller-slow": lambda: desk(
        found(),
        busy=frozenset({Intent(Act.START_CHECK, found().methods[0].option)}),
        slow=frozenset({Intent(Act.START_CHECK, found().methods[0].option)}),
    ),
    "caller-offline": lambda: desk(
        found(reverse_pending()),
        live=Connection.OFFLINE,
        message=_said(Said.TROUBLE, "The service cannot be reached. Nothing was lost; try again.", Act.NOTE),
        draft="The caller will ring again at ten.",
    ),
    "caller-refused": lambda: desk(
        found(),
        message=_said(Said.REFUSED, "The account is frozen. The owner said that it was not them.", Act.RUN_ACTION),
    ),
    "caller-fault": lambda: desk(
        case(), message=_said(Said.FAULT, "Something broke at the service. Its number is 4f1c-90aa.", Act.LOOK_UP)
    ),
    "caller-long": long_names,
    "caller-ending": lambda: desk(found(reverse_pending())),
    "audit-unknown": desk,
    "audit-consistent": lambda: witnessed(standing=Standing.CONSISTENT, sentence="Everything seen so far is one log."),
    "audit-unproven": lambda: witnessed(standing=Standing.UNPROVEN, sentence="The proof was not to be had just now."),
    "audit-alarm": lambda: desk(
        witness=WitnessState(
            standing=Standing.ALARM,
            size=20418,
            checked_at=ago(minutes=3),
            sentence="The log lost entries: it had 20,418.",
        )
    ),
    "settings": desk,
}
SIGN_INS = {
    "sign-in": SignInState(server="https://desk.example.com"),
    "sign-in-busy": SignInState(server="https://desk.example.com", busy="Signing in…"),
    "sign-in-wrong": SignInState(
        server="https://desk.example.com", error="That is not right: check your login, password and code."
    ),
    "sign-in-ended": SignInState(
        server="https://recovery-desk.eu-central.a-very-long-company-name.example:8443",
        notice="Your session has ended. Sign in to go on.",
    ),
}


def shoot(stage: Stage, folder: Path) -> None:
    """A picture of everything, in the look that is set."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in STATES.items():
        links = {Connection.OFFLINE: OFFLINE, Connection.SLOW: SLOW}
        state = make()
        ending = "You will be signed out at 14:45; what you typed is kept." if name == "caller-ending" else ""
        stage.window.show_shell(
            SHELL._replace(link=links.get(state.connection, SHELL.link), ending=ending, can_stay=bool(ending))
        )
        stage.show(desk())
        stage.show(state, name.split("-", 1)[0])
        _save(stage, folder / f"{name}.png")
    for name, page in SIGN_INS.items():
        stage.window.show_sign_in(page)
        _save(stage, folder / f"{name}.png")


def _save(stage: Stage, file: Path) -> None:
    settle(6)
    stage.window.grab().save(str(file))


def main(arguments: list[str]) -> int:
    """Write the pictures; 0 when they were written."""
    folder = Path(arguments[0] if arguments else "build/pictures")
    app = QApplication([*sys.argv[:1], "-style", "fusion"])
    load_fonts()
    theme = Theme(app)
    for choice in THEMES:
        for percent, size in SIZES.items():
            theme.choose(choice, percent)
            shoot(Stage(theme, *size), folder / f"{choice}-{percent}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
