"""Methods: which an account offers, what each stands on, what it would prove, and what stops that."""

from dataclasses import dataclass
from datetime import datetime

from services.domain.account import ContactPoint, Dossier, is_fresh, sim_swap
from services.domain.assurance import Evidence
from services.domain.outcome import Why
from services.domain.policy import Policy
from services.vocabulary import AuthenticatorKind, ContactKind, Method, Objection, SignalAnswer

ISSUED = (Method.SMS_CODE, Method.VOICE_CODE, Method.EMAIL_CODE, Method.REVERSE_CODE)
"""Methods that send something to a contact point."""


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
        if one.kind is AuthenticatorKind.TOTP
    ]
    if dossier.recovery_codes and dossier.recovery_codes.digests:
        found.append(Offer(method=Method.RECOVERY_CODE))
    found += [Offer(method=Method.SMS_CODE, contact=contact) for contact in phones]
    found += [Offer(method=Method.EMAIL_CODE, contact=contact) for contact in emails]
    found += [Offer(method=Method.VOICE_CODE, contact=contact) for contact in phones]
    return tuple(found)


def proof_of(offer: Offer, dossier: Dossier, policy: Policy, now: datetime) -> Evidence:
    """What a method would prove once passed."""
    rules = policy.methods[offer.method]
    swapped = sim_swap(offer.contact, policy, now) if offer.contact else SignalAnswer.NO
    return Evidence(
        evidence=rules.evidence,
        depends_on=frozenset({stands_on(offer.method, offer.target)}),
        exposed=rules.exposed,
        confirmed=offer.contact is None or offer.contact.kind is ContactKind.EMAIL or swapped is SignalAnswer.NO,
    )


def objections_to_target(offer: Offer, dossier: Dossier, policy: Policy, now: datetime) -> list[Why]:
    """Quarantine, verification and SIM swap of what the method goes to (invariants 4 and 6, N-OOB-08)."""
    reasons: list[Why] = []
    if offer.contact is not None:
        if offer.contact.verified_at is None:
            reasons.append(Why(code=Objection.NOT_VERIFIED))
        if is_fresh(offer.contact.changed_at, policy, now):
            reasons.append(Why(code=Objection.CHANGED_RECENTLY, at=offer.contact.changed_at))
        if offer.contact.kind is ContactKind.PHONE and sim_swap(offer.contact, policy, now) is SignalAnswer.YES:
            reasons.append(Why(code=Objection.SIM_SWAPPED, at=offer.contact.sim_swapped_at))
    authenticator = dossier.authenticator(offer.authenticator_id)
    if authenticator is not None and is_fresh(authenticator.bound_at, policy, now):
        reasons.append(Why(code=Objection.CHANGED_RECENTLY, at=authenticator.bound_at))
    codes = dossier.recovery_codes if offer.method is Method.RECOVERY_CODE else None
    if codes is not None and is_fresh(codes.issued_at, policy, now):
        reasons.append(Why(code=Objection.CHANGED_RECENTLY, at=codes.issued_at))
    return reasons


def stands_on(method: Method, target: str | None) -> str:
    """What a method stands on: two proofs on one thing are one."""
    if method in ISSUED:
        return f"contact:{target}"
    return f"authenticator:{target}" if method is Method.TOTP else "recovery_codes"
