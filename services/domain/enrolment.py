"""An enrolment under way: the key drawn for an owner who gave their password, until a code of their app binds it."""

from datetime import UTC, datetime, timedelta

from services.domain.account import Account, Authenticator
from services.domain.handover import Link
from services.domain.one_time import Accepted, TotpKey, totp_step
from services.domain.outcome import Refused
from services.secret import Secret
from services.vocabulary import AuthenticatorId, AuthenticatorKind, Objection

LIFE = timedelta(minutes=15)
"""Long enough to install an app; the password was given for no longer, however long the link lives."""
NEW_AUTHENTICATOR = "Authenticator app"
"""What a new authenticator is called until its owner says otherwise."""
_TIME_BYTES = 8


def place(link: Link, account: Account) -> str:
    """What a drawn key is sealed for: one start through one link, and the account as it was then.

    Each start writes the link anew, and a new password the account: what was drawn before then fits nowhere.
    """
    return f"enrolment:{link.id}:{link.version}:{account.version}"


def written(key: TotpKey, now: datetime) -> Secret[bytes]:
    """A key drawn now, to be sealed: the second since 1970 until which it may be bound (8 bytes), then its secret."""
    ends_at = int((now + LIFE).timestamp())
    return Secret(ends_at.to_bytes(_TIME_BYTES, "big") + key.secret.reveal())


def read(octets: Secret[bytes] | None, now: datetime) -> TotpKey:
    """The key that may be bound.

    Args:
        octets: What `written` made; None if nothing was sealed for this place.

    Raises:
        Refused: If there is none, or it was drawn too long ago.
    """
    if octets is None:
        raise Refused(Objection.ENROLMENT_OVER)
    time, secret = octets.reveal()[:_TIME_BYTES], octets.reveal()[_TIME_BYTES:]
    if now >= datetime.fromtimestamp(int.from_bytes(time, "big"), UTC):
        raise Refused(Objection.ENROLMENT_OVER)
    return TotpKey(Secret(secret))


def bound(new_id: AuthenticatorId, account: Account, key: TotpKey, code: str, now: datetime) -> Authenticator:
    """The authenticator to bind, its first code used up (O-06).

    Raises:
        Refused: If the code is not the app's present one or the one before.
    """
    step = totp_step(key, code, now, None)
    if not isinstance(step, Accepted):
        raise Refused(Objection.WRONG_CODE)
    return Authenticator(
        id=new_id,
        account_id=account.id,
        kind=AuthenticatorKind.TOTP,
        label=NEW_AUTHENTICATOR,
        secret=key.secret.reveal(),
        bound_at=now,
        last_used_at=now,
        last_step=step.step,
    )
