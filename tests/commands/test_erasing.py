"""`erase-words`: for the customer with this number, while the service runs or not, and the log stays sound."""

from pathlib import Path

from services.commands.opening import opened
from services.domain.staff import with_permissions
from services.usecases import cases
from services.vocabulary import Channel
from tests.commands.conftest import CommandLine

NUMBER = "RC0000042"


def typed(line: CommandLine, folder: Path) -> None:
    """A customer, and a case with two texts about them."""
    file = folder / "accounts.csv"
    file.write_text(f"customer_number,name,email\n{NUMBER},Amara Okafor,amara@postbox.example\n", "utf-8")
    assert line.run("import", str(file)) == 0
    line.add("bo")
    with opened(line.settings) as parts, parts.storage.changing() as work:
        staff = work.staff.by_login("bo")
        assert staff is not None
        staff = with_permissions(staff, parts.service.roles)
        case = cases.open_case(parts.service, work, staff, Channel.PHONE, "Amara, T-1042")
        cases.look_up(parts.service, work, staff, case.id, NUMBER)
        cases.note(parts.service, work, staff, case.id, "Amara calls again tomorrow")


def test_what_was_typed_is_erased_and_the_log_stays_sound(staffed: CommandLine, tmp_path: Path) -> None:
    typed(staffed, tmp_path)
    assert staffed.run("verify-log") == 0
    assert staffed.run("erase-words", "rc 0000042") == 0
    assert staffed.out == "Erased: 2 texts beside the audit log, 1 notes, 1 references of cases.\n"
    assert staffed.run("verify-log") == 0
    assert staffed.run("export-log", str(tmp_path / "export"), "--disclose-words") == 0
    assert (tmp_path / "export" / "prose.jsonl").read_bytes() == b""


def test_a_number_that_nobody_has_is_said_in_a_sentence(staffed: CommandLine) -> None:
    assert staffed.run("erase-words", "RC9999999") == 2
    assert staffed.err.endswith("There is no account with the customer number RC9999999.\n")
