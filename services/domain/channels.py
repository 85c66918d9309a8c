"""Where the owner is reached: who is told what happens, and where a link goes."""

from collections.abc import Set
from datetime import datetime, timedelta

from services.domain.account import ContactPoint, Dossier, is_fresh, sim_swap
from services.domain.policy import ActionPolicy, Policy
from services.vocabulary import ContactKind, SignalAnswer

LONGEST_LINK = {ContactKind.PHONE: timedelta(minutes=10), ContactKind.EMAIL: timedelta(hours=24)}
"""A link is as good as an issued code to whoever holds it, and lives no longer: no policy can say otherwise.

Source: NIST SP 800-63B-4 section 4.2.1.2 (N-REC-08).
"""


def notice_contacts(dossier: Dossier, policy: Policy, now: datetime) -> tuple[ContactPoint, ...]:
    """Every address that is told what happens: verified ones, and those replaced lately (N-NOT-02, N-IDP-17)."""
    return tuple(
        contact
        for contact in dossier.contacts
        if contact.verified_at is not None
        and (contact.retired_at is None or now - contact.retired_at < policy.retired_contacts_told)
    )


def told_elsewhere(dossier: Dossier, used: Set[str], policy: Policy, now: datetime) -> bool:
    """Whether no address that was used is the only one told (N-NOT-02, N-NOT-05, AC-3).

    *used* holds the ids of the contact points that the evidence came through or that a link goes to. Addresses count,
    not entries on file: one that is there twice is one. Fresh ones are told, and are not somebody else.
    """
    told = {one.id for one in notice_contacts(dossier, policy, now) if tells_the_owner(one, policy, now)}
    return reaches_beyond(told, used, dossier)


def tells_the_owner(contact: ContactPoint, policy: Policy, at: datetime) -> bool:
    """Whether telling this address something at *at* tells the owner: whoever changes one may be a thief (invariant 4).

    What was replaced counts if it had stood for the quarantine by then: to be replaced makes no planted address old.
    """
    return not is_fresh(contact.changed_at, policy, min(at, contact.retired_at or at))


def reaches_beyond(told: Set[str], used: Set[str], dossier: Dossier) -> bool:
    """Whether the contact points *told* are more than one address, or one that is not among those *used*."""
    addresses = {_address(contact) for contact in dossier.contacts if contact.id in told}
    return len(addresses) > 1 or not addresses <= {
        _address(contact) for contact in dossier.contacts if contact.id in used
    }


def handover_contact(dossier: Dossier, used: Set[str], policy: Policy, now: datetime) -> ContactPoint | None:
    """Where a link goes, if there is anywhere safe.

    E-mail first, and rather a contact point that did not just prove the caller: one stolen channel is not enough then.
    """
    safe = [contact for contact in dossier.current_contacts if is_safe(contact, policy, now)]
    order = sorted(safe, key=lambda one: (one.id in used, one.kind is not ContactKind.EMAIL, one.id))
    return order[0] if order else None


def link_life(contact: ContactPoint | None, rules: ActionPolicy) -> timedelta:
    """How long a link that goes there is good for: as the policy says, and no longer than its channel allows."""
    if contact is None:
        return timedelta(0)
    return min(rules.link_valid, LONGEST_LINK[contact.kind])


def is_safe(contact: ContactPoint, policy: Policy, now: datetime) -> bool:
    """Whether a link may go there: verified, not fresh, and no phone whose SIM was swapped or might have been."""
    if contact.verified_at is None or is_fresh(contact.changed_at, policy, now):
        return False
    return contact.kind is not ContactKind.PHONE or sim_swap(contact, policy, now) is SignalAnswer.NO


def _address(contact: ContactPoint) -> tuple[ContactKind, str]:
    return contact.kind, contact.value
