"""A caller's case at several moments, as the service would send it. All people are made up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from console.state.desk_state import Connection, DeskState, Phase, TokenHome
from services.contract.accounts import AccountCard, AuthenticatorCard, ContactCard
from services.contract.actions import ActionCard, RecoveryCard, Requirement, StepCard
from services.contract.cases import CaseCard, CaseLine, TimelineItem
from services.contract.checks import CheckCard, CodeShape, MethodCard
from services.contract.problems import Reason
from services.contract.staff import SessionCard, StaffCard
from services.vocabulary import (
    AccountId,
    ActionId,
    ActionKind,
    ActionState,
    AuthenticatorId,
    AuthenticatorKind,
    CaseId,
    CaseState,
    Channel,
    CheckId,
    CheckState,
    ContactKind,
    ContactPointId,
    Event,
    EvidenceClass,
    Method,
    Objection,
    Risk,
    SignalAnswer,
    StaffId,
    StepKind,
    StepState,
    Tier,
)

NOW = datetime(2026, 11, 21, 14, 30, tzinfo=UTC)
"""When the pages are looked at."""
PHONE, EMAIL, APP = ContactPointId("cp_phone"), ContactPointId("cp_email"), AuthenticatorId("auth_app")
MASKED_PHONE, MASKED_EMAIL = "+234 ••• ••• 4471", "a•••••r@p•••••.example"
TARGETS = {MASKED_PHONE: PHONE, MASKED_EMAIL: EMAIL, "Phone app": APP}
SHAPES = {Method.REVERSE_CODE: None, Method.RECOVERY_CODE: CodeShape(length=28, letters=True)}


def ago(**span: float) -> datetime:
    """A moment before `NOW`."""
    return NOW - timedelta(**span)


def session() -> SessionCard:
    """Nadia, an agent, signed in."""
    staff = StaffCard(
        id=StaffId("staff_nadia"),
        login="nadia",
        name="Nadia Rahimi",
        role="agent",
        enabled=True,
    )
    return SessionCard(staff=staff, ends_at=NOW, idle_seconds=900, log_key="log+1+key", open_why_not=())


def account() -> AccountCard:
    """Amara's account: a phone, an address that changed lately, and an authenticator app."""
    return AccountCard(
        id=AccountId("acct_amara"),
        name="A•••• O•••••",
        customer_number="RC-0418 227",
        tier=Tier.PROTECTED,
        created_at=datetime(2019, 3, 4, tzinfo=UTC),
        last_sign_in_at=ago(days=3),
        locked=True,
        frozen=False,
        contacts=(
            ContactCard(
                id=PHONE,
                kind=ContactKind.PHONE,
                masked=MASKED_PHONE,
                verified_at=ago(days=700),
                changed_at=ago(days=700),
                fresh=False,
                sim_swap=SignalAnswer.NO,
            ),
            ContactCard(
                id=EMAIL,
                kind=ContactKind.EMAIL,
                masked=MASKED_EMAIL,
                verified_at=ago(days=2),
                changed_at=ago(days=2),
                fresh=True,
                sim_swap=None,
            ),
        ),
        authenticators=(
            AuthenticatorCard(
                id=APP,
                kind=AuthenticatorKind.TOTP,
                label="Phone app",
                fresh=False,
            ),
        ),
        recovery_codes_left=8,
        trusted_devices=2,
        sessions=1,
    )


def method(method: Method, target: str = "", masked: str = "", *why_not: Reason, seconds: int = 40) -> MethodCard:
    """A method on offer."""
    return MethodCard(
        option=f"{method}:{target}" if target else str(method),
        method=method,
        target=target or None,
        masked=masked,
        seconds=seconds,
        why_not=why_not,
        suggested=False,
    )


def methods() -> tuple[MethodCard, ...]:
    """What can be started for Amara, and what cannot and why."""
    fresh = Reason(code=Objection.CHANGED_RECENTLY, at=ago(days=2).isoformat(), about="email")
    return (
        replace(method(Method.REVERSE_CODE, PHONE, MASKED_PHONE), suggested=True),
        method(Method.TOTP, APP, "Phone app", seconds=20),
        method(Method.SMS_CODE, PHONE, MASKED_PHONE, seconds=50),
        method(Method.EMAIL_CODE, EMAIL, MASKED_EMAIL, fresh, seconds=70),
        method(Method.RECOVERY_CODE, seconds=60),
    )


def requirement(name: str, missing: tuple[EvidenceClass, ...], *next_options: str) -> Requirement:
    """What an action takes."""
    return Requirement(
        name=name,
        met=not missing,
        missing=missing,
        next_options=next_options,
    )


def action(kind: ActionKind, needs: Requirement, *why_not: Reason, about: str = "", cooling: int = 0) -> ActionCard:
    """An action on offer."""
    return ActionCard(
        option=str(kind),
        kind=kind,
        about=about,
        requirement=needs,
        why_not=why_not,
        needs_approval=False,
        reason_needed=False,
        cooling_seconds=cooling,
    )


def actions(*, proven: bool = False) -> tuple[ActionCard, ...]:
    """What can be done for Amara, before and after one check passed."""
    reverse, totp = f"{Method.REVERSE_CODE}:{PHONE}", f"{Method.TOTP}:{APP}"
    missing_one = () if proven else (EvidenceClass.ISSUED_CODE,)
    bound = EvidenceClass.BOUND_AUTHENTICATOR
    missing_two = (bound,) if proven else (EvidenceClass.ISSUED_CODE, bound)
    one = requirement("one_proof", missing_one, *(() if proven else (reverse,)))
    two = requirement("two_proofs", missing_two, *((totp,) if proven else (reverse, totp)))
    not_one = () if proven else (Reason(code=Objection.NEEDS_MORE_PROOF, about="one_proof"),)
    not_two = Reason(code=Objection.NEEDS_MORE_PROOF, about="two_proofs")
    nothing = requirement("nothing", ())
    return (
        action(ActionKind.RESET_LINK, one, *not_one, about=MASKED_PHONE),
        action(ActionKind.AUTHENTICATOR_RESET, two, not_two, about="Phone app", cooling=900),
        action(ActionKind.UNLOCK, one, *not_one),
        action(ActionKind.REVOKE_SESSIONS, nothing),
        action(ActionKind.FREEZE, nothing),
    )


def check(kind: Method, state: CheckState, evidence: EvidenceClass, masked: str = "", **more: object) -> CheckCard:
    """An attempt at a method."""
    card = CheckCard(
        id=CheckId(f"chk_{kind}"),
        method=kind,
        target=TARGETS.get(masked),
        masked=masked,
        evidence=evidence,
        exposed=kind is not Method.REVERSE_CODE,
        state=state,
        started_at=ago(minutes=2),
        expires_at=NOW + timedelta(minutes=8),
        lapses_at=None,
        attempts_left=5,
        wrong_answers=0,
        code=SHAPES.get(kind, CodeShape(length=6, letters=False)),
        read_out=None,
        opened_by_owner=False,
        counts=False,
    )
    return replace(card, **more)  # type: ignore[arg-type]  # the fields are a test's own


def reverse_pending(*, opened: bool = True) -> CheckCard:
    """The reverse code, waiting for the caller."""
    issued = EvidenceClass.ISSUED_CODE
    more = {"read_out": "418227", "opened_by_owner": opened}
    return check(Method.REVERSE_CODE, CheckState.PENDING, issued, MASKED_PHONE, **more)


def recovery_code_pending() -> CheckCard:
    """A saved recovery code, waiting to be read out."""
    return check(Method.RECOVERY_CODE, CheckState.PENDING, EvidenceClass.SAVED_CODE)


def reverse_passed() -> CheckCard:
    """The reverse code, typed by the caller."""
    done = {"lapses_at": NOW + timedelta(minutes=29), "counts": True}
    return check(Method.REVERSE_CODE, CheckState.PASSED, EvidenceClass.ISSUED_CODE, MASKED_PHONE, **done)


def totp_pending() -> CheckCard:
    """The authenticator app's code, waiting to be read out."""
    return check(Method.TOTP, CheckState.PENDING, EvidenceClass.BOUND_AUTHENTICATOR, "Phone app", attempts_left=4)


def recovery() -> RecoveryCard:
    """A reset link that is with the owner."""
    steps = (
        StepCard(kind=StepKind.REVOKE_SESSIONS, state=StepState.DONE, result="1", done_at=ago(seconds=30)),
        StepCard(kind=StepKind.SEND_RESET_LINK, state=StepState.DONE, result=MASKED_PHONE, done_at=ago(seconds=20)),
        StepCard(kind=StepKind.NOTIFY, state=StepState.WAITING, result="", done_at=None),
    )
    return RecoveryCard(
        id=ActionId("act_1"),
        kind=ActionKind.RESET_LINK,
        about=MASKED_PHONE,
        state=ActionState.HANDED_OVER,
        requested_at=ago(minutes=1),
        due_at=None,
        link_expires_at=NOW + timedelta(minutes=59),
        steps=steps,
    )


def timeline() -> tuple[TimelineItem, ...]:
    """What happened so far."""
    return (
        TimelineItem(at=ago(minutes=8), event=Event.CASE_OPENED, actor="Nadia", about=(("channel", "phone"),)),
        TimelineItem(at=ago(minutes=7), event=Event.LOOKUP_MATCHED, actor="Nadia", about=(("by", "email"),)),
        TimelineItem(at=ago(minutes=2), event=Event.CHECK_STARTED, actor="Nadia", about=(("method", "reverse_code"),)),
    )


def case() -> CaseCard:
    """Just opened: nobody was looked up."""
    return CaseCard(
        id=CaseId("case_1"),
        number="C-20418",
        version=1,
        state=CaseState.OPEN,
        channel=Channel.PHONE,
        reference="T-1042",
        opened_at=ago(minutes=8),
        lookup="none",
        lookups_left=5,
        lookup_why_not=(),
        reveal_why_not=(),
        risk=Risk.STANDARD,
        risk_reasons=(),
        account=None,
        methods=(),
        checks=(),
        actions=(),
        recoveries=(),
        timeline=timeline()[:1],
        why_not=(),
        note_why_not=(),
    )


def found(*checks: CheckCard, proven: bool = False, **more: object) -> CaseCard:
    """The account was found, and these checks were run."""
    card = replace(
        case(),
        version=2,
        lookup="matched",
        lookups_left=4,
        account=account(),
        methods=methods(),
        checks=checks,
        actions=actions(proven=proven),
        timeline=timeline(),
    )
    return replace(card, **more)  # type: ignore[arg-type]  # the fields are a test's own


def closed() -> CaseCard:
    """The owner is back in: the case closed itself, and its record is what is left."""
    why = (Reason(code=Objection.CASE_NOT_OPEN, about="resolved"),)
    was = account()
    named = AccountCard(
        id=was.id,
        name=was.name,
        customer_number=was.customer_number,
        tier=Tier.STANDARD,
        created_at=was.created_at,
        last_sign_in_at=None,
        locked=False,
        frozen=False,
        contacts=(),
        authenticators=(),
        recovery_codes_left=0,
        trusted_devices=0,
        sessions=0,
        live=False,
    )
    passed = replace(reverse_passed(), counts=False, attempts_left=0, lapses_at=None)
    card = found(passed, recoveries=(recovery(),), state=CaseState.RESOLVED, why_not=why)
    return replace(card, account=named, timeline=timeline() * 5, methods=(), actions=())


def colleagues() -> CaseCard:
    """A colleague's open case, where enough is proven: nothing but whose it is stops anybody."""
    why = (Reason(code=Objection.NOT_YOUR_CASE),)
    card = found(reverse_passed(), proven=True, why_not=why)
    return replace(
        card,
        methods=tuple(replace(one, why_not=(*why, *one.why_not), suggested=False) for one in card.methods),
        actions=tuple(replace(one, why_not=why) for one in card.actions),
    )


def lines(count: int) -> tuple[CaseLine, ...]:
    """Some of Nadia's cases."""
    return tuple(
        CaseLine(
            id=CaseId(f"case_{number}"),
            number=f"C-{20418 - number}",
            state=CaseState.OPEN if number == 1 else CaseState.RESOLVED,
            reference=f"T-{1042 - number}",
            opened_at=ago(minutes=9 * number),
        )
        for number in range(1, count + 1)
    )


def desk(card: CaseCard | None = None, **more: object) -> DeskState:
    """The desk of a signed-in agent, with a case or without."""
    state = DeskState(
        phase=Phase.SIGNED_IN,
        session=session(),
        token_home=TokenHome.KEYRING,
        live=Connection.ONLINE,
        case=card,
        cases=lines(3),
    )
    return replace(state, **more)  # type: ignore[arg-type]  # the fields are a test's own
