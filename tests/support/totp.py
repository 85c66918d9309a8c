"""An owner's or a colleague's authenticator app."""

import base64
import hashlib
from datetime import datetime

import pyotp

from services.domain.one_time import TotpKey, totp_counter

HASHES = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}


def totp_code(key: TotpKey, step: int) -> str:
    """What the app shows in a step."""
    secret = base64.b32encode(key.secret.reveal()).decode()
    app = pyotp.TOTP(secret, digits=key.digits, digest=HASHES[key.algorithm], interval=key.period)
    return app.generate_otp(step)


def totp_now(key: TotpKey, now: datetime) -> str:
    """What the app shows at a moment."""
    return totp_code(key, totp_counter(key, now))
