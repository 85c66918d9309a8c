"""Prepares rows beside the one that writes them: in other processes, a few chunks ahead and no further."""

import gc
import signal
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context

from services.importing.preparing import MakePreparer, Prepared, Preparer
from services.importing.record import Bad, Raw

CHUNK = 1_000
"""Rows that are handed over together."""
AHEAD = 3
"""Chunks under way for each process: bounds the memory, whatever the size of the file."""

Chunk = list[Prepared | Bad]


def prepared_chunks(rows: Iterator[Raw | Bad], make: MakePreparer, workers: int) -> Iterator[Chunk]:
    """The rows in order, prepared. With no workers, here and now."""
    chunks = iter(lambda: list(islice(rows, CHUNK)), [])
    if workers == 0:
        here = make()
        yield from (here.every(chunk) for chunk in chunks)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin, initargs=(make,)) as pool:
        waiting: deque[Future[Chunk]] = deque()
        for chunk in chunks:
            waiting.append(pool.submit(_prepare, chunk))
            if len(waiting) >= AHEAD * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def collect_rarely() -> None:
    """Look for circles of garbage every 50,000 objects: rows form none, and looking took a quarter of the time."""
    gc.set_threshold(50_000, 20, 100)


_preparers: list[Preparer] = []
"""The one of a worker process; nowhere else is anything in it."""


def _begin(make: MakePreparer) -> None:
    """Ctrl-C is for the process that writes: it ends these."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_rarely()
    _preparers.append(make())


def _prepare(chunk: list[Raw | Bad]) -> Chunk:
    return _preparers[0].every(chunk)
