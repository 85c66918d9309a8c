"""The composition root of the server: every part is made here, once, and handed to those who need it."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from re import compile as pattern
from typing import Any
from zoneinfo import ZoneInfo

from services.connectors.message_texts import MessageTexts
from services.connectors.messengers import DemoPhone, NoMessenger
from services.connectors.randomness import SystemRandomness
from services.domain.audit.signing import Ed25519Signer
from services.domain.identifiers import Spellings
from services.domain.policy_reading import PolicyError, demand_usable, read_policy, read_roles
from services.settings import Settings
from services.storage.audit_store import AuditStore
from services.storage.blocklist import blocklist
from services.storage.data_key_rows import add_keys, load_keys
from services.storage.data_keys import DataKey, KeyRing, Purpose, first_data_keys, unwrapped
from services.storage.database import Database
from services.storage.key_file import KeyFile, KeyInMemory
from services.storage.key_rotation import settle
from services.storage.last_signed import LastSignedFile
from services.storage.outbox import SqlOutbox
from services.storage.password_hashing import PasswordHashing
from services.storage.sealing import Sealer
from services.storage.unit_of_work import SqlStorage
from services.usecases.ports import Clock
from services.usecases.service import Service
from services.wording import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFile:
    """A policy file as it was read: the operator's, or the one that is shipped."""

    name: str
    octets: bytes
    table: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything that a server process is made of."""

    settings: Settings
    database: Database
    sealer: Sealer
    storage: SqlStorage
    service: Service
    audit: AuditStore
    outbox: SqlOutbox
    desk: Desk

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def utc_now() -> datetime:
    """The time now, aware, UTC."""
    return datetime.now(UTC)


def build(settings: Settings, clock: Clock = utc_now) -> Parts:
    """Make every part. The database is migrated already.

    Raises:
        KeyUnusable: If the key is missing, or not kept safely.
        PolicyError: If the policy is nonsense.
        Unreadable: If the key is not this database's.
    """
    database = Database(settings.database_url, settings.threads)
    keyring, rows = data_keys(database, KeyFile(settings.key_file), clock())
    return _assembled(settings, clock, database, keyring, rows)


def unconnected(settings: Settings, clock: Clock = utc_now) -> Parts:
    """Every part with a key of this moment and a database that nobody opens: to describe the service, not to run it.

    Raises:
        PolicyError: If the policy is nonsense.
    """
    keyring = KeyInMemory()
    return _assembled(settings, clock, Database("sqlite:///nowhere.db"), keyring, first_data_keys(keyring, clock()))


def _assembled(
    settings: Settings, clock: Clock, database: Database, keyring: KeyRing, rows: Sequence[DataKey]
) -> Parts:
    sealer = Sealer(keyring, rows)
    storage = SqlStorage(database, sealer, clock)
    signer = log_signer(settings, keyring, rows)
    desk = desk_of(settings)
    policy_read, roles_read = policy_file(settings, "recovery.toml"), policy_file(settings, "roles.toml")
    policy, roles = read_policy(policy_read.table), read_roles(roles_read.table)
    demand_usable(policy, roles)
    service = Service(
        storage=storage,
        clock=clock,
        randomness=SystemRandomness(),
        policy=policy,
        roles=roles,
        policy_digest=policy_digest(policy_read, roles_read),
        passwords=PasswordHashing(sealer.pepper),
        blocklist=blocklist(),
        texts=MessageTexts(desk),
        messenger=DemoPhone() if settings.messenger == "demo" else NoMessenger(),
        spellings=Spellings(
            regions=settings.regions,
            customer_number=pattern(settings.customer_number),
            customer_prefix=settings.customer_prefix,
        ),
        company=settings.company,
        public_url=settings.base_url,
    )
    return Parts(
        settings=settings,
        database=database,
        sealer=sealer,
        storage=storage,
        service=service,
        audit=AuditStore(database, sealer, signer, clock, last_signed(settings)),
        outbox=SqlOutbox(database, clock),
        desk=desk,
    )


def last_signed(settings: Settings) -> LastSignedFile:
    """Where what the log signed last is remembered: beside the key, and not in the database's backup."""
    return LastSignedFile(settings.key_file.with_name("last-signed"))


def desk_of(settings: Settings) -> Desk:
    """Who we are to the owner."""
    return Desk(
        company=settings.company,
        support_phone=settings.support_phone,
        support_hours=settings.support_hours,
        base_url=settings.base_url,
        language=settings.language,
        zone=ZoneInfo(settings.zone),
    )


def data_keys(database: Database, file: KeyFile, now: datetime) -> tuple[KeyFile, list[DataKey]]:
    """The key file that opens the database, and the wrapped data keys; a new database gets its first ones.

    Raises:
        KeyUnusable: If the key is missing, or not kept safely.
    """
    with database.changing() as connection:
        rows = load_keys(connection)
        if rows:
            return settle(file, rows), rows
        fresh = list(first_data_keys(file, now))
        add_keys(connection, fresh)
        return file, fresh


def log_signer(settings: Settings, keyring: KeyRing, rows: Sequence[DataKey]) -> Ed25519Signer:
    """Who signs the audit log's checkpoints."""
    seed = next(row for row in rows if row.purpose is Purpose.LOG)
    return Ed25519Signer(settings.log_origin, unwrapped(keyring, seed).reveal())


def policy_file(settings: Settings, name: str) -> PolicyFile:
    """Read and parse a policy file.

    Raises:
        PolicyError: If it cannot be read, or is not TOML.
    """
    shipped = files("resources").joinpath("policy", name)
    place = settings.policy_dir / name if settings.policy_dir is not None else shipped
    try:
        octets = place.read_bytes()
        return PolicyFile(name=name, octets=octets, table=tomllib.loads(octets.decode()))
    except OSError as error:
        raise PolicyError([f"{place} cannot be read: {error.strerror}."]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError([f"{place} is not TOML: {error}."]) from None


def policy_digest(*read: PolicyFile) -> str:
    """What tells policies apart, whatever their editions say: 64 hexadecimal digits.

    Anybody can work it out: `sha256sum recovery.toml roles.toml | sha256sum`, where the files are.
    """
    lines = [f"{sha256(file.octets).hexdigest()}  {file.name}\n" for file in read]
    return sha256("".join(lines).encode()).hexdigest()
