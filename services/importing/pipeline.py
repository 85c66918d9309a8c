"""Understands rows beside the one that writes them: in other processes, a few chunks ahead and no further."""

import gc
import signal
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context

from services.importing.record import Bad, Raw, Record, Rules
from services.importing.understanding import understood

CHUNK = 1_000
"""Rows that are handed over together."""
AHEAD = 4
"""Chunks under way for each process: bounds the memory, whatever the size of the file."""

Chunk = list[Record | Bad]


def understood_chunks(rows: Iterator[Raw | Bad], rules: Rules, workers: int) -> Iterator[Chunk]:
    """The rows in order, understood. With no workers, here and now."""
    chunks = iter(lambda: list(islice(rows, CHUNK)), [])
    if workers == 0:
        yield from (understood_rows(chunk, rules) for chunk in chunks)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin) as pool:
        waiting: deque[Future[Chunk]] = deque()
        for chunk in chunks:
            waiting.append(pool.submit(understood_rows, chunk, rules))
            if len(waiting) >= AHEAD * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def understood_rows(chunk: list[Raw | Bad], rules: Rules) -> Chunk:
    """One chunk, understood."""
    return [row if isinstance(row, Bad) else understood(row, rules) for row in chunk]


def collect_rarely() -> None:
    """Look for circles of garbage every 50,000 objects: rows form none, and looking took a quarter of the time."""
    gc.set_threshold(50_000, 20, 100)


def _begin() -> None:
    """Ctrl-C is for the process that writes: it ends these."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_rarely()
