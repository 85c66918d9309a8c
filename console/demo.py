"""The demo: a service of its own on this machine, with a cast of customers, and the phone that they all share.

Everything is made up and lives in a folder that is thrown away. Standard library only; nothing here is for production.
"""

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import monotonic
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

START_SECONDS = 60.0
"""How long the demo's service may take to start."""
ANSWER_SECONDS = 15.0
STOP_SECONDS = 10.0
_LOOK_EVERY = 0.05
_LINK = re.compile(r"https?://\S+/c/[\w-]+")


class DemoFailed(Exception):
    """The demo cannot go on; one sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoStaff:
    """A member of the demo's staff, with everything needed to sign in as them."""

    login: str
    name: str
    role: str
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)
    """Base32, as in an authenticator app."""

    def code(self) -> str:
        """What their authenticator app shows now."""
        return _code_now(self.totp_secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCustomer:
    """A customer of the cast, with what only they know."""

    id: str
    """Names their story: `amara`."""
    name: str
    story: str
    email: str
    phone: str
    customer_number: str
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)
    recovery_codes: tuple[str, ...] = field(repr=False)

    def code(self) -> str:
        """What their authenticator app shows now; empty when they have none."""
        return _code_now(self.totp_secret) if self.totp_secret else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A demo that runs."""

    server: str
    folder: Path
    token: str = field(repr=False)
    staff: tuple[DemoStaff, ...]
    customers: tuple[DemoCustomer, ...]

    def person(self, role: str) -> DemoStaff:
        """The first of the staff with a role."""
        return next(one for one in self.staff if one.role == role)

    def customer(self, wanted: str) -> DemoCustomer:
        """A customer by the name of their story."""
        return next(one for one in self.customers if one.id == wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneMessage:
    """A message that arrived."""

    id: str
    channel: str
    """`phone` or `email`."""
    to: str
    subject: str
    body: str
    sent_at: str

    @property
    def links(self) -> tuple[str, ...]:
        """Addresses of the customer's pages in it, in order."""
        return tuple(_LINK.findall(self.body))


@contextmanager
def running_demo(folder: Path | None = None) -> Iterator[Demo]:
    """Start a demo's service, and stop it at the end of the block. Its folder is thrown away unless one is given.

    Raises:
        DemoFailed: If it does not start.
    """
    with TemporaryDirectory(prefix="rightful-demo-", ignore_cleanup_errors=True) as made:
        place = folder or Path(made)
        place.mkdir(parents=True, exist_ok=True)
        ready = place / "ready.json"
        log_file = place / "service.log"
        with log_file.open("wb") as log:
            command = [sys.executable, "-m", "services", "demo", "--folder", str(place), "--ready-file", str(ready)]
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command, stdin=subprocess.PIPE, stdout=log, stderr=log
            )
        try:
            yield _demo(json.loads(_awaited(process, ready, log_file)), place)
        finally:
            _stop(process)


def _awaited(process: "subprocess.Popen[bytes]", ready: Path, log_file: Path) -> str:
    deadline, never = monotonic() + START_SECONDS, Event()
    while not ready.exists():
        if process.poll() is not None or monotonic() > deadline:
            last = log_file.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
            raise DemoFailed(f"The demo's service did not start. {' '.join(last)}")
        never.wait(_LOOK_EVERY)
    return ready.read_text(encoding="utf-8")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Closing its input tells it to stop, on every platform; what does not listen is ended."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_SECONDS)


def _demo(said: Mapping[str, Any], folder: Path) -> Demo:
    customers = ({**one, "recovery_codes": tuple(one["recovery_codes"])} for one in said["customers"])
    return Demo(
        server=said["server"],
        folder=folder,
        token=said["token"],
        staff=tuple(DemoStaff(**one) for one in said["staff"]),
        customers=tuple(DemoCustomer(**one) for one in customers),
    )


class DemoPhone:
    """The customers' phone and mailbox. Every call waits for the service: not for the thread that draws."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._last = ""
        self.messages: tuple[PhoneMessage, ...] = ()
        """Everything that arrived, oldest first."""

    def look(self) -> tuple[PhoneMessage, ...]:
        """Fetch what is new; returns it.

        Raises:
            DemoFailed: If the service does not answer.
        """
        address = f"{self._demo.server}/demo/messages?{urlencode({'after': self._last})}"
        request = urllib.request.Request(address, headers={"X-Demo-Token": self._demo.token})  # noqa: S310 - http only
        new = tuple(PhoneMessage(**one) for one in json.loads(_answered(request)))
        if new:
            self._last = new[-1].id
            self.messages = (*self.messages, *new)
        return new

    def open(self, link: str) -> str:
        """Open a link; the page's HTML."""
        return _answered(urllib.request.Request(link))  # noqa: S310 - a link of our own service

    def send(self, link: str, **fields: str) -> str:
        """Send the form of a page; the HTML of what comes back."""
        return _answered(urllib.request.Request(link, data=urlencode(fields).encode()))  # noqa: S310 - as above


def _code_now(secret: str) -> str:
    import pyotp  # start-up time: only the demo needs it

    return pyotp.TOTP(secret).now()


def _answered(request: urllib.request.Request) -> str:
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - loopback, http
            text: str = answer.read().decode()
            return text
    except HTTPError as error:
        with error:
            return error.read().decode()
    except OSError as error:
        raise DemoFailed(f"The demo's service does not answer: {error}.") from None


class _Heading(HTMLParser):
    """Finds what a page's first heading says."""

    def __init__(self) -> None:
        super().__init__()
        self._inside = False
        self.words: list[str] = []

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        """Notice where it begins."""
        self._inside = tag == "h1" and not self.words

    def handle_endtag(self, tag: str) -> None:
        """Notice where it ends."""
        self._inside = self._inside and tag != "h1"

    def handle_data(self, data: str) -> None:
        """Keep what is inside."""
        if self._inside:
            self.words.append(data)


def heading(page: str) -> str:
    """What a page's first heading says."""
    parser = _Heading()
    parser.feed(page)
    return " ".join("".join(parser.words).split())
