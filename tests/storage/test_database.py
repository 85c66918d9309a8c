"""The database: what was committed leaves SQLite's log beside the requests, and not inside one."""

from pathlib import Path

from tests.support.at_work import Desk
from tests.support.world import World


def test_what_was_committed_is_moved_into_the_database_while_somebody_reads(tmp_path: Path) -> None:
    world = World(tmp_path)
    file = tmp_path / "rightful.db"
    before = file.stat().st_size, file.read_bytes()
    with world.storage.reading() as work:
        assert work.staff.everybody() == []
        for _ in range(40):
            Desk.open(world)
        assert file.read_bytes() == before[1]
    world.parts.database.settle()
    assert file.stat().st_size > before[0]
    with world.storage.reading() as work:
        assert len(work.staff.everybody()) == 40
    world.close()
