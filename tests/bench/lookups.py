"""How long a look-up takes on the server, among few and among many accounts, and whether its time tells a miss."""

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import perf_counter

from services.app import Parts
from services.contract.cases import LOOK_UP, LookUp
from services.domain.identifiers import Kind, candidates
from tests.bench.endpoints import Endpoints
from tests.bench.figures import MILLISECONDS, Figure, Goal, figure, parts_of, quantile, slower_share
from tests.bench.portals import identifiers, portal_of
from tests.bench.staff import SignedIn, open_cases, signed_in
from tests.support.cast import Cast

FEW, MANY, QUICK_MANY = 10_000, 1_000_000, 50_000
"""Accounts."""
RUNS = 3
"""The samples are judged in so many parts."""
WARM_UP = 20
LOOKUPS_EACH = 100
"""Look-ups that an agent is given: the policy allows 120 in an hour."""
LONGEST = Goal(most=5.0)
"""Milliseconds of the slowest look-up in a hundred."""
FLAT = Goal(most=1.25)
ALIKE = Goal(least=0.95, most=1.05, ratio=True)
"""A miss takes as long as a hit (A-17)."""
_KINDS = ("email", "phone", "user_name", "customer_number")


@dataclass(slots=True)
class Samples:
    """Milliseconds of each."""

    hits: list[float] = field(default_factory=list)
    misses: list[float] = field(default_factory=list)
    reads: list[float] = field(default_factory=list)
    probes: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


def measure(*, quick: bool) -> Iterator[Figure]:
    """Look-ups among few and among many accounts."""
    many = QUICK_MANY if quick else MANY
    slowest: dict[int, list[float]] = {}
    usual: dict[int, list[float]] = {}
    for accounts in (FEW, many):
        with portal_of(accounts) as parts:
            samples = _sample(parts, accounts, rounds=200 if quick else 500)
        runs = parts_of(samples.hits, RUNS)
        usual[accounts] = [quantile(run, 0.5) for run in runs]
        slowest[accounts] = [quantile(run, 0.99) for run in runs]
        yield from _figures(samples, _short(accounts), usual[accounts], slowest[accounts])
    for name, found, goal in (("p50", usual, FLAT), ("p99", slowest, None)):
        growth = [large / small for small, large in zip(sorted(found[FEW]), sorted(found[many]), strict=True)]
        yield figure(
            f"lookup_growth_{name}", growth, "x", goal=goal, note=f"{_short(many)} over {_short(FEW)} accounts"
        )


def _figures(samples: Samples, size: str, usual: list[float], slowest: list[float]) -> Iterator[Figure]:
    bare, probe = f"lookup_bare_p50_{size}", f"lookup_probe_{size}"
    yield _figure(probe, samples.probes, 0.5, note="one index probe, bare SQLite")
    yield _figure(bare, samples.bare, 0.5, note="the probe and one row, committed to the disk: bare SQLite")
    yield _figure(f"lookup_bare_p99_{size}", samples.bare, 0.99)
    yield _figure(f"lookup_read_p50_{size}", samples.reads, 0.5, against=probe, note="what is typed to the account")
    yield _figure(f"lookup_read_p99_{size}", samples.reads, 0.99, against=probe)
    yield figure(f"lookup_p50_{size}", usual, "ms", against=bare, note="sign-in, rules, card, audit and commit")
    yield figure(f"lookup_p99_{size}", slowest, "ms", against=f"lookup_bare_p99_{size}", goal=LONGEST)
    hit = f"lookup_p50_{size}"
    yield _figure(f"lookup_miss_p50_{size}", samples.misses, 0.5, against=hit, goal=ALIKE)
    told = [
        slower_share(*pair) for pair in zip(parts_of(samples.hits, RUNS), parts_of(samples.misses, RUNS), strict=True)
    ]
    yield figure(f"lookup_miss_slower_{size}", told, "share", note="of pairs of a hit and a miss; 0.5 tells nothing")


def _figure(
    name: str, samples: list[float], share: float, *, against: str = "", goal: Goal | None = None, note: str = ""
) -> Figure:
    runs = [quantile(run, share) for run in parts_of(samples, RUNS)]
    return figure(name, runs, "ms", against=against, goal=goal, note=note)


def _sample(parts: Parts, accounts: int, rounds: int) -> Samples:
    """Every kind of sample in turn, so that whatever else the machine does falls on all of them alike."""
    chance, samples = random.Random(accounts), Samples()
    endpoints = Endpoints(parts.service)
    desk = _Desk(parts, 2 * (rounds + WARM_UP))
    bare = sqlite3.connect(parts.database.engine.url.database or "", isolation_level=None)
    for pragma in ("synchronous=FULL", "cache_size=-65536"):
        bare.execute(f"PRAGMA {pragma}")
    bare.execute("CREATE TABLE IF NOT EXISTS bench_bare (id INTEGER PRIMARY KEY, at REAL)")
    for nth in range(rounds + WARM_UP):
        kind, some, wanted = _KINDS[nth % len(_KINDS)], chance.randrange(accounts), chance.randrange(accounts)
        known, unknown = identifiers(some)[kind], identifiers(accounts + some)[kind]
        tries = [(known, samples.hits), (unknown, samples.misses)]
        chance.shuffle(tries)
        for query, kept in tries:
            agent, case = desk.next()
            start = perf_counter()
            endpoints.call(LOOK_UP, agent.token, LookUp(query=query), case_id=case)
            kept.append((perf_counter() - start) * MILLISECONDS)
        samples.reads.append(_read(parts, identifiers(wanted)[kind]))
        index = parts.sealer.blind_index(Kind.EMAIL, identifiers(chance.randrange(accounts))["email"])
        samples.probes.append(_probe(bare, index))
        index = parts.sealer.blind_index(Kind.EMAIL, identifiers(chance.randrange(accounts))["email"])
        samples.bare.append(_commit(bare, index))
    bare.execute("DROP TABLE bench_bare")
    bare.close()
    for each in (samples.hits, samples.misses, samples.reads, samples.probes, samples.bare):
        del each[:WARM_UP]
    return samples


class _Desk:
    """Agents with a new case for each look-up."""

    def __init__(self, parts: Parts, lookups: int) -> None:
        self._cases = self._opened(parts, lookups)

    def next(self) -> tuple[SignedIn, str]:
        """An agent, and the id of a case of theirs without an account."""
        return next(self._cases)

    @staticmethod
    def _opened(parts: Parts, lookups: int) -> Iterator[tuple[SignedIn, str]]:
        team = signed_in(parts, Cast(parts).agents(-(-lookups // LOOKUPS_EACH)))
        opened = [(agent, open_cases(parts, agent, LOOKUPS_EACH)) for agent in team]
        parts.audit.integrate()
        return ((agent, case) for agent, cases in opened for case in cases)


def _read(parts: Parts, query: str) -> float:
    start = perf_counter()
    with parts.storage.reading() as work:
        found = work.accounts.match(candidates(query, parts.service.spellings))
        assert found is not None
        work.accounts.dossier(found)
    return (perf_counter() - start) * MILLISECONDS


def _probe(bare: sqlite3.Connection, index: bytes) -> float:
    start = perf_counter()
    found = bare.execute("SELECT account_id FROM contact_points WHERE value_index = ?", (index,)).fetchall()
    assert len(found) == 1
    return (perf_counter() - start) * MILLISECONDS


def _commit(bare: sqlite3.Connection, index: bytes) -> float:
    start = perf_counter()
    bare.execute("BEGIN IMMEDIATE")
    bare.execute("SELECT account_id FROM contact_points WHERE value_index = ?", (index,)).fetchall()
    bare.execute("INSERT INTO bench_bare (at) VALUES (?)", (start,))
    bare.execute("COMMIT")
    return (perf_counter() - start) * MILLISECONDS


def _short(accounts: int) -> str:
    return f"{accounts // 1_000_000}m" if accounts >= 1_000_000 else f"{accounts // 1000}k"
