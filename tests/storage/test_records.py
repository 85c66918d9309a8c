"""States in their tables: what was read once is not asked for again, and what was written is what is read."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.dialects import sqlite

from services.domain.case import Case
from services.domain.outcome import Entry, Outcome, Stale
from services.storage import statements
from services.storage.unit_of_work import Work
from services.vocabulary import ActorId, Event
from tests.support.at_work import Desk
from tests.support.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty portal."""
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def case(world: World) -> Case:
    """A case, open."""
    return Desk.open(world).case


def asked(world: World, act: Callable[[], object]) -> int:
    """How many statements an act sends to the database."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(world.parts.database.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(world.parts.database.engine, "before_cursor_execute", note)
    return len(statements)


def test_a_case_is_read_once_in_a_transaction(world: World, case: Case) -> None:
    with world.storage.reading() as work:
        assert asked(world, lambda: work.cases.get(case.id)) == 1
        assert asked(world, lambda: work.cases.get(case.id)) == 0
        assert asked(world, lambda: work.cases.find("case_of_nobody")) == 1
        assert asked(world, lambda: work.cases.find("case_of_nobody")) == 0


def test_what_was_written_is_what_is_read(world: World, case: Case) -> None:
    def looked(work: Work) -> tuple[int, int]:
        found = work.cases.get(case.id)
        return found.lookups, found.version

    with world.storage.changing() as work:
        before = work.cases.get(case.id)
        work.cases.put(replace(before, lookups=7))
        assert looked(work) == (7, before.version + 1)
        with pytest.raises(Stale):
            work.cases.put(replace(before, lookups=8))
        assert looked(work) == (7, before.version + 1)
        entry = Entry(event=Event.CASE_NOTED, at=world.clock(), actor=ActorId(case.agent_id), case=case.id)
        work.record(Outcome(state=None, entry=entry))
    with world.storage.reading() as work:
        assert looked(work) == (7, before.version + 1)


def test_cases_left_alone_are_found_among_the_open_ones(world: World) -> None:
    """It is asked every second: of a million cases that ended, none is looked at."""
    asked_for = statements.IDLE_CASES.params(since=world.clock(), count=1)
    sql = str(asked_for.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    with world.parts.database.reading() as connection:
        steps = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
    assert steps[0] == "SEARCH cases USING INDEX ix_cases_open (state=? AND opened_at<?)"
    assert [step for step in steps if step.startswith("SCAN")] == []
