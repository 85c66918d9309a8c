"""The documents say what is so: their tables are compared with the code, and what they name exists."""

import re
from dataclasses import MISSING, Field, fields
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from console import settings as desktop
from console.wording import load
from services.__main__ import parser
from services.api.pages.assets import PREFIX as CUSTOMER
from services.app import policy_file
from services.contract.audit import FILES_PATH
from services.contract.events import EVENTS_PATH
from services.contract.routes import PREFIX, ROUTES
from services.domain.policy_reading import read_policy
from services.settings import Settings
from services.settings import load as load_settings
from services.vocabulary import Method, Objection
from tests.architecture.source import ROOT, files, name, report
from ui.commands import CATALOGUE
from ui.subcommands import COMMANDS as DESKTOP_COMMANDS

PICTURE_BYTES = 250_000
"""A clone should stay small."""
SCREENS = 5 * 50
"""Lines of the README: five screens."""
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
NAMED_FILE = re.compile(r"`((?:services|console|ui|resources|docs)/[\w./-]+)`")
LINK = re.compile(r"\]\(([^)#:]+)\)")
SERVER = re.compile(r"(?:^ {4}|`)rightful-server (?:--config \S+ )?([a-z-]+)", re.MULTILINE)
DESKTOP = re.compile(r"(?:^ {4}|`)rightful ([a-z-]+)", re.MULTILINE)
NIST_THREATS = (
    "Social engineering of support staff",
    "SIM redirection",
    "Authentication fatigue",
    "Unauthorized binding",
    "Insider: a representative who colludes",
)
"""Source: NIST SP 800-63B-4 tables 3 and 4 (N-REC-23)."""
SPANS = {"minutes": "minutes", "hour": "hours", "hours": "hours"}


def text(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def documents() -> list[Path]:
    return [path for path in files("docs", beside=True) if path.suffix == ".md"]


def tables(path: str) -> list[list[list[str]]]:
    """The tables of a document: rows of cells, without the head."""
    found: list[list[list[str]]] = [[]]
    for line in text(path).splitlines():
        if not line.startswith("|"):
            found.append([])
            continue
        found[-1].append([cell.strip() for cell in line.strip("|").split(" | ")])
    return [table[2:] for table in found if table]


def table_with(path: str, first_cell: str) -> list[list[str]]:
    """The table of a document in which some row starts with *first_cell*."""
    return next(table for table in tables(path) if any(row[0] == first_cell for row in table))


def plain(cell: str) -> str:
    return cell.strip("`")


def test_the_keys_are_those_of_the_desktop() -> None:
    told = [[plain(cell) for cell in row] for row in table_with("docs/agents.md", "`Ctrl+K`")]
    assert told == [[one.shortcut or "–", one.title, one.section] for one in CATALOGUE]


def test_reasons_are_told_in_the_words_of_the_desktop() -> None:
    wording = load()
    said = {wording.sentence("objection", code) for code in Objection}
    told = {row[0] for row in table_with("docs/agents.md", "Not enough is proven yet.")}
    assert told <= said


def test_the_handbook_has_the_numbers_of_the_policy() -> None:
    policy, said = (
        read_policy(policy_file(load_settings({}), "recovery.toml").table),
        " ".join(text("docs/agents.md").split()),
    )
    lapses = {int(method.lapses / timedelta(minutes=1)) for method in policy.methods.values()}
    assert f"within the last {policy.quarantine.days} days" in said
    assert f"a case has {policy.lookups_per_case} tries" in said
    assert f"nothing happens for {policy.case_idle // timedelta(hours=1)} hours closes itself" in said
    assert [f"counts for {minutes} minutes" in said for minutes in lapses] == [True]
    quickest = sorted(policy.methods, key=lambda method: policy.methods[method].seconds)
    assert quickest[:2] == [Method.TOTP, Method.REVERSE_CODE]
    assert "it is also the quickest; only the authenticator app" in said


def default_of(field: Field[Any]) -> str | None:
    """A default as the table has it; None where the machine decides."""
    if field.default is MISSING:
        return None
    if field.default is None:
        return "none"
    value = ", ".join(field.default) if isinstance(field.default, tuple) else str(field.default)
    return f"`{value}`" if value else "empty"


def test_every_setting_of_the_service_is_documented_with_its_default() -> None:
    told = {plain(row[0]): row[1] for row in table_with("docs/operators.md", "`port`")}
    known = {field.name: default_of(field) for field in fields(Settings)}
    assert list(told) == list(known)
    assert {one: told[one] for one, default in known.items() if default is not None} == {
        one: default for one, default in known.items() if default is not None
    }


def test_every_setting_of_the_desktop_is_documented() -> None:
    told = [plain(row[0]) for row in table_with("docs/operators.md", "`text_size`")]
    assert sorted(told) == sorted(desktop.Settings._fields)


def test_the_limits_are_those_of_the_policy() -> None:
    """A-09: what is documented is what is enforced, and nothing that limits is left out."""
    policy = policy_file(load_settings({}), "recovery.toml").table
    sections = ("attempts", "attempts_together", "sends", "sends_daily", "cases", "lookups", "freshness")
    known = {f"{section}.{key}": str(value) for section in sections for key, value in policy[section].items()}
    assert {plain(row[0]): row[1] for row in table_with("docs/operators.md", "`attempts.limit`")} == known


def test_the_limits_for_staff_are_those_of_the_code() -> None:
    """A-28: how long a session may last and idle, and how a login rests."""
    wrong = []
    for row in table_with("docs/operators.md", "`services.domain.staff.SESSION_IDLE`"):
        module, _, constant = plain(row[0]).rpartition(".")
        number, _, unit = row[1].partition(" ")
        said = timedelta(**{SPANS[unit]: int(number)}) if unit else int(number)
        if getattr(import_module(module), constant) != said:
            wrong.append(f"{row[0]} is not {row[1]}")
    report(wrong, "docs/operators.md tells the limits of the code.")


def test_every_way_in_is_in_the_threat_model() -> None:
    """A-10: no pathway is undocumented."""
    ways = {f"{route.method} {PREFIX}{route.path}" for route in ROUTES}
    ways |= {f"GET {PREFIX}{EVENTS_PATH}", f"GET {CUSTOMER}/{{token}}", f"POST {CUSTOMER}/{{token}}"}
    ways |= {f"GET {PREFIX}{FILES_PATH}/{file}" for file in ("checkpoint", "tile/{path}", "proof/{index}")}
    told = [plain(row[0]) for row in table_with("docs/threat-model.md", "`POST /v1/sessions`")]
    assert set(told) == ways
    assert len(told) == len(ways)


def test_the_threats_that_nist_names_have_a_control_and_a_test() -> None:
    """N-REC-23."""
    rows = {row[0].strip("*"): row for row in table_with("docs/threat-model.md", f"**{NIST_THREATS[0]}**")}
    assert [one for one in NIST_THREATS if one not in rows] == []
    report([row[0] for row in rows.values() if not NAMED_TEST.search(row[2])], "Every threat names a test.")


def test_tests_that_documents_name_exist() -> None:
    missing = [
        f"{name(document)}: {path}::{test}"
        for document in documents()
        for path, test in NAMED_TEST.findall(document.read_text("utf-8"))
        if not (ROOT / path).is_file() or (test and f"def {test}(" not in text(path))
    ]
    report(missing, "A document names a test that there is not.")


def test_files_that_documents_name_exist() -> None:
    missing = [
        f"{name(document)}: {path}"
        for document in documents()
        for path in [
            *((ROOT / found) for found in NAMED_FILE.findall(document.read_text("utf-8"))),
            *((document.parent / found) for found in LINK.findall(document.read_text("utf-8"))),
        ]
        if not path.exists()
    ]
    report(missing, "A document names a file that there is not.")


def server_commands() -> set[str]:
    """What `rightful-server --help` lists."""
    return {command for action in parser()._actions for command in action.choices or ()}


@pytest.mark.parametrize("pattern", [SERVER, DESKTOP])
def test_programs_that_documents_name_know_the_command(pattern: re.Pattern[str]) -> None:
    known = server_commands() if pattern is SERVER else set(DESKTOP_COMMANDS)
    unknown = [
        f"{name(document)}: {command}"
        for document in documents()
        for command in pattern.findall(document.read_text("utf-8"))
        if command not in known
    ]
    report(unknown, "A document names a command that the program does not have.")


def test_the_readme_is_five_screens_at_most() -> None:
    assert len(text("README.md").splitlines()) <= SCREENS


def test_pictures_are_small_and_shown() -> None:
    pictures = {name(path): path.stat().st_size for path in files("docs/pictures")}
    report([path for path, size in pictures.items() if size > PICTURE_BYTES], "A picture is too large.")
    report([path for path in pictures if f"({path})" not in text("README.md")], "A picture is shown nowhere.")
