"""`import`: fills the customers' directory from a file."""

from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields
from datetime import UTC, datetime
from functools import partial
from os import cpu_count
from pathlib import Path

from services.app import Parts, data_keys
from services.commands.arguments import Subparsers
from services.commands.errors import INTERRUPTED, Unusable
from services.commands.opening import opened, told
from services.commands.terminal import interruptible, say, warn
from services.domain.identifiers import REGIONS
from services.importing.csv_file import CsvFile
from services.importing.importer import Importer, batched
from services.importing.json_lines import JsonLines
from services.importing.keycloak import Attributes, RealmExport
from services.importing.pipeline import collect_rarely, prepared_chunks
from services.importing.preparing import preparer
from services.importing.progress import shown
from services.importing.record import NotImportable, Rules, Source
from services.importing.reporting import Counts, Report
from services.settings import Settings
from services.storage.bulk import make_room
from services.storage.data_keys import DataKey
from services.storage.key_file import KeyFile
from services.storage.migrating import embedded_file

BATCH = 10_000
"""Rows to a transaction: a larger one writes less, a smaller one keeps the desks waiting less."""
FORMATS = {"csv": "line", "jsonl": "line", "keycloak": "user"}
"""The formats, and what a place in each counts."""
_SUFFIXES = {".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "keycloak"}


def add_arguments(commands: Subparsers) -> None:
    """Add the command."""
    command = commands.add_parser(
        "import", help="fill the customers' directory from CSV, JSON Lines or a Keycloak export"
    )
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument("--format", choices=FORMATS, help="what the file is; otherwise its ending says it")
    command.add_argument("--dry-run", action="store_true", help="read everything, report everything, write nothing")
    command.add_argument("--update", action="store_true", help="let the file change accounts that are there already")
    command.add_argument("--report", type=Path, metavar="FILE", help="where each finding goes (FILE.report.csv)")
    command.add_argument("--region", type=_region, help="of phone numbers without a country code, such as GB")
    command.add_argument(
        "--unchanged-since", type=_date, metavar="DATE", help="vouch that undated contacts are unchanged since then"
    )
    command.add_argument("--ignore", action="append", default=[], metavar="COLUMN", help="leave out a column (CSV)")
    command.add_argument(
        "--attribute",
        type=_attribute,
        action="append",
        default=[],
        metavar="FIELD=NAME",
        help=f"which attribute of a realm holds {', '.join(one.name for one in fields(Attributes))} (Keycloak)",
    )
    command.add_argument(
        "--batch", type=_whole(1, 100_000), default=BATCH, metavar="ROWS", help=f"rows to a transaction ({BATCH:,})"
    )
    command.add_argument(
        "--workers", type=_whole(0, 64), default=_workers(), metavar="N", help="processes that read rows"
    )
    command.set_defaults(run=run)


def run(given: Namespace, settings: Settings) -> int:
    """Import the file; 1 if anything in it was not imported.

    Raises:
        Unusable: If the file cannot be imported at all.
    """
    kind = given.format or _SUFFIXES.get(given.file.suffix.lower())
    if kind is None:
        raise Unusable(f"What is {given.file}? Say it with --format {', '.join(FORMATS)}.")
    _require_fit(given, kind)
    report = _report(given, settings)
    try:
        with opened(settings) as parts:
            rules = _rules(given, parts)
            with closing(_source(given, kind, rules)) as source:
                return _imported(given, kind, parts, rules, source, report)
    except NotImportable as error:
        raise Unusable(str(error)) from None


def _require_fit(given: Namespace, kind: str) -> None:
    """An option that would do nothing is a slip."""
    if given.ignore and kind != "csv":
        raise Unusable("--ignore leaves out columns of CSV, and this is another format.")
    if given.attribute and kind != "keycloak":
        raise Unusable("--attribute names attributes of a Keycloak realm, and this is another format.")


def _report(given: Namespace, settings: Settings) -> Path:
    """Where the report goes: never over what is read, nor over what the service lives on."""
    path: Path = given.report or given.file.with_name(f"{given.file.name}.report.csv")
    kept = [given.file, settings.key_file, settings.worker_database]
    with told():
        database = embedded_file(settings.database_url)
    if database is not None:
        kept += [database, *(database.with_name(f"{database.name}{suffix}") for suffix in ("-wal", "-shm"))]
    if any(_is_same_file(path, one) for one in kept):
        raise Unusable(f"The report cannot go to {path}: that is what is imported, the database or its key.")
    return path


def _is_same_file(one: Path, other: Path) -> bool:
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


def _imported(given: Namespace, kind: str, parts: Parts, rules: Rules, source: Source, path: Path) -> int:
    collect_rarely()
    make_room(parts.database)
    with shown(source.size) as screen, closing(Report(path, FORMATS[kind], screen.tell)) as report:
        modes = {"update": given.update, "dry_run": given.dry_run}
        importer = Importer(parts.storage, parts.service.clock, report, **modes)
        make = partial(preparer, rules, *_keys(parts), given.update)
        try:
            with interruptible() as stop_if_asked:
                for batch in batched(prepared_chunks(source.rows(), make, given.workers), given.batch):
                    stop_if_asked()
                    importer.take(batch)
                    screen.at(source.position, report.counts)
        except KeyboardInterrupt:
            warn("Stopped. What was imported stays; the same command goes on from there.")
            return INTERRUPTED
        finally:
            importer.close()
    say(_summary(report.counts, path, dry_run=given.dry_run))
    return 0 if report.counts.is_clean else 1


def _summary(counts: Counts, path: Path, *, dry_run: bool) -> str:
    amounts = {
        "added": counts.added,
        "updated": counts.updated,
        "there already": counts.already_there + counts.unchanged,
        "not imported": counts.bad,
        "findings on imported rows": counts.noted,
    }
    what = ", ".join(f"{amount:,} {name}" for name, amount in amounts.items() if amount or name == "added")
    tried = "Nothing was written; it would be: " if dry_run else ""
    return f"{tried}{counts.read:,} rows read, {what}. Each finding is in {path}"


def _keys(parts: Parts) -> tuple[KeyFile, list[DataKey]]:
    """What another process seals with."""
    return data_keys(parts.database, KeyFile(parts.settings.key_file), parts.service.clock())


def _rules(given: Namespace, parts: Parts) -> Rules:
    now = parts.service.clock()
    if given.unchanged_since is not None and given.unchanged_since > now:
        raise Unusable("--unchanged-since lies in the future: nobody can vouch for that.")
    return Rules(
        spellings=parts.service.spellings,
        now=now,
        home=given.region or parts.service.spellings.regions[0],
        unchanged_since=given.unchanged_since,
    )


def _source(given: Namespace, kind: str, rules: Rules) -> Source:
    if kind == "csv":
        return CsvFile(given.file, [name.strip().lower() for name in given.ignore])
    if kind == "jsonl":
        return JsonLines(given.file)
    return RealmExport(given.file, rules.now, Attributes(**dict(given.attribute)), rules.unchanged_since)


def _workers() -> int:
    """One other process reads faster than one process writes; on a single processor there is nobody to help."""
    return min(1, (cpu_count() or 1) - 1)


def _region(text: str) -> str:
    if text.upper() not in REGIONS:
        raise ArgumentTypeError(f"a region has two letters, such as GB, and there is no region {text!r}")
    return text.upper()


def _date(text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ArgumentTypeError("a date is written 2026-11-21") from None


def _attribute(text: str) -> tuple[str, str]:
    name, _, attribute = text.partition("=")
    known = [one.name for one in fields(Attributes)]
    if name not in known or not attribute:
        raise ArgumentTypeError(f"write FIELD=NAME, with FIELD one of {', '.join(known)}")
    return name, attribute


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise ArgumentTypeError(f"a whole number from {least} to {most}")
        return int(text)

    return read
