"""Migrations make exactly the tables of the code, once, and only where they may."""

import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, update
from sqlalchemy.sql import column, table

from services.domain.outcome import OutOfOrder, Unavailable
from services.storage import migrations, tables
from services.storage.database import Database
from services.storage.migrating import Condition, Unmigrated, as_sql, condition, migrate, pending, ready, write_revision

REVISIONS = Path(migrations.__file__)
NOWHERE = "postgresql+psycopg://nobody@/nothing?host=/nonexistent"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'state' / 'rightful.db'}"


def described(database_url: str) -> dict[str, Any]:
    """Everything the database says about its tables, but the one that Alembic keeps."""
    engine = create_engine(database_url)
    inspector = inspect(engine)
    names = [name for name in inspector.get_table_names() if name != "alembic_version"]
    found = {
        name: {
            "columns": {one["name"]: (str(one["type"]), one["nullable"]) for one in inspector.get_columns(name)},
            "key": inspector.get_pk_constraint(name),
            "unique": sorted(map(str, inspector.get_unique_constraints(name))),
            "foreign": sorted(map(str, inspector.get_foreign_keys(name))),
            "indexes": sorted(map(str, inspector.get_indexes(name))),
        }
        for name in names
    }
    engine.dispose()
    return found


def test_migrations_make_the_tables_of_the_code(url: str) -> None:
    migrate(url)
    database = Database(url)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, tables.metadata) == []
    database.close()


def test_migrated_and_freshly_made_databases_describe_themselves_alike(url: str, tmp_path: Path) -> None:
    migrate(url)
    made = f"sqlite:///{tmp_path / 'made.db'}"
    engine = create_engine(made)
    tables.metadata.create_all(engine)
    engine.dispose()
    assert described(url) == described(made)
    assert len(described(url)) == len(tables.metadata.tables)


def test_migrating_twice_changes_nothing(url: str) -> None:
    assert condition(url) is Condition.BEHIND
    assert migrate(url) is True
    before = described(url)
    assert migrate(url) is False
    assert (condition(url), pending(url), described(url)) == (Condition.CURRENT, False, before)


def test_asking_makes_no_file(url: str) -> None:
    assert pending(url)
    assert not Path(url.removeprefix("sqlite:///")).exists()


def test_a_new_database_is_for_the_service_alone(url: str) -> None:
    migrate(url)
    file = Path(url.removeprefix("sqlite:///"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_embedded_database_gets_ready_by_itself(url: str) -> None:
    ready(url)
    assert condition(url) is Condition.CURRENT
    ready(url)


def test_a_database_of_a_newer_release_is_left_alone(url: str) -> None:
    migrate(url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(update(table("alembic_version", column("version_num"))).values(version_num="9999"))
    engine.dispose()
    assert condition(url) is Condition.UNKNOWN
    before = described(url)
    for refused in (migrate, ready, pending):
        with pytest.raises(Unmigrated, match="newer release"):
            refused(url)
    assert described(url) == before


@pytest.mark.parametrize(
    "unusable",
    ["not a url", "oracle+nothing://host/x", "sqlite:////proc/nowhere/rightful.db", f"{NOWHERE}&hots=typed"],
    ids=str.split,
)
def test_a_database_that_cannot_be_used_is_one_sentence(unusable: str) -> None:
    with pytest.raises(Unmigrated, match=r"^The (database|setting) [^\n]+\.$"):
        migrate(unusable)


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sir or Madam,\n" * 100)
    with pytest.raises(
        OutOfOrder, match=r"^the database is damaged: file is not a database \(SQLITE_NOTADB\); restore "
    ):
        migrate(f"sqlite:///{file}")


def test_a_shared_database_that_does_not_answer_is_one_sentence() -> None:
    with pytest.raises(Unavailable, match=r"^the database does not answer: [^\n]+$") as raised:
        ready(NOWHERE)
    assert not isinstance(raised.value, OutOfOrder)


def test_the_revisions_are_sql_that_postgresql_knows() -> None:
    sql = as_sql("postgresql")
    assert sql.count("CREATE TABLE") == len(tables.metadata.tables) + 1  # and Alembic's own
    assert "audit_entries (\n    serial BIGSERIAL NOT NULL" in sql
    assert sql.strip().endswith("COMMIT;")


def test_the_next_revision_holds_what_the_tables_have_and_the_database_has_not(url: str, tmp_path: Path) -> None:
    scripts = tmp_path / "migrations"
    shutil.copytree(REVISIONS.parent, scripts, ignore=shutil.ignore_patterns("__pycache__", "r0*.py"))
    first = write_revision(f"sqlite:///{tmp_path / 'scratch.db'}", "everything", str(scripts))
    assert first.name == "r0001_everything.py"
    assert first.read_text("utf-8").count("op.create_table(") == len(tables.metadata.tables)
    assert "Utc(" not in first.read_text("utf-8")
    second = write_revision(f"sqlite:///{tmp_path / 'scratch.db'}", "nothing", str(scripts))
    assert second.name == "r0002_nothing.py"
    assert "op." not in second.read_text("utf-8")
