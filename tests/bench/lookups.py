"""How long a look-up takes on the server, among few and among many accounts, and whether its time tells a miss."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from tests.bench.figures import Figure, Goal, figure, parts_of, quantile, slower_share
from tests.bench.lookup_samples import Sampler, Samples
from tests.bench.portals import is_kept, portal_of

FEW, MANY, QUICK_MANY = 10_000, 1_000_000, 50_000
"""Accounts. The quick measurement takes the million too, if it is there already."""
ROUNDS, QUICK_ROUNDS = 600, 200
RUNS = 3
"""The samples are judged in so many parts."""
WARM_UP = 25
LONGEST = Goal(most=5.0)
"""Milliseconds of the slowest look-up in a hundred."""
FLAT = Goal(most=1.25, ratio=True)
ALIKE = Goal(least=0.95, most=1.05, ratio=True)
"""A miss takes as long as a hit (A-17)."""


def measure(*, quick: bool) -> Iterator[Figure]:
    """Look-ups among few and among many accounts, in turn: what else the machine does falls on all of them alike."""
    rounds = QUICK_ROUNDS if quick else ROUNDS
    sizes = (FEW, QUICK_MANY if quick and not is_kept(MANY) else MANY)
    with ExitStack() as open_portals:
        portals = [open_portals.enter_context(portal_of(accounts)) for accounts in sizes]
        gc.freeze()  # as the server does once it has started
        samplers = [Sampler(parts, size, rounds + WARM_UP) for parts, size in zip(portals, sizes, strict=True)]
        for nth in range(rounds + WARM_UP):
            for sampler in samplers:
                if nth == WARM_UP:
                    sampler.forget()
                sampler.round(nth)
    few, many = (f"_{_short(size)}" for size in sizes)
    yield from _figures(samplers[0].samples, few)
    yield from _figures(samplers[1].samples, many, smaller=few)


def _figures(samples: Samples, size: str, smaller: str = "") -> Iterator[Figure]:
    yield _figure(f"lookup_probe{size}", samples.probes, 0.5, note="one index probe, bare SQLite")
    bare = f"lookup_commit_p50{size}"
    yield _figure(bare, samples.commits, 0.5, note="the probe and one row written durably, bare SQLite")
    yield _figure(f"lookup_commit_p99{size}", samples.commits, 0.99)
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        yield _figure(f"lookup_read_{name}{size}", samples.reads, share, against=f"lookup_probe{size}")
    yield _figure(f"lookup_p50{size}", samples.hits, 0.5, against=bare, note="sign-in, rules, card, log and commit")
    yield _figure(
        f"lookup_p99{size}", samples.hits, 0.99, against=f"lookup_commit_p99{size}", goal=LONGEST, note="goal: flat"
    )
    yield _figure(f"lookup_busy_p50{size}", samples.hits_busy, 0.5, note="of it, the processor's")
    yield _figure(f"lookup_miss_p50{size}", samples.misses, 0.5, against=f"lookup_p50{size}", goal=ALIKE)
    busy, hit = samples.misses_busy, f"lookup_busy_p50{size}"
    yield _figure(f"lookup_miss_busy_p50{size}", busy, 0.5, against=hit, goal=ALIKE)
    pairs = zip(parts_of(samples.hits, RUNS), parts_of(samples.misses, RUNS), strict=True)
    told = [slower_share(hits, misses) for hits, misses in pairs]
    yield figure(f"lookup_miss_slower{size}", told, "share", note="of pairs of a hit and a miss; 0.5 tells nothing")
    if smaller:
        yield _figure(f"lookup_flat_p50{size}", samples.hits, 0.5, against=f"lookup_p50{smaller}", goal=FLAT)
        yield _figure(f"lookup_flat_p99{size}", samples.hits, 0.99, against=f"lookup_p99{smaller}")


def _figure(
    name: str, samples: Sequence[float], share: float, *, against: str = "", goal: Goal | None = None, note: str = ""
) -> Figure:
    runs = [quantile(run, share) for run in parts_of(samples, RUNS)]
    return figure(name, runs, "ms", against=against, goal=goal, note=note)


def _short(accounts: int) -> str:
    return f"{accounts // 1_000_000}m" if accounts >= 1_000_000 else f"{accounts // 1000}k"
