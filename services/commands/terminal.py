"""What commands say, and what they ask."""

import getpass
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from types import FrameType

import segno

from services.commands.errors import Unusable
from services.secret import Secret

Ask = Callable[[str], str]
"""Shows a prompt and returns what was typed, unseen."""


def say(text: str = "") -> None:
    """A line for the person, on standard output."""
    sys.stdout.write(f"{text}\n")


def warn(text: str) -> None:
    """A line about something amiss, on standard error."""
    sys.stderr.write(f"{text}\n")


def password_from_standard_input() -> Secret[str]:
    """The first line of standard input.

    Raises:
        Unusable: If it is empty, or not UTF-8.
    """
    try:
        line = sys.stdin.readline().rstrip("\r\n")
    except UnicodeDecodeError:
        raise Unusable("The password on standard input is not UTF-8.") from None
    if not line:
        raise Unusable("There is no password on standard input.")
    return Secret(line)


def password_typed_twice(ask: Ask = getpass.getpass) -> Secret[str]:
    """A new password, typed twice at the terminal and not shown.

    Raises:
        Unusable: If the two differ, or there is no terminal.
    """
    if not sys.stdin.isatty():
        raise Unusable(
            "There is no terminal to type the password at: give it on standard input, with --password-stdin."
        )
    first, second = Secret(ask("Password: ")), Secret(ask("The same password again: "))
    if first != second:
        raise Unusable("The two passwords differ.")
    return first


def show_qr(content: Secret[str]) -> None:
    """A QR code in half blocks; nothing where the terminal has no such characters."""
    drawn = StringIO()
    segno.make(content.reveal(), error="m", micro=False).terminal(out=drawn, border=2, compact=True)
    try:
        drawn.getvalue().encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return
    say(drawn.getvalue())


@contextmanager
def interruptible() -> Iterator[Callable[[], None]]:
    """Inside, Ctrl-C is raised where what is given here is called, and a second Ctrl-C anywhere. Main thread only.

    Raised anywhere, the first could come while Python tidies up, where it drops every exception, this one too.
    """
    asked = False

    def note(_signal: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def stop_if_asked() -> None:
        if asked:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, note)
    try:
        yield stop_if_asked
    finally:
        signal.signal(signal.SIGINT, before)
