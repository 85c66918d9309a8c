"""Look-ups of one portal, timed one at a time, each kind in turn."""

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter, thread_time

from services.app import Parts
from services.contract.cases import LOOK_UP, LookUp
from services.domain.identifiers import Kind, candidates
from services.storage.database import CACHE_KIB, LOG_PAGES
from tests.bench.endpoints import Endpoints
from tests.bench.figures import MILLISECONDS
from tests.bench.portals import identifiers
from tests.bench.staff import SignedIn, open_cases, signed_in
from tests.support.cast import Cast

LOOKUPS_EACH = 100
"""Look-ups that an agent is given: the policy allows 120 in an hour."""
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", f"cache_size=-{CACHE_KIB}", f"wal_autocheckpoint={LOG_PAGES}")
"""Of the bare connection: what the service sets for its own."""
_KINDS = tuple(Kind)


@dataclass(slots=True)
class Samples:
    """Milliseconds of each; of look-ups also those that the processor worked, which other processes disturb less."""

    hits: list[float] = field(default_factory=list)
    misses: list[float] = field(default_factory=list)
    hits_busy: list[float] = field(default_factory=list)
    misses_busy: list[float] = field(default_factory=list)
    reads: list[float] = field(default_factory=list)
    """What was typed to everything known of its account, without rules and writing."""
    probes: list[float] = field(default_factory=list)
    """One index probe with nothing around it."""
    commits: list[float] = field(default_factory=list)
    """A probe and one row, written durably, with nothing around them."""


class Sampler:
    """Takes samples of one portal of so many accounts."""

    def __init__(self, parts: Parts, accounts: int, rounds: int) -> None:
        self._parts, self._accounts = parts, accounts
        self._chance = random.Random(accounts)
        self._endpoints = Endpoints(parts.service)
        self._cases = _desk(parts, 2 * rounds)
        self._file = parts.database.engine.url.database or ""
        self.samples = Samples()

    def round(self, nth: int) -> None:
        """One of each; whether the hit or the miss comes first is left to chance."""
        kind, found = _KINDS[nth % len(_KINDS)], self.samples
        hit = partial(self._look_up, self._known(kind), found.hits, found.hits_busy)
        miss = partial(self._look_up, self._unknown(kind), found.misses, found.misses_busy)
        for look_up in self._chance.sample((hit, miss), 2):
            look_up()
        found.reads.append(_milliseconds(partial(self._read, self._known(kind))))
        with closing(sqlite3.connect(self._file, isolation_level=None)) as bare:
            for pragma in PRAGMAS:
                bare.execute(f"PRAGMA {pragma}")
            bare.execute("CREATE TABLE IF NOT EXISTS bench_rows (at REAL)")
            found.probes.append(_milliseconds(partial(_probe, bare, self._index())))
            found.commits.append(_milliseconds(partial(_commit, bare, self._index())))

    def forget(self) -> None:
        """Begin anew: what was sampled until now warmed up."""
        self.samples = Samples()

    def _known(self, kind: Kind) -> str:
        return identifiers(self._chance.randrange(self._accounts))[kind]

    def _unknown(self, kind: Kind) -> str:
        return identifiers(self._accounts + self._chance.randrange(self._accounts))[kind]

    def _index(self) -> bytes:
        return self._parts.sealer.blind_index(Kind.EMAIL, self._known(Kind.EMAIL))

    def _look_up(self, query: str, waited: list[float], busy: list[float]) -> None:
        agent, case = next(self._cases)
        start, worked = perf_counter(), thread_time()
        self._endpoints.call(LOOK_UP, agent.token, LookUp(query=query), case_id=case)
        busy.append((thread_time() - worked) * MILLISECONDS)
        waited.append((perf_counter() - start) * MILLISECONDS)

    def _read(self, query: str) -> None:
        with self._parts.storage.reading() as work:
            found = work.accounts.match(candidates(query, self._parts.service.spellings))
            assert found is not None
            work.accounts.dossier(found)


def _desk(parts: Parts, lookups: int) -> Iterator[tuple[SignedIn, str]]:
    """An agent and the id of a new case of theirs, for each look-up."""
    team = signed_in(parts, Cast(parts).agents(-(-lookups // LOOKUPS_EACH)))
    opened = [(agent, open_cases(parts, agent, LOOKUPS_EACH)) for agent in team]
    while parts.audit.integrate() is not None:
        pass
    return ((agent, case) for agent, cases in opened for case in cases)


def _milliseconds(act: Callable[[], None]) -> float:
    start = perf_counter()
    act()
    return (perf_counter() - start) * MILLISECONDS


def _probe(bare: sqlite3.Connection, index: bytes) -> None:
    found = bare.execute("SELECT account_id FROM contact_points WHERE value_index = ?", (index,)).fetchall()
    assert len(found) == 1


def _commit(bare: sqlite3.Connection, index: bytes) -> None:
    bare.execute("BEGIN IMMEDIATE")
    _probe(bare, index)
    bare.execute("INSERT INTO bench_rows VALUES (1.0)")
    bare.execute("COMMIT")
