"""`import`: every good row is in the directory, every bad one is named, and it goes on from where it stopped."""

import csv
import json
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from services.app import Parts, build
from services.domain.account import Dossier
from services.domain.identifiers import candidates
from services.importing.importer import OPERATOR
from services.storage import tables
from services.vocabulary import ContactKind, Event
from tests.commands.conftest import CommandLine
from tests.importing.test_keycloak import otp, user
from tests.support.server import eventually

HEADER = "customer_number,name,username,email,email_verified_at,phone"
TABLES = ("accounts", "contact_points", "authenticators", "recovery_codes", "trusted_devices", "customer_sessions")
CANARY = "kanarienvogel"
"""Stands in every personal value of the canary test, and nowhere else."""


def row(number: int, **fields: str) -> str:
    """A good row, or one with something else in some columns."""
    usual = {
        "customer_number": f"RC{number:07}",
        "name": f"Customer {number}",
        "username": f"customer{number}",
        "email": f"customer{number}@postbox.example",
        "email_verified_at": "2025-01-01",
        "phone": f"07700 9{number:05}",
    }
    return ",".join((usual | fields).values())


def written(folder: Path, *rows_: str, header: str = HEADER, name: str = "accounts.csv") -> str:
    """A CSV file's path."""
    path = folder / name
    path.write_text("\n".join([header, *rows_]) + "\n", "utf-8")
    return str(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where files to import are."""
    made = tmp_path / "files"
    made.mkdir()
    return made


@pytest.fixture
def parts(command_line: CommandLine) -> Iterator[Parts]:
    """The service's parts beside the commands."""
    command_line.begin()
    with closing(build(command_line.settings)) as built:
        yield built


def imported(command_line: CommandLine, file: str, *more: str) -> int:
    """Run the import in this process alone."""
    return command_line.run("import", file, "--workers", "0", *more)


def findings(file: str) -> list[tuple[str, str, str]]:
    """The report beside an imported file, without its header."""
    with Path(f"{file}.report.csv").open(encoding="utf-8", newline="") as report:
        return [(place, what, why) for place, what, why in list(csv.reader(report))[1:]]


def amounts(parts: Parts) -> dict[str, int]:
    """How many rows each table of the directory has."""
    with parts.database.reading() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(tables.metadata.tables[name])) or 0
            for name in TABLES
        }


def dossier(parts: Parts, typed: str) -> Dossier:
    """What an agent's look-up would find."""
    with parts.storage.reading() as work:
        found = work.accounts.match(candidates(typed, parts.service.spellings))
        assert found is not None, typed
        return work.accounts.dossier(found)


def entries(parts: Parts) -> list[dict[str, Any]]:
    """What the audit log says of imports."""
    with parts.database.reading() as connection:
        table = tables.audit_entries
        texts = connection.scalars(select(table.c.text).order_by(table.c.serial))
        logged = [json.loads(text) for text in texts]
    return [one for one in logged if one["event"] == Event.ACCOUNTS_IMPORTED]


def test_csv_is_imported_and_found_again(command_line: CommandLine, parts: Parts, folder: Path) -> None:
    file = written(folder, row(1), row(2))
    assert imported(command_line, file) == 0
    assert command_line.out == f"2 rows read, 2 added. Each finding is in {file}.report.csv\n"
    assert amounts(parts) | {"accounts": 2, "contact_points": 4} == amounts(parts)
    for typed in ("RC0000002", "customer2", "customer2@postbox.example", "+447700900002"):
        found = dossier(parts, typed)
        assert (found.account.name, found.account.customer_number) == ("Customer 2", "RC0000002")
    assert findings(file) == []


def test_json_lines_bring_everything(command_line: CommandLine, parts: Parts, folder: Path) -> None:
    account = {
        "customer_number": "RC0418227",
        "name": "Amara Okafor",
        "contacts": [{"kind": "email", "value": "amara@postbox.example"}, {"kind": "phone", "value": "07700 900471"}],
        "authenticators": [{"kind": "totp", "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"}, {"kind": "passkey"}],
        "recovery_codes": {"salt": "00" * 16, "digests": ["ab" * 32]},
        "devices": [{"label": "Laptop"}],
        "sessions": [{}, {}],
    }
    file = folder / "accounts.jsonl"
    file.write_text(json.dumps(account) + "\n", "utf-8")
    assert imported(command_line, str(file)) == 0
    assert list(amounts(parts).values()) == [1, 2, 2, 1, 1, 2]
    found = dossier(parts, "amara@postbox.example")
    assert (found.trusted_devices, found.sessions) == (1, 2)
    assert found.recovery_codes is not None
    assert found.recovery_codes.digests == (b"\xab" * 32,)


def test_a_realm_export_is_imported_with_its_authenticators(
    command_line: CommandLine, parts: Parts, folder: Path
) -> None:
    file = folder / "realm.json"
    users = [user(credentials=[otp()]), user(username="bo", email=None, id="b0", credentials=[otp(digits=8)])]
    users[1]["attributes"] = {"mobile": ["07700 900472"]}
    file.write_text(json.dumps({"realm": "desk", "users": users}), "utf-8")
    assert imported(command_line, str(file), "--attribute", "phone=mobile") == 1
    assert [(place, what) for place, what, _ in findings(str(file))] == [("2", "noted")]
    assert "user 2: imported, but authenticator 1 uses SHA1, 8 digits" in command_line.err
    assert dossier(parts, "amara").authenticators[0].secret == b"12345678901234567890"
    bo = dossier(parts, "+447700900472")
    assert (bo.account.customer_number, bo.authenticators[0].secret) == ("b0", None)


def test_bad_rows_are_named_and_no_good_one_is_lost(command_line: CommandLine, parts: Parts, folder: Path) -> None:
    file = written(folder, row(1), row(2, phone="none"), "RC3", row(4, name=""), row(5), 'RC6,"', row(7))
    assert imported(command_line, file) == 1
    assert amounts(parts)["accounts"] == 3
    assert findings(file) == [
        ("3", "bad", "phone 1: value is not a phone number."),
        ("4", "bad", "it has 1 cells, and the header names 6 columns."),
        ("5", "bad", "name is missing."),
        ("7", "bad", "its quotes do not match."),
    ]
    assert command_line.err.splitlines() == [f"line {place}: {why}" for place, _, why in findings(file)]
    assert "7 rows read, 3 added, 4 not imported." in command_line.out


@pytest.mark.parametrize("batch", ["1", "2", "100"])
def test_a_number_and_a_name_are_taken_once(command_line: CommandLine, parts: Parts, folder: Path, batch: str) -> None:
    imported(command_line, written(folder, row(1, username="ada")))
    file = written(
        folder,
        row(2),
        row(3, username="Ada"),
        row(2, username="other"),
        row(3, username="free"),
        row(4, username="FREE"),
        row(5, username=""),
        row(6, username=""),
        name="more.csv",
    )
    assert imported(command_line, file, "--batch", batch) == 1
    assert findings(file) == [
        ("3", "bad", "its user name is another account's."),
        ("4", "bad", "its customer number is that of line 2 before it."),
        ("6", "bad", "its user name is that of line 5 before it."),
    ]
    assert amounts(parts)["accounts"] == 5


def test_a_dry_run_reports_the_same_and_writes_nothing(command_line: CommandLine, parts: Parts, folder: Path) -> None:
    file = written(folder, row(1), row(1), row(2, phone="x"), row(3, username="customer1"))
    assert imported(command_line, file, "--dry-run", "--batch", "1") == 1
    tried = findings(file)
    assert command_line.out.startswith("Nothing was written; it would be: 4 rows read, 1 added, 3 not imported.")
    assert set(amounts(parts).values()) == {0}
    assert entries(parts) == []
    assert imported(command_line, file, "--batch", "1") == 1
    assert findings(file) == tried
    assert amounts(parts)["accounts"] == 1


def test_the_same_command_goes_on_where_it_stopped(command_line: CommandLine, parts: Parts, folder: Path) -> None:
    imported(command_line, written(folder, row(1), row(2)))
    before = amounts(parts)
    file = written(folder, row(1), row(2, name="Changed"), row(3))
    assert imported(command_line, file) == 0
    assert "3 rows read, 1 added, 2 there already." in command_line.out
    assert findings(file) == [(line, "already there", "An account has this customer number.") for line in ("2", "3")]
    assert command_line.err == ""
    assert amounts(parts)["contact_points"] == before["contact_points"] + 2
    assert dossier(parts, "customer2").account.name == "Customer 2"
    assert imported(command_line, file) == 0
    assert "3 rows read, 0 added, 3 there already." in command_line.out


def test_an_update_changes_what_the_file_says_and_is_on_record(
    command_line: CommandLine, parts: Parts, folder: Path
) -> None:
    imported(command_line, written(folder, row(1), row(2)))
    before = dossier(parts, "customer2")
    file = written(folder, row(1), row(2, name="Changed", phone="07700 900999"), row(3))
    assert imported(command_line, file, "--update", "--dry-run") == 0
    assert dossier(parts, "customer2") == before
    assert imported(command_line, file, "--update") == 0
    assert "3 rows read, 1 added, 1 updated, 1 there already." in command_line.out
    found = dossier(parts, "customer2")
    assert (found.account.name, found.account.id, found.account.version) == ("Changed", before.account.id, 2)
    phones = [(one.value, one.retired_at is None) for one in found.contacts if one.kind is ContactKind.PHONE]
    assert sorted(phones) == [("+447700900002", False), ("+447700900999", True)]
    assert dossier(parts, "customer1").account.version == 1
    assert [one["details"] for one in entries(parts)] == [{"added": 2, "updated": 0}, {"added": 1, "updated": 1}]


def test_an_update_removes_what_the_file_no_longer_has(command_line: CommandLine, parts: Parts, folder: Path) -> None:
    header = "customer_number,name,totp_secret"
    imported(command_line, written(folder, "RC0000001,A,JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", header=header))
    assert amounts(parts)["authenticators"] == 1
    assert imported(command_line, written(folder, "RC0000001,A,", header=header), "--update") == 0
    assert amounts(parts)["authenticators"] == 0


def test_a_number_that_comes_twice_updates_once(command_line: CommandLine, parts: Parts, folder: Path) -> None:
    imported(command_line, written(folder, row(1)))
    file = written(folder, row(1, name="First"), row(1, name="Second"))
    assert imported(command_line, file, "--update", "--batch", "1") == 1
    assert findings(file) == [("3", "bad", "its customer number is that of line 2 before it.")]
    assert dossier(parts, "customer1").account.name == "First"


def test_each_batch_is_one_entry_with_numbers_only(command_line: CommandLine, parts: Parts, folder: Path) -> None:
    file = written(folder, *(row(number) for number in range(1, 8)))
    assert imported(command_line, file, "--batch", "3") == 0
    logged = entries(parts)
    assert [one["details"] for one in logged] == [{"added": added, "updated": 0} for added in (3, 3, 1)]
    assert {one["actor"] for one in logged} == {OPERATOR}
    assert command_line.run("verify-log") == 0


def test_nothing_personal_is_left_in_the_clear(command_line: CommandLine, parts: Parts, folder: Path) -> None:
    """Invariant 14; neither the database nor the report nor what is said shows a value."""
    good = {"name": CANARY, "username": f"{CANARY}.7", "email": f"{CANARY}@postbox.example", "phone": "07700 900777"}
    bad = [
        row(8, phone=f"{CANARY}"),
        row(9, email=f"{CANARY}@@"),
        f"{CANARY},{CANARY}",
        row(10, username=f"{CANARY} 7"),
    ]
    file = written(folder, row(7, **good), *bad)
    assert imported(command_line, file) == 1
    assert "verify-log" not in command_line.out
    parts.close()
    said = command_line.out + command_line.err + Path(f"{file}.report.csv").read_text("utf-8")
    assert len(findings(file)) == 4
    state = b"".join(path.read_bytes() for path in (command_line.folder / "state").iterdir())
    for secret in (CANARY, "900777", "0000007"):
        assert secret not in said
        assert secret.encode() not in state


def test_regions_dates_and_ignored_columns_are_as_the_operator_says(
    command_line: CommandLine, parts: Parts, folder: Path
) -> None:
    file = written(folder, "RC0000001,A,blue,030 901820", header="customer_number,name,colour,phone")
    more = ("--region", "de", "--unchanged-since", "2025-04-01", "--ignore", "Colour", "--format", "csv")
    assert imported(command_line, file, *more, "--report", str(folder / "else.csv")) == 0
    (contact,) = dossier(parts, "RC0000001").contacts
    assert (contact.value, contact.changed_at.isoformat()) == ("+4930901820", "2025-04-01T00:00:00+00:00")
    assert (folder / "else.csv").read_text() == "line,finding,reason\n"


def test_other_processes_read_the_same_as_this_one(command_line: CommandLine, parts: Parts, folder: Path) -> None:
    file = written(folder, *(row(number) for number in range(1, 2500)), row(2, phone="x"), row(2500))
    assert command_line.run("import", file, "--workers", "1", "--batch", "1000") == 1
    assert amounts(parts)["accounts"] == 2500
    assert findings(file) == [("2501", "bad", "phone 1: value is not a phone number.")]
    assert [one["details"]["added"] for one in entries(parts)] == [1000, 1000, 500]


@pytest.mark.slow
@pytest.mark.parametrize("stopped_by", [signal.SIGINT, signal.SIGKILL])
def test_wherever_it_is_stopped_it_goes_on_from_there(
    command_line: CommandLine, parts: Parts, folder: Path, stopped_by: signal.Signals
) -> None:
    """Each batch is there with its entry, or not at all (invariants 11 and 13)."""
    file = written(folder, *(row(number) for number in range(6000)))
    running = command_line.start("import", file, "--batch", "500", "--workers", "0")
    assert eventually(lambda: amounts(parts)["accounts"] > 0)
    running.send_signal(stopped_by)
    assert command_line.finish(running) == (130 if stopped_by is signal.SIGINT else -signal.SIGKILL)
    assert "Traceback" not in command_line.err
    stopped_at = amounts(parts)
    assert stopped_at["accounts"] == sum(one["details"]["added"] for one in entries(parts)) < 6000
    assert stopped_at["contact_points"] == 2 * stopped_at["accounts"]
    assert imported(command_line, file) == 0
    assert amounts(parts)["accounts"] == 6000
    assert amounts(parts)["contact_points"] == 12000
    assert len(findings(file)) == stopped_at["accounts"]


@pytest.mark.parametrize(
    ("name", "content", "more", "sentence"),
    [
        ("nowhere.csv", None, (), "nowhere.csv cannot be read: No such file"),
        ("accounts.csv", "", (), "accounts.csv is empty."),
        ("accounts.csv", "name\nA\n", (), "These columns are missing: customer_number."),
        ("accounts.xlsx", "PK", (), "Say it with --format csv, jsonl, keycloak."),
        ("realm.json", "{}", (), "holds no users"),
        ("accounts.jsonl", "{}\n", ("--report", "/proc/nowhere/report.csv"), "cannot be written"),
    ],
)
def test_what_cannot_be_imported_is_said_in_a_sentence(
    command_line: CommandLine, folder: Path, name: str, content: str | None, more: tuple[str, ...], sentence: str
) -> None:
    command_line.begin()
    if content is not None:
        (folder / name).write_text(content, "utf-8")
    assert imported(command_line, str(folder / name), *more) == 2
    assert sentence in command_line.err
    assert command_line.err.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "more", "sentence"),
    [
        ("a.csv", ("--ignore", "nope", "--ignore", "phone"), "There are no such columns to leave out: nope."),
        ("a.csv", ("--attribute", "phone=mobile"), "--attribute names attributes of a Keycloak realm"),
        ("a.jsonl", ("--ignore", "phone"), "--ignore leaves out columns of CSV"),
        ("a.csv", ("--unchanged-since", "2999-01-01"), "--unchanged-since lies in the future"),
    ],
)
def test_an_option_that_does_nothing_or_cannot_be_is_said_in_a_sentence(
    command_line: CommandLine, folder: Path, name: str, more: tuple[str, ...], sentence: str
) -> None:
    command_line.begin()
    assert imported(command_line, written(folder, row(1), name=name), *more) == 2
    assert sentence in command_line.err
    assert command_line.err.count("\n") == 1
    assert not (folder / f"{name}.report.csv").exists()


@pytest.mark.parametrize(
    "more",
    [
        ("--region", "Germany"),
        ("--region", "ZZ"),
        ("--batch", "0"),
        ("--workers", "-1"),
        ("--unchanged-since", "spring"),
        ("--unchanged-since", "0001-01-01T00:00:00+14:00"),
        ("--attribute", "x=y"),
    ],
)
def test_options_that_make_no_sense_are_refused(command_line: CommandLine, folder: Path, more: tuple[str, str]) -> None:
    with pytest.raises(SystemExit) as refused:
        imported(command_line, written(folder, row(1)), *more)
    assert refused.value.code == 2
