"""Who may sign in is decided at the server's command line: once for the first, and never without a trace."""

import re
from base64 import b32decode
from contextlib import closing
from dataclasses import replace

import pytest

from services.app import build
from services.commands.errors import Unusable
from services.commands.staff import OPERATOR
from services.domain.one_time import TotpKey
from services.domain.outcome import Entry, Outcome, Refused
from services.domain.staff import MOST_FAILURES
from services.secret import Secret
from services.storage import tables
from services.usecases.sign_in import sign_in
from services.vocabulary import SYSTEM, Event
from tests.commands.conftest import PASSWORD, CommandLine
from tests.support.totp import totp_now

SECRET = re.compile(r"^Secret +([A-Z2-7 ]+)$", re.MULTILINE)
"""The shown secret, in base 32."""


def shown_key(text: str) -> TotpKey:
    """What an authenticator app would have been set up with."""
    found = SECRET.search(text)
    assert found is not None, text
    return TotpKey(Secret(b32decode(found[1].replace(" ", ""))))


def recorded(command_line: CommandLine) -> list[tuple[str, str]]:
    """Event and actor of every audit entry, oldest first."""
    with closing(build(command_line.settings)) as parts, parts.database.reading() as connection:
        table = tables.audit_entries
        return [(row.event, row.actor) for row in connection.execute(table.select().order_by(table.c.serial))]


def test_the_first_administrator_signs_in_with_what_was_shown(command_line: CommandLine) -> None:
    asked = ("bootstrap", "--login", "Ada", "--name", "Ada Marsh", "--password-stdin")
    assert command_line.run_apart(*asked, stdin=f"{PASSWORD}\n") == 0, command_line.err
    assert "otpauth://totp/Example%20Company:ada?secret=" in command_line.out
    assert "█" in command_line.out
    assert PASSWORD not in command_line.out + command_line.err
    key = shown_key(command_line.out)
    with closing(build(command_line.settings)) as parts:
        now = parts.service.clock()
        signed_in = sign_in(parts.service, "ada", Secret(PASSWORD), totp_now(key, now))
    assert signed_in.staff.role == "administrator"
    assert recorded(command_line)[0] == (Event.STAFF_ADDED, OPERATOR)


def test_others_are_added_with_a_role(staffed: CommandLine) -> None:
    who = ("--login", "bo", "--name", "Bo Lind", "--role", "supervisor", "--password-stdin")
    assert staffed.run_apart("staff", "add", *who, stdin=PASSWORD) == 0, staffed.err
    assert len(shown_key(staffed.out).secret.reveal()) == 20
    assert "Role          supervisor\n" in staffed.out


def test_somebody_who_failed_too_often_is_given_new_credentials(staffed: CommandLine) -> None:
    """N-THR-01: no waiting helps, a new binding does, and the old one is of no use any more."""
    with closing(build(staffed.settings)) as parts, parts.storage.changing() as work:
        [ada] = work.staff.everybody()
        work.staff.put(replace(ada, failures=MOST_FAILURES))
        work.record(
            Outcome(state=None, entry=Entry(event=Event.SIGN_IN_FAILED, at=parts.service.clock(), actor=SYSTEM))
        )
    assert staffed.run("staff", "list") == 0
    assert "failed too often" in staffed.out
    assert staffed.run_apart("staff", "renew", ada.login, "--password-stdin", stdin=f"{PASSWORD} anew") == 0, (
        staffed.err
    )
    key = shown_key(staffed.out)
    with closing(build(staffed.settings)) as parts:
        now = parts.service.clock()
        code = totp_now(key, now)
        with pytest.raises(Refused):
            sign_in(parts.service, ada.login, Secret(PASSWORD), code)
        assert sign_in(parts.service, ada.login, Secret(f"{PASSWORD} anew"), code).staff.id == ada.id
    assert (Event.STAFF_RENEWED, OPERATOR) in recorded(staffed)


def test_nobody_is_renewed_who_is_not_there(staffed: CommandLine) -> None:
    assert staffed.run("staff", "renew", "nobody", "--password-stdin") == 2
    assert staffed.err == "rightful-server: Nobody has the sign-in name nobody.\n"


def test_bootstrap_works_once(staffed: CommandLine) -> None:
    again = ("bootstrap", "--login", "eve", "--name", "Eve", "--password-stdin")
    assert staffed.run(*again) == 2
    assert staffed.err.startswith("rightful-server: There are members of staff already")
    assert len(recorded(staffed)) == 1


def test_bootstrap_works_once_even_if_it_was_begun_twice(command_line: CommandLine) -> None:
    """A-12: who is asked for a password while somebody else becomes administrator, does not become one too."""
    command_line.begin()
    begun = command_line.start("bootstrap", "--login", "eve", "--name", "Eve", "--password-stdin")
    other = ("bootstrap", "--login", "ada", "--name", "Ada", "--password-stdin")
    assert command_line.run_apart(*other, stdin=PASSWORD) == 0
    assert command_line.finish(begun, PASSWORD) == 2
    assert "Secret" not in command_line.out
    assert len(recorded(command_line)) == 1


def test_a_password_is_typed_twice_and_never_shown(command_line: CommandLine) -> None:
    with command_line.at_terminal("bootstrap", "--login", "eve", "--name", "Eve") as terminal:
        for prompt in ("Password: ", "The same password again: "):
            terminal.reads(prompt)
            terminal.types(f"{PASSWORD}\n")
        assert terminal.exit_code() == 0
    assert SECRET.search(terminal.shown)
    assert PASSWORD not in terminal.shown
    assert recorded(command_line)[0] == (Event.STAFF_ADDED, OPERATOR)


def test_ctrl_c_is_no_trace_and_adds_nobody(command_line: CommandLine) -> None:
    with command_line.at_terminal("bootstrap", "--login", "eve", "--name", "Eve") as terminal:
        terminal.reads("Password: ")
        terminal.interrupts()
        assert terminal.exit_code() == 130
    assert terminal.shown.endswith("\nrightful-server: interrupted\n")
    assert "Traceback" not in terminal.shown
    assert recorded(command_line) == []


@pytest.mark.parametrize(("more", "sentence"), [((), "--password-stdin"), (("--password-stdin",), "no password")])
def test_without_a_password_nobody_is_added(command_line: CommandLine, more: tuple[str, ...], sentence: str) -> None:
    assert command_line.run_apart("bootstrap", "--login", "ada", "--name", "Ada", *more) == 2
    assert sentence in command_line.err
    assert recorded(command_line) == []


@pytest.mark.parametrize(
    ("login", "name", "password", "sentence"),
    [
        ("bo", "Bo", "short", "too short"),
        ("bo", "Bo", "password123", "breaches"),
        ("bolind", "Bo", "Bolind2027", "must not be the name"),
        ("bo", "Bo", "\ud800 is no letter", "Unicode text"),
        ("b o", "Bo", PASSWORD, "sign-in name is"),
        ("x" * 65, "Bo", PASSWORD, "sign-in name is"),
        ("bo", "  ", PASSWORD, "1 to 200 characters"),
        ("bo", "Bo\x07", PASSWORD, "1 to 200 characters"),
    ],
)
def test_who_cannot_be_added_is_told_why_in_a_sentence(
    command_line: CommandLine, login: str, name: str, password: str, sentence: str
) -> None:
    with pytest.raises(Unusable, match=sentence):
        command_line.add(login, name=name, password=password)


def test_staff_are_listed_with_role_and_state(staffed: CommandLine) -> None:
    staffed.add("Bo.Lind@desk.example")
    assert staffed.run("staff", "list") == 0
    assert [line.split() for line in staffed.out.splitlines()] == [
        ["LOGIN", "NAME", "ROLE", "STATE"],
        ["ada", "Ada", "Marsh", "administrator", "enabled"],
        ["bo.lind@desk.example", "Bo", "Lind", "agent", "enabled"],
    ]


def test_a_login_is_taken_once(staffed: CommandLine) -> None:
    who = ("--login", "ADA", "--name", "Ada", "--role", "agent", "--password-stdin")
    assert staffed.run_apart("staff", "add", *who, stdin=PASSWORD) == 2
    assert "ada already" in staffed.err


def test_a_role_is_changed_and_somebody_disabled_on_record(staffed: CommandLine) -> None:
    staffed.add("bo")
    assert staffed.run("staff", "role", "BO", "supervisor") == 0
    assert staffed.run("staff", "disable", "bo") == 0
    staffed.run("staff", "list")
    assert staffed.out.splitlines()[2].split() == ["bo", "Bo", "Lind", "supervisor", "disabled"]
    assert [event for event, actor in recorded(staffed) if actor == OPERATOR][2:] == [
        Event.STAFF_ROLE_CHANGED,
        Event.SESSIONS_ENDED,
        Event.STAFF_DISABLED,
        Event.SESSIONS_ENDED,
    ]


def test_who_was_disabled_is_enabled_and_not_renewed(staffed: CommandLine) -> None:
    """New credentials for somebody who cannot sign in would only look like help."""
    staffed.add("bo")
    staffed.run("staff", "disable", "bo")
    assert staffed.run("staff", "renew", "bo", "--password-stdin") == 2
    assert staffed.err.endswith("first: rightful-server staff enable bo\n")
    assert staffed.run("staff", "enable", "BO") == 0
    assert staffed.out == "bo can sign in again, with the password and the authenticator that they had.\n"
    staffed.run("staff", "list")
    assert staffed.out.splitlines()[2].split() == ["bo", "Bo", "Lind", "agent", "enabled"]
    assert recorded(staffed)[-1] == (Event.STAFF_ENABLED, OPERATOR)


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (("disable", "ada"), "ada is the last administrator"),
        (("role", "ada", "agent"), "ada is the last administrator"),
        (("role", "ada", "nurse"), "There is no role nurse; there are agent,"),
        (("enable", "nobody"), "Nobody has the sign-in name nobody."),
        (("disable", "nobody"), "Nobody has the sign-in name nobody."),
    ],
)
def test_what_may_not_be_done_to_staff(staffed: CommandLine, command: tuple[str, ...], sentence: str) -> None:
    assert staffed.run("staff", *command) == 2
    assert sentence in staffed.err
    assert len(recorded(staffed)) == 1
