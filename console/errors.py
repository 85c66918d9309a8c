"""What can come back from the service in place of an answer.

```
GatewayError           no answer to what was asked
+-- Answered           the service said why
|   +-- Refused        a rule objects (409)
|   +-- Stale          someone was faster (409)
|   +-- Missing        no such thing, or not ours to see (404)
|   +-- Invalid        malformed, so a fault of ours (400, 413, 422)
|   +-- SignedOut      the session has ended (401)
|   +-- Unavailable    it cannot just now; trying again may help (502, 503, 504)
|   +-- Broken         a fault of the service, with a reference, or an answer nobody can read (500)
+-- Unreachable        nothing was heard: offline, timed out. It may have happened all the same.
    +-- Untrusted      somebody answered whose certificate is not believed; nothing was sent to them
```
"""

from services.contract.problems import Problem, ProblemCode, Reason


class GatewayError(Exception):
    """No answer to what was asked."""


class Unreachable(GatewayError):
    """Nothing was heard from the service. Whether a change was made is not known."""


class Untrusted(Unreachable):
    """Somebody answered whose certificate is not believed. Nothing was sent, and trying again is of no use."""


class Answered(GatewayError):
    """The service said why there is no answer. Unless the subclass says otherwise, nothing was changed."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.code}: {problem.detail}")
        self.problem = problem

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What objects; empty where the kind of the error says it all."""
        return self.problem.reasons


class Refused(Answered):
    """A rule objects; `reasons` is never empty."""


class Stale(Answered):
    """Someone was faster: read again, then decide again."""


class Missing(Answered):
    """No such thing, or not ours to see."""


class Invalid(Answered):
    """What was sent breaks the contract. A bug on our side, or two versions that do not fit."""


class SignedOut(Answered):
    """There is no session, or no longer."""


class Unavailable(Answered):
    """The service cannot just now. Whether a change was made is not known."""


class Broken(Answered):
    """A fault of the service, or an answer that is not of the contract. What was changed is not known."""

    @property
    def reference(self) -> str | None:
        """Of the service's log line; None when the answer was not the service's own."""
        return self.problem.reference


_KINDS: dict[ProblemCode, type[Answered]] = {
    ProblemCode.REFUSED: Refused,
    ProblemCode.MISSING: Missing,
    ProblemCode.STALE: Stale,
    ProblemCode.INVALID: Invalid,
    ProblemCode.SIGNED_OUT: SignedOut,
    ProblemCode.KEY_REUSED: Invalid,
    ProblemCode.KEY_MISSING: Invalid,
    ProblemCode.TOO_LARGE: Invalid,
    ProblemCode.UNAVAILABLE: Unavailable,
    ProblemCode.BROKEN: Broken,
}


def error_of(problem: Problem) -> Answered:
    """The error that a problem is."""
    if problem.code is ProblemCode.REFUSED and not problem.reasons:
        return Broken(problem)
    return _KINDS[problem.code](problem)


def broken(status: int, detail: str) -> Broken:
    """An answer that is not of the contract, as an error. *detail* holds nothing of the answer's content."""
    return Broken(Problem(type="about:blank", title="Broken", status=status, code=ProblemCode.BROKEN, detail=detail))


def unavailable(status: int) -> Unavailable:
    """What a proxy says when it cannot reach the service."""
    detail = f"The service cannot be reached through the proxy ({status})."
    code = ProblemCode.UNAVAILABLE
    return Unavailable(Problem(type="about:blank", title="Unavailable", status=status, code=code, detail=detail))
