"""What the desktop remembers between runs: one suite for the store on disk and the one in memory."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from console.local_store import LocalStore
from console.sealing import Seal
from console.state.desk_state import Draft
from console.store import Alarm, AlarmKind, MemoryStore, Owner, Seen, Store
from services.vocabulary import CaseId, StaffId
from tests.support.cards import NOW

SERVER = "https://desk.example.com"
ANA, BO = Owner(SERVER, StaffId("staff_ana")), Owner(SERVER, StaffId("staff_bo"))
SEEN = Seen(vkey="log+1+A", note="note of 7", size=7)


@pytest.fixture(params=["memory", "disk"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = MemoryStore() if request.param == "memory" else LocalStore(tmp_path / "s.db", Seal(bytes(32)))
    yield made
    made.close()


def draft(text: str, case: str = "case_1", minutes: int = 0) -> Draft:
    return Draft(case_id=CaseId(case), number="K7-204", text=text, saved_at=NOW + timedelta(minutes=minutes))


def alarm(kind: AlarmKind = AlarmKind.SHRUNK) -> Alarm:
    return Alarm(kind=kind, held=SEEN, offered="note of 3", offered_size=3, raised_at=NOW)


def test_the_newest_words_of_each_case_are_kept(store: Store) -> None:
    store.save_draft(ANA, draft("first"))
    store.save_draft(ANA, draft("second", minutes=1))
    store.save_draft(ANA, draft("other", case="case_2", minutes=2))
    assert store.drafts(ANA) == (draft("other", "case_2", 2), draft("second", minutes=1))


def test_an_empty_note_is_none(store: Store) -> None:
    store.save_draft(ANA, draft("first"))
    store.save_draft(ANA, draft(""))
    assert store.drafts(ANA) == ()


def test_nobody_reads_a_colleagues_notes_nor_those_for_another_service(store: Store) -> None:
    store.save_draft(ANA, draft("hers"))
    assert store.drafts(BO) == ()
    assert store.drafts(Owner("https://other.example.com", ANA.staff_id)) == ()


def test_a_sent_note_is_dropped_but_not_what_was_typed_since(store: Store) -> None:
    store.save_draft(ANA, draft("sent"))
    store.drop_draft(ANA, CaseId("case_1"), "an earlier text")
    assert store.drafts(ANA) == (draft("sent"),)
    store.drop_draft(BO, CaseId("case_1"), "sent")
    assert store.drafts(ANA) == (draft("sent"),)
    store.drop_draft(ANA, CaseId("case_1"), "sent")
    assert store.drafts(ANA) == ()


def test_a_log_is_known_by_its_longest_checkpoint(store: Store) -> None:
    assert store.seen(SERVER) is None
    for seen in (SEEN, Seen(vkey=SEEN.vkey, note="note of 9", size=9), SEEN):
        store.remember(SERVER, seen)
    assert store.seen(SERVER) == Seen(vkey=SEEN.vkey, note="note of 9", size=9)
    assert store.seen("https://other.example.com") is None


def test_another_key_starts_another_memory(store: Store) -> None:
    store.remember(SERVER, SEEN)
    store.remember(SERVER, Seen(vkey="log+2+B"))
    assert store.seen(SERVER) == Seen(vkey="log+2+B")


def test_the_first_alarm_stays_until_somebody_acknowledges_it(store: Store) -> None:
    store.remember(SERVER, SEEN)
    store.raise_alarm(SERVER, alarm())
    store.raise_alarm(SERVER, alarm(AlarmKind.FORKED))
    assert store.alarm(SERVER) == alarm()
    after = Seen(vkey=SEEN.vkey, note="note of 3", size=3)
    store.acknowledge(SERVER, BO.staff_id, NOW, after)
    assert store.alarm(SERVER) is None
    assert store.seen(SERVER) == after
    store.raise_alarm(SERVER, alarm(AlarmKind.FORKED))
    assert store.alarm(SERVER) == alarm(AlarmKind.FORKED)


def test_there_is_nothing_to_acknowledge_without_an_alarm(store: Store) -> None:
    store.remember(SERVER, SEEN)
    store.acknowledge(SERVER, BO.staff_id, NOW, Seen(vkey="log+2+B"))
    assert store.seen(SERVER) == SEEN
