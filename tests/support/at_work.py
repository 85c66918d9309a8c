"""An agent at work, one use case a call: for tests that are about what happens and not about how it is asked for."""

from dataclasses import dataclass
from datetime import timedelta

from services.domain.case import Case
from services.domain.recovery import Action
from services.domain.verification import Check
from services.usecases import actions, cases, checks, customer
from services.usecases.view import CaseView, view
from services.vocabulary import Channel, Method
from tests.support.world import Customer, Person, World


@dataclass
class Desk:
    """One agent with one case."""

    world: World
    agent: Person
    case: Case

    @classmethod
    def open(cls, world: World, agent: Person | None = None, reference: str = "T-1042") -> "Desk":
        """Open a case."""
        person = agent or world.person()
        with world.storage.changing() as work:
            case = cases.open_case(world.service, work, person.staff, Channel.PHONE, reference)
        return cls(world, person, case)

    @classmethod
    def with_account(cls, world: World, who: Customer, agent: Person | None = None) -> "Desk":
        """Open a case and find the account."""
        desk = cls.open(world, agent)
        desk.look_up(who.account.customer_number)
        return desk

    def look_up(self, query: str) -> Case:
        """Look an account up."""
        with self.world.storage.changing() as work:
            self.case = cases.look_up(self.world.service, work, self.agent.staff, self.case.id, query)
        return self.case

    def start(self, option: str, towards: str = "") -> Check:
        """Start a check, for the action of option *towards*, and have its message delivered."""
        with self.world.storage.changing() as work:
            check = checks.start(self.world.service, work, self.agent.staff, self.case.id, option, towards)
        self.world.work()
        return check

    def answer(self, check: Check, code: str) -> checks.Answer:
        """Give what the caller read out."""
        prepared = checks.prepare(self.world.service, self.agent.staff, self.case.id, check.id, code)
        with self.world.storage.changing() as work:
            return checks.answer(self.world.service, work, self.agent.staff, self.case.id, check.id, code, prepared)

    def reverse_code(self, contact_id: str) -> checks.Answer:
        """Run a reverse code to its end: the caller types what is read out."""
        self.world.clock.turn(timedelta(milliseconds=1))  # of two links, the newer one is looked for
        check = self.start(f"{Method.REVERSE_CODE}:{contact_id}")
        with self.world.storage.changing() as work:
            token = self.world.token("reverse_code_link")
            return customer.type_number(self.world.service, work, token, check.read_out or "")

    def run(self, option: str, reason: str = "", version: int | None = None) -> Action:
        """Run a recovery action, as it was seen now."""
        with self.world.storage.changing() as work:
            seen = work.cases.get(self.case.id).version if version is None else version
            return actions.run(self.world.service, work, self.agent.staff, self.case.id, option, seen, reason)

    def view(self) -> CaseView:
        """The case as the agent sees it."""
        with self.world.storage.reading() as work:
            case = work.cases.get(self.case.id)
            file = cases.case_file(work, self.agent.staff, case)
            return view(self.world.service, self.agent.staff, file)

    def action(self, action: Action) -> Action:
        """An action as it is now."""
        with self.world.storage.reading() as work:
            return work.actions.get(action.id)
