"""`verify-log` and `export-log`: the audit log is proven, here or by anybody who does not trust us."""

from argparse import Namespace
from contextlib import suppress
from pathlib import Path

from services.app import Parts
from services.commands.arguments import Subparsers
from services.commands.errors import Unusable
from services.commands.opening import opened
from services.commands.terminal import say, warn
from services.domain.audit.export import read_notes
from services.domain.audit.report import Report
from services.domain.audit.signing import verify_ed25519
from services.domain.audit.verify import verify_export
from services.proofs import ProofError, VerifierKey, parse_vkey
from services.settings import Settings
from services.storage.audit_check import verify_database
from services.storage.audit_export import export_log, open_folder
from services.storage.audit_nodes import NodeMissing
from services.storage.data_keys import Unreadable
from services.storage.last_signed import MemoryUnreadable


def add_arguments(commands: Subparsers) -> None:
    """Add both commands."""
    verify = commands.add_parser("verify-log", help="check the audit log, in the database or exported")
    verify.add_argument(
        "--export", type=Path, metavar="DIR", help="check an exported log; needs no database and no service"
    )
    verify.add_argument("--key", metavar="VKEY", help="the log's verifier key, from anywhere but the export itself")
    verify.add_argument(
        "--remembered", type=Path, action="append", default=[], metavar="FILE", help="checkpoints seen earlier"
    )
    verify.set_defaults(run=verify_log)
    export = commands.add_parser("export-log", help="write the audit log to a new folder that anyone can check")
    export.add_argument("folder", type=Path, metavar="DIR")
    export.add_argument("--disclose-words", action="store_true", help="with what people typed, which may be personal")
    export.set_defaults(run=export_to)


def verify_log(given: Namespace, settings: Settings) -> int:
    """Check the log; 1 if anything is wrong with it.

    Raises:
        Unusable: If there is no key to check an export with, or a file cannot be read.
    """
    remembered = [note for path in given.remembered for note in _notes(path)]
    key = _key(given.key) if given.key else None
    report = _exported(given.export, key, remembered) if given.export else _stored(settings, key, remembered)
    return _told(report)


def export_to(given: Namespace, settings: Settings) -> int:
    """Integrate what waits, and export the log.

    Raises:
        Unusable: If the folder exists or cannot be written, the database was tampered with or rolled back, or words
            cannot be opened. No half of an export stays.
    """
    with opened(settings) as parts:
        try:
            integrate(parts)
            parts.audit.check()
            with parts.database.reading() as connection:
                disclose = parts.sealer if given.disclose_words else None
                head = export_log(connection, parts.audit.key, given.folder, disclose=disclose)
        except (ProofError, NodeMissing) as error:
            raise Unusable(f"The log in the database is not what was signed ({error}); run: verify-log") from None
        except Unreadable as error:
            place = parts.database.engine.url.database
            raise Unusable(f"Words in {place} cannot be opened ({error}); run: verify-log") from None
        except MemoryUnreadable:
            raise
        except FileExistsError:
            raise Unusable(f"{given.folder} exists already: an export goes into a new folder.") from None
        except OSError as error:
            raise Unusable(f"{given.folder} cannot be written: {error.strerror}.") from None
        say(f"{head.size} entries were exported to {given.folder}.")
        say(f"Check them with: rightful-server verify-log --export {given.folder} --key '{parts.audit.key}'")
    return 0


def _exported(folder: Path, key: VerifierKey | None, remembered: list[str]) -> Report:
    if key is None:
        raise Unusable("An export proves nothing without the log's key: give it with --key.")
    if not folder.is_dir():
        raise Unusable(f"There is no folder {folder}.")
    try:
        return verify_export(open_folder(folder), key, verify_ed25519, remembered)
    except OSError as error:
        raise Unusable(f"{error.filename or folder} cannot be read: {error.strerror}.") from None


def _stored(settings: Settings, key: VerifierKey | None, remembered: list[str]) -> Report:
    """Entries that wait for their place get it first, so that none is left out; a broken log takes none.

    What was signed last, as it is kept beside the key, is compared too: a database that was rolled back shows (L-04).
    """
    with opened(settings) as parts:
        with suppress(ProofError, NodeMissing):
            integrate(parts)
        with parts.database.reading() as connection:
            known = [*remembered, *parts.audit.remembered()]
            report = verify_database(connection, parts.sealer, key or parts.audit.key, known)
        say(f"Key          {key or parts.audit.key}")
    return report


def integrate(parts: Parts) -> None:
    """Give every waiting entry its place.

    Raises:
        ProofError: If the database was tampered with or rolled back.
        NodeMissing: The same.
    """
    while parts.audit.integrate() is not None:
        pass


def _told(report: Report) -> int:
    say(f"Entries      {report.entries}")
    say(f"Root         {report.root.hex()}")
    say(f"Checkpoints  {report.checkpoints} stored and {report.remembered} remembered were compared")
    for finding in report.findings:
        warn(finding.sentence)
    if report.omitted:
        warn(f"And {report.omitted} more of the same kinds.")
    say("The log is sound." if report.is_sound else "The log is NOT sound.")
    return 0 if report.is_sound else 1


def _key(text: str) -> VerifierKey:
    try:
        return parse_vkey(text.strip())
    except ProofError as error:
        raise Unusable(f"--key is not a verifier key: {error}.") from None


def _notes(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            return [note.decode() for note in read_notes(file)]
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Unusable(f"{path} holds no checkpoints.") from None
