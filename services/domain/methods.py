"""Methods: which an account offers, what each stands on, what it would prove, and what stops that."""

from dataclasses import dataclass
from datetime import datetime

from services.domain.account import ContactPoint, Dossier, is_fresh, is_swapped, sim_swap
from services.domain.assurance import CONTACT, Evidence
from services.domain.outcome import Why
from services.domain.policy import Policy
from services.vocabulary import AuthenticatorKind, CheckId, ContactKind, Method, Objection, SignalAnswer

ISSUED = (Method.SMS_CODE, Method.VOICE_CODE, Method.EMAIL_CODE, Method.REVERSE_CODE)
"""Methods that send something to a contact point."""
RECOVERY_CODES = "recovery_codes"
"""What saved codes stand on: an account has one set of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A method that this account offers, whether or not it can be run now."""

    method: Method
    contact: ContactPoint | None = None
    authenticator_id: str | None = None

    @property
    def target(self) -> str | None:
        """Id of what it is about."""
        return self.contact.id if self.contact else self.authenticator_id

    @property
    def option(self) -> str:
        """How the desktop names it: `method` or `method:target`."""
        return f"{self.method}:{self.target}" if self.target else str(self.method)


def offers(dossier: Dossier) -> tuple[Offer, ...]:
    """Every method that something on file could carry. Knowledge is not among them (invariant 5)."""
    phones = [one for one in dossier.current_contacts if one.kind is ContactKind.PHONE]
    emails = [one for one in dossier.current_contacts if one.kind is ContactKind.EMAIL]
    found = [Offer(method=Method.REVERSE_CODE, contact=contact) for contact in (*phones, *emails)]
    found += [
        Offer(method=Method.TOTP, authenticator_id=one.id)
        for one in dossier.authenticators
        if one.kind is AuthenticatorKind.TOTP and (one.secret is not None or one.disabled_at is not None)
    ]
    if dossier.recovery_codes and dossier.recovery_codes.digests:
        found.append(Offer(method=Method.RECOVERY_CODE))
    found += [Offer(method=Method.SMS_CODE, contact=contact) for contact in phones]
    found += [Offer(method=Method.EMAIL_CODE, contact=contact) for contact in emails]
    found += [Offer(method=Method.VOICE_CODE, contact=contact) for contact in phones]
    return tuple(found)


def stands_on(method: Method, target: str | None) -> str:
    """What a method stands on: two proofs on one thing are one, and guesses at one thing count together."""
    if method in ISSUED:
        return f"{CONTACT}{target}"
    return f"authenticator:{target}" if method is Method.TOTP else RECOVERY_CODES


def proof_of(offer: Offer, policy: Policy, now: datetime) -> Evidence:
    """What a method would prove once passed."""
    swapped = sim_swap(offer.contact, policy, now) if offer.contact else SignalAnswer.UNKNOWN
    return proof(offer.method, offer.target, offer.contact, swapped, policy)


def proof(
    method: Method,
    target: str | None,
    contact: ContactPoint | None,
    swapped: SignalAnswer,
    policy: Policy,
    check: CheckId | None = None,
) -> Evidence:
    """What a method proves, or would.

    *swapped* is whether the SIM was swapped, as it was known when the message was sent.
    """
    phone = contact is not None and contact.kind is ContactKind.PHONE
    return Evidence(
        evidence=policy.methods[method].evidence,
        depends_on=frozenset({stands_on(method, target)}),
        exposed=policy.methods[method].exposed,
        confirmed=not phone or swapped is SignalAnswer.NO,
        check=check,
    )


def objections_to_unknown(offer: Offer, policy: Policy, now: datetime) -> tuple[Why, ...]:
    """Why a code to a phone of unknown SIM history is not worth sending: nothing would take it for a proof.

    Unknown is never a pass (invariant 5). Before a check is started only: what it proves is as known when it was sent.
    """
    if offer.contact is None or offer.contact.kind is not ContactKind.PHONE or policy.takes_unconfirmed:
        return ()
    unknown = sim_swap(offer.contact, policy, now) is SignalAnswer.UNKNOWN
    return (Why(code=Objection.SIM_UNKNOWN),) if unknown else ()


def objections_to_target(
    method: Method, target: str | None, dossier: Dossier, policy: Policy, now: datetime
) -> tuple[Why, ...]:
    """Why what a method stands on proves nothing now: gone, out of use, unverified, fresh, or a swapped SIM.

    The same holds before a check is started and as long as it counts (invariants 4 and 6, N-OOB-08).
    """
    if method in ISSUED:
        return _objections_to_contact(dossier.contact(target), policy, now)
    authenticator = dossier.authenticator(target)
    if method is Method.TOTP:
        if authenticator is not None and authenticator.disabled_at is not None:
            return (Why(code=Objection.OUT_OF_USE, at=authenticator.disabled_at),)
        return _objections_to_age(authenticator.bound_at if authenticator else None, policy, now)
    codes = dossier.recovery_codes
    return _objections_to_age(codes.issued_at if codes else None, policy, now)


def _objections_to_contact(contact: ContactPoint | None, policy: Policy, now: datetime) -> tuple[Why, ...]:
    reasons = list(_objections_to_age(contact.changed_at if contact else None, policy, now))
    if contact is not None and contact.verified_at is None:
        reasons.append(Why(code=Objection.NOT_VERIFIED))
    if contact is not None and is_swapped(contact, policy, now):
        reasons.append(Why(code=Objection.SIM_SWAPPED, at=contact.sim_swapped_at))
    return tuple(reasons)


def _objections_to_age(changed_at: datetime | None, policy: Policy, now: datetime) -> tuple[Why, ...]:
    """*changed_at* is None when there is no such thing on file."""
    if changed_at is None:
        return (Why(code=Objection.NOT_ON_FILE),)
    return (Why(code=Objection.CHANGED_RECENTLY, at=changed_at),) if is_fresh(changed_at, policy, now) else ()
