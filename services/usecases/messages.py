"""Messages to the owner: written in the transaction that decides them, delivered after it by the worker."""

from datetime import timedelta

from services.domain.account import ContactPoint, Dossier
from services.domain.case import Case
from services.domain.channels import notice_contacts
from services.domain.handover import STOP_LINK_LIFE, Link, Message, notice_key
from services.domain.one_time import link_token
from services.domain.outcome import Effect
from services.domain.recovery import Action
from services.secret import Secret
from services.usecases.ports import Draft, Work
from services.usecases.service import Service
from services.vocabulary import ActionId, CheckId, EffectKind, LinkPurpose, MessageKind


def new_link(
    service: Service,
    work: Work,
    case: Case,
    dossier: Dossier,
    purpose: LinkPurpose,
    life: timedelta,
    *,
    check_id: CheckId | None = None,
    action_id: ActionId | None = None,
) -> Secret[str]:
    """Make a one-time link; only its digest is stored. Returns the address, which goes into a sealed message."""
    token = link_token(service.randomness.octets)
    now = service.clock()
    link = Link(
        id=service.new_id("lnk"),
        token_digest=work.token_digest(token),
        purpose=purpose,
        account_id=dossier.account.id,
        case_id=case.id,
        check_id=check_id,
        action_id=action_id,
        created_at=now,
        expires_at=now + life,
    )
    work.links.put(link)
    return service.link_to(token)


def post(service: Service, work: Work, case: Case, contact: ContactPoint, dedupe: str, draft: Draft) -> None:
    """Write a message to a contact point on file, once for each *dedupe*, and have it delivered after commit."""
    if work.messages.by_dedupe(dedupe) is None:
        message = write(service, work, case, contact, dedupe, draft)
        payload = {"message_id": message.id}
        work.enqueue(Effect(kind=EffectKind.DELIVER_MESSAGE, key=delivery_of(message), payload=payload))


def delivery_of(message: Message) -> str:
    """The key of the effect that delivers a message."""
    return f"deliver/{message.id}"


def write(service: Service, work: Work, case: Case, contact: ContactPoint, dedupe: str, draft: Draft) -> Message:
    """Write a message that somebody else sees delivered."""
    subject, body = service.texts.compose(draft)
    message = Message(
        id=service.new_id("msg"),
        dedupe=dedupe,
        account_id=contact.account_id,
        case_id=case.id,
        contact_id=contact.id,
        kind=draft.kind,
        channel=contact.kind,
        address=contact.value,
        subject=subject,
        body=body,
        queued_at=service.clock(),
    )
    return work.messages.put(message)


def tell_everyone(
    service: Service,
    work: Work,
    case: Case,
    dossier: Dossier,
    kind: MessageKind,
    action: Action | None = None,
    *,
    new_codes: bool = False,
) -> int:
    """Tell every address of the owner, the old ones included, each with a link that stops it (invariant 9).

    The same notice about the same action (or case, without one) is never sent twice. What cools off is told with the
    time at which it will happen. Returns how many addresses are told, once their notices are sent.
    """
    now = service.clock()
    about, happens = (action.id, action.due_at or now) if action else (case.id, now)
    contacts = notice_contacts(dossier, service.policy, now)
    for contact in contacts:
        dedupe = notice_key(kind, about, contact.id)
        if work.messages.by_dedupe(dedupe) is not None:
            continue
        action_id = action.id if action else None
        stop = new_link(service, work, case, dossier, LinkPurpose.STOP, STOP_LINK_LIFE, action_id=action_id)
        draft = Draft(
            kind=kind,
            channel=contact.kind,
            case_number=case.number,
            action=action.kind if action else "",
            steps=action.done if action else (),
            new_codes=new_codes,
            stop_link=stop,
            at=happens,
        )
        post(service, work, case, contact, dedupe, draft)
    return len(contacts)


def notices_of(work: Work, dossier: Dossier, kind: MessageKind, action: Action) -> list[Message]:
    """The notices of one kind about an action, sent or not, to whatever address."""
    found = (work.messages.by_dedupe(notice_key(kind, action.id, contact.id)) for contact in dossier.contacts)
    return [message for message in found if message is not None]
