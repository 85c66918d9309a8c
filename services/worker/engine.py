"""Durable effects on DBOS Transact: each is performed to its end, whatever crashes in between (invariant 13).

The engine promises *at least once, in order, never forgotten*. A `Performer` makes *once* of it, by committing each
step together with a row that is unique for the step. Why, and at what cost: `docs/decisions/durable-effects.md`.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from dbos import DBOS, SetEnqueueOptions, SetWorkflowID

from services.guarded import guarded, named
from services.worker.system_database import REFUSALS, config, is_damaged, occupy, prepare, set_aside
from services.worker.under_way import Left, UnderWay

PATIENCE: Final = tuple(timedelta(seconds=wait) for wait in (0, 2, 10, 60, 300, 900, 3600, 14400))
"""How long to wait before each further try while something is unavailable: five hours and a third in all."""

LATER: Final = "later"
"""The queue of what is tried again later: waiting holds no thread, and outlives a restart."""

_BROKEN: Final = ["ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_BATCH: Final = 500

_one_per_process = threading.Lock()
"""DBOS is one object per process, and a second one would silently be the first."""

_log = logging.getLogger(__name__)

_Workflow = Callable[[str, str, dict[str, str], int], None]


class Progress(StrEnum):
    """What a performer says after one step."""

    MORE = "more"
    """The step is committed, and another one follows."""
    SETTLED = "settled"
    """Nothing is left to do, and the outbox row was settled in the same transaction as the last step."""


class Reason(StrEnum):
    """Why the engine asks a performer to give a step up."""

    UNAVAILABLE = "unavailable"
    """Still no usable answer when patience ran out."""
    FAILED = "failed"
    """An error that waiting does not mend; its trace is in the log, under the effect's key."""


class Performer(Protocol):
    """Knows the steps of one kind of effect. Called from several threads, but never twice at a time for one key."""

    def perform(self, payload: Mapping[str, str], key: str) -> Progress:
        """Perform the first step that is not committed yet, and commit it together with its unique row.

        Raises:
            Exception: If nothing was committed. One of those given to the engine as *passing* is waited out.
        """

    def give_up(self, payload: Mapping[str, str], key: str, reason: Reason) -> Progress:
        """Record that step as failed, where people see it. `MORE` goes on with the next one.

        Raises:
            Exception: If nothing was committed. The step is then tried again later, for ever.
        """


class Effects:
    """Performs effects durably. Only one may be launched in a process at a time.

    Source: DBOS Transact 3.4.0: `DBOS.start_workflow`, `run_step`, `enqueue_workflow`, recovery at `launch`.
    """

    def __init__(
        self,
        system_database: Path,
        performers: Mapping[str, Performer],
        *,
        passing: tuple[type[Exception], ...],
        patience: Sequence[timedelta] = PATIENCE,
        threads: int = 4,
    ) -> None:
        """Prepare, starting nothing.

        *system_database* is the engine's own SQLite file; losing it loses no effect that the outbox holds unsettled.
        *performers* are found by the effect's kind. *passing* are the errors worth waiting out, with at least one wait
        in *patience*. At most *threads* effects are performed at a time.
        """
        self._file = system_database
        self._performers = performers
        self._passing = passing
        self._patience = tuple(patience)
        self._threads = threads
        self._give_back: Callable[[], None] | None = None
        self._workflow: _Workflow | None = None
        self._stopping = threading.Event()
        self._under_way = UnderWay()

    def launch(self) -> None:
        """Start the engine. What an earlier process left unfinished goes on within about a second.

        A file that is damaged is set aside, and a new one takes its place.

        Raises:
            Occupied: If another process has this database; `launch` may be called again.
            RuntimeError: If called on an event loop, which DBOS would take over, or beside another launched engine.
        """
        _refuse_event_loop()
        if not _one_per_process.acquire(blocking=False):
            raise RuntimeError("effects are already launched in this process")
        try:
            self._give_back = occupy(self._file)
        except BaseException:
            _one_per_process.release()
            raise
        try:
            self._stopping.clear()
            self._begin_on_what_is_there()
        except BaseException:
            self._release()
            raise

    def submit(self, key: str, kind: str, payload: Mapping[str, str]) -> None:
        """Take an effect over; durable on return. A key that was submitted before changes nothing."""
        if DBOS.list_workflows(workflow_ids=[key], load_input=False, load_output=False):
            return  # DBOS would ignore it too, but warn if it is just being recovered
        with SetWorkflowID(key):
            DBOS.start_workflow(self._launched(), key, kind, dict(payload), 0)

    def resume_lost(self) -> None:
        """Go on with what lost its thread because the engine's file could not be written for a moment.

        What left its thread before the last call, and is not on record as ended by this one, is taken for lost: leave
        at least some seconds in between.
        """
        left = list(self._under_way.left_before)
        if left:
            found = DBOS.list_workflows(workflow_ids=left, status="PENDING", load_input=False, load_output=False)
            if lost := [workflow.workflow_id for workflow in found]:
                _log.warning("lost their threads, and go on: %s", sorted(lost))
                DBOS.resume_workflows(lost)
        self._under_way.looked()

    def tidy(self, before: datetime) -> None:
        """Forget what ended before *before*, and whatever broke inside the engine, so that it can be submitted anew.

        *before* must lie further back than patience lasts: else an effect could run beside its own later try.
        """
        while broken := DBOS.list_workflows(status=_BROKEN, limit=_BATCH, load_output=False):
            keys = {workflow.input["args"][0] for workflow in broken if workflow.input}
            _log.error("broke inside the engine, and can be submitted anew: %s", sorted(keys))
            DBOS.delete_workflows([*keys, *(workflow.workflow_id for workflow in broken)])
        end = before.isoformat()
        while ended := DBOS.list_workflows(
            status="SUCCESS", completed_before=end, limit=_BATCH, load_input=False, load_output=False
        ):
            DBOS.delete_workflows([workflow.workflow_id for workflow in ended])

    def stop(self, timeout: float = 10) -> None:
        """End between two steps, waiting up to *timeout* seconds for those under way; the next launch goes on there."""
        if self._workflow is None:
            return
        self._stopping.set()
        deadline = time.monotonic() + timeout
        while len(self._under_way) or self._unrecorded():
            if time.monotonic() >= deadline:
                _log.warning("stopped while %d effects were being performed", len(self._under_way))
                break
            self._under_way.wait()
        self._release()

    def _begin_on_what_is_there(self) -> None:
        try:
            self._begin()
        except REFUSALS as error:
            if not is_damaged(error):
                raise
            DBOS.destroy(destroy_registry=True)
            set_aside(self._file)
            self._begin()

    def _begin(self) -> None:
        prepare(self._file)
        DBOS(config=config(self._file, self._threads))
        self._workflow = self._registered()
        DBOS.launch()
        DBOS.register_queue(LATER, worker_concurrency=self._threads, on_conflict="always_update")

    def _release(self) -> None:
        DBOS.destroy(destroy_registry=True)
        self._workflow = None
        self._under_way.forget()
        if self._give_back is not None:
            self._give_back()
            self._give_back = None
        _one_per_process.release()

    def _registered(self) -> _Workflow:
        """The one workflow there is: so general that it never changes, which work in flight would not survive."""

        @DBOS.workflow(name="effect", max_recovery_attempts=None)
        def effect(key: str, kind: str, payload: dict[str, str], tries: int) -> None:
            with self._under_way.here(key, DBOS.workflow_id or key):
                if not guarded(f"{kind} {key}", partial(self._run, key, kind, payload, tries)):
                    raise Left

        return effect

    def _launched(self) -> _Workflow:
        assert self._workflow is not None, "not launched"
        return self._workflow

    def _run(self, key: str, kind: str, payload: dict[str, str], tries: int) -> bool:
        """Step by step to the end, or to a wait: then the rest is a workflow of its own, started when it is time.

        False: told to stop in between. What it raises is the engine's own trouble, such as a disk that is full.
        """
        while not self._stopping.is_set():
            answer = DBOS.run_step({"name": "perform"}, self._step, key, kind, payload, tries)
            if answer == Progress.SETTLED:
                return True
            if answer == Progress.MORE:
                tries = 0
                continue
            wait = self._patience[min(tries, len(self._patience) - 1)]
            tries = min(tries + 1, len(self._patience))
            if wait:
                with SetEnqueueOptions(delay_seconds=wait.total_seconds()):
                    DBOS.enqueue_workflow(LATER, self._launched(), key, kind, payload, tries)
                return True
        return False

    def _step(self, key: str, kind: str, payload: dict[str, str], tries: int) -> str:
        """One step's answer. Never raises: DBOS would keep the text of an error, which may hold a person's data."""
        patient = tries < len(self._patience)
        answer = guarded(f"{kind} {key}", lambda: self._perform(key, kind, payload, patient=patient)) or Reason.FAILED
        if not isinstance(answer, Reason):
            return answer
        return guarded(f"giving up {kind} {key}", lambda: self._performers[kind].give_up(payload, key, answer)) or LATER

    def _perform(self, key: str, kind: str, payload: dict[str, str], *, patient: bool) -> Progress | Reason | str:
        try:
            return self._performers[kind].perform(payload, key)
        except self._passing as error:
            _log.info("%s %s: %s", kind, key, named(error))
            return LATER if patient else Reason.UNAVAILABLE

    def _unrecorded(self) -> bool:
        last = self._under_way.returned
        return bool(last and DBOS.list_workflows(workflow_ids=last, status="PENDING", load_input=False))


def _refuse_event_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError("launch effects from a thread without an event loop")
