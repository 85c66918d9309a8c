"""What the agent is told when something did not work: one place, so that every page says the same."""

from dataclasses import dataclass
from datetime import datetime

from console.errors import Answered, Broken, GatewayError, Invalid, Refused, SignedOut, Stale, Unavailable, Untrusted
from console.state.desk_state import Act, Intent, Message, Tone
from console.wording import Wording
from services.contract.checks import CheckAnswered
from services.contract.problems import Reason
from services.vocabulary import Objection

QUESTIONS = frozenset({Act.RESUME, Act.LIST_CASES, Act.SHOW_CASE})
"""Acts that change nothing: trying again is a matter of course."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Turns errors into messages, in one language."""

    wording: Wording

    def error(self, error: GatewayError, intent: Intent, now: datetime) -> Message:
        """What to say when *intent* met *error*."""
        tone = _tone(error)
        if not isinstance(error, Answered):
            return Message(tone=tone, text=self._unheard(error, intent), intent=intent)
        if error.reasons and isinstance(error, Refused | SignedOut):
            return self.refusal(error.reasons, intent, now)
        text = self.wording.sentence("problem", error.problem.code, reference=error.problem.reference)
        return Message(tone=tone, text=text, intent=intent)

    def refusal(self, reasons: tuple[Reason, ...], intent: Intent, now: datetime) -> Message:
        """What to say when rules object."""
        text = self.wording.objections(reasons, now)
        return Message(tone=Tone.REFUSED, text=text, intent=intent, reasons=reasons)

    def verdict(self, answer: CheckAnswered, intent: Intent, now: datetime) -> Message:
        """What to say of a code that was given. The last wrong one locks, and that is said too."""
        if answer.passed:
            return self.done("right_code", intent)
        code, left = answer.objection or Objection.WRONG_CODE, answer.attempts_left
        reason = Reason(code=code, about=str(left) if code is Objection.WRONG_CODE and left else None)
        locked = () if left else (Reason(code=Objection.ATTEMPTS_USED_UP),)
        return self.refusal((reason, *locked), intent, now)

    def trouble(self, key: str, tone: Tone = Tone.TROUBLE, intent: Intent | None = None) -> Message:
        """One of the desk's own troubles, from the table `trouble`."""
        return Message(tone=tone, text=self.wording.sentence("trouble", key), intent=intent)

    def done(self, key: str, intent: Intent) -> Message:
        """That it went well, from the table `done`."""
        return Message(tone=Tone.DONE, text=self.wording.sentence("done", key), intent=intent)

    def _unheard(self, error: GatewayError, intent: Intent) -> str:
        if isinstance(error, Untrusted):
            return self.wording.sentence("trouble", "untrusted")
        if intent.act is Act.SIGN_IN:
            return self.wording.sentence("trouble", "unreachable_sign_in")
        key = "unreachable_question" if intent.act in QUESTIONS else "unreachable"
        return self.wording.sentence("trouble", key)


def _tone(error: GatewayError) -> Tone:
    if isinstance(error, Invalid | Broken):
        return Tone.FAULT
    if isinstance(error, Stale | SignedOut):
        return Tone.NOTICE
    if isinstance(error, Unavailable) or not isinstance(error, Answered):
        return Tone.TROUBLE
    return Tone.REFUSED
