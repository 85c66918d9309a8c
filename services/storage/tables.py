"""Every table, once. Personal data of customers is sealed bytes, found again by a keyed index; secrets are sealed too.

Not sealed are names and sign-in names of staff: they are looked up and sorted here, and are the operator's own people.
What is only ever compared (passwords, codes, tokens) is kept as a digest.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Where stored times are counted from."""


class Utc(TypeDecorator[datetime]):
    """An aware UTC instant, stored as whole microseconds since 1970: sorts, compares and never loses its zone."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> Any:
        """To microseconds; a naive time is refused."""
        if value is None:
            return None
        return (value - EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        """From microseconds."""
        return None if value is None else EPOCH + timedelta(microseconds=value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_Id = String(48)
_Serial = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[Any]:
    return Column("id", _Id, primary_key=True)


def _version() -> Column[Any]:
    return Column("version", Integer, nullable=False)


def _of(table: str, *, index: bool = True, nullable: bool = False) -> Column[Any]:
    name = {"staff": "staff_id", "accounts": "account_id", "cases": "case_id"}[table]
    return Column(name, _Id, ForeignKey(f"{table}.id"), nullable=nullable, index=index)


data_keys = Table(
    "data_keys",
    metadata,
    _id(),
    Column("purpose", String(32), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", Utc, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    _id(),
    _version(),
    Column("login", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("role", String(32), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("totp_secret", LargeBinary, nullable=False),
    Column("totp_step", BigInteger, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Utc),
    Column("created_at", Utc, nullable=False),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    _id(),
    Column("token_digest", LargeBinary, nullable=False, unique=True),
    _of("staff"),
    Column("started_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("ended_at", Utc),
)

accounts = Table(
    "accounts",
    metadata,
    _id(),
    _version(),
    Column("name", LargeBinary, nullable=False),
    Column("username", LargeBinary),
    Column("username_index", LargeBinary),
    Column("customer_number", LargeBinary, nullable=False),
    Column("customer_number_index", LargeBinary, nullable=False),
    Column("privileged", Boolean, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("last_sign_in_at", Utc),
    Column("locked_at", Utc),
    Column("frozen_at", Utc),
    Column("password_hash", String(255)),
    Column("password_changed_at", Utc),
    Index("ux_accounts_username", "username_index", unique=True),
    Index("ux_accounts_customer_number", "customer_number_index", unique=True),
)

contact_points = Table(
    "contact_points",
    metadata,
    _id(),
    _of("accounts"),
    Column("kind", String(16), nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("value_index", LargeBinary, nullable=False, index=True),
    Column("verified_at", Utc),
    Column("changed_at", Utc, nullable=False),
    Column("retired_at", Utc),
    Column("sim_swap", String(8), nullable=False),
    Column("sim_swapped_at", Utc),
)

authenticators = Table(
    "authenticators",
    metadata,
    _id(),
    _version(),
    _of("accounts"),
    Column("kind", String(16), nullable=False),
    Column("label", LargeBinary, nullable=False),
    Column("secret", LargeBinary),
    Column("bound_at", Utc, nullable=False),
    Column("last_used_at", Utc),
    Column("last_step", BigInteger, nullable=False),
    Column("disabled_at", Utc),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("id", _Id, ForeignKey("accounts.id"), primary_key=True),
    _version(),
    Column("salt", LargeBinary, nullable=False),
    Column("digests", JSON, nullable=False),
    Column("issued_at", Utc, nullable=False),
)

trusted_devices = Table(
    "trusted_devices",
    metadata,
    _id(),
    _of("accounts"),
    Column("label", LargeBinary, nullable=False),
    Column("seen_at", Utc, nullable=False),
)

customer_sessions = Table(
    "customer_sessions",
    metadata,
    _id(),
    _of("accounts"),
    Column("started_at", Utc, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", String(120), primary_key=True),
    _version(),
    _of("accounts"),
    Column("failures", Integer, nullable=False),
    Column("in_a_row", Integer, nullable=False),
    Column("since", Utc, nullable=False),
    Column("locked_until", Utc),
)

budgets = Table(
    "budgets",
    metadata,
    Column("id", String(120), primary_key=True),
    _version(),
    Column("spent", Integer, nullable=False),
    Column("since", Utc, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    _id(),
    _version(),
    Column("number", String(16), nullable=False, unique=True),
    Column("channel", String(16), nullable=False),
    Column("reference", LargeBinary, nullable=False),
    Column("agent_id", _Id, ForeignKey("staff.id"), nullable=False),
    _of("accounts", nullable=True),
    Column("state", String(16), nullable=False),
    Column("lookup", String(16), nullable=False),
    Column("lookups", Integer, nullable=False),
    Column("revealed", JSON, nullable=False),
    Column("opened_at", Utc, nullable=False),
    Column("closed_at", Utc),
    Index("ix_cases_agent", "agent_id", "id"),
    Index("ix_cases_open", "state", "opened_at"),
)

checks = Table(
    "checks",
    metadata,
    _id(),
    _version(),
    _of("cases"),
    _of("accounts"),
    Column("method", String(24), nullable=False),
    Column("contact_id", _Id),
    Column("authenticator_id", _Id),
    Column("state", String(16), nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("settled_at", Utc),
    Column("opened_at", Utc),
    Column("code_digest", LargeBinary),
    Column("read_out", LargeBinary),
    Column("wanted", String(24)),
    Column("wrong", Integer, nullable=False),
    Column("sim_swap", String(8), nullable=False),
    Index("ix_checks_pending", "state", "expires_at"),
)

actions = Table(
    "actions",
    metadata,
    _id(),
    _version(),
    _of("cases"),
    _of("accounts"),
    Column("kind", String(24), nullable=False),
    Column("target", _Id),
    Column("about", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),
    Column("requested_by", _Id, ForeignKey("staff.id"), nullable=False),
    Column("requested_at", Utc, nullable=False),
    Column("due_at", Utc),
    Column("handover_to", _Id),
    Column("link_expires_at", Utc),
    Column("settled_at", Utc),
    Column("policy", String(64), nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("steps", LargeBinary, nullable=False),
    Index("ix_actions_due", "state", "due_at"),
)

links = Table(
    "links",
    metadata,
    _id(),
    _version(),
    Column("token_digest", LargeBinary, nullable=False, unique=True),
    Column("purpose", String(24), nullable=False),
    _of("accounts"),
    _of("cases"),
    Column("check_id", _Id),
    Column("action_id", _Id, index=True),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("used_at", Utc),
)

messages = Table(
    "messages",
    metadata,
    _id(),
    _version(),
    Column("dedupe", String(160), nullable=False, unique=True),
    _of("accounts"),
    _of("cases", nullable=True),
    Column("contact_id", _Id, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("address", LargeBinary, nullable=False),
    Column("subject", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),
    Column("queued_at", Utc, nullable=False),
    Column("sent_at", Utc),
)

reviews = Table(
    "reviews",
    metadata,
    _id(),
    _of("accounts"),
    _of("cases", nullable=True),
    Column("reason", String(48), nullable=False),
    Column("opened_at", Utc, nullable=False),
    Column("closed_at", Utc),
)

notes = Table(
    "notes",
    metadata,
    _id(),
    _of("cases"),
    Column("staff_id", _Id, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Column("written_at", Utc, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("serial", _Serial, primary_key=True, autoincrement=True),
    Column("id", String(160), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("handed_over_at", Utc),
    Column("settled_at", Utc),
    Index("ix_outbox_waiting", "handed_over_at", "serial"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("id", String(160), primary_key=True),
    Column("request_digest", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", Utc, nullable=False, index=True),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("serial", _Serial, primary_key=True, autoincrement=True),
    Column("leaf_index", BigInteger, unique=True),
    Column("at", Utc, nullable=False),
    Column("event", String(48), nullable=False),
    Column("actor", _Id, nullable=False),
    Column("subject", _Id, index=True),
    Column("case_id", _Id, index=True),
    Column("text", Text, nullable=False),
)

audit_prose = Table(
    "audit_prose",
    metadata,
    Column("serial", _Serial, ForeignKey("audit_entries.serial"), primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("text", LargeBinary, nullable=False),
)

audit_nodes = Table(
    "audit_nodes",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)

audit_checkpoints = Table(
    "audit_checkpoints",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
    Column("signed_at", Utc, nullable=False),
)
