"""Signing in and out: who may, the service says; where the token is kept, the session says."""

import asyncio
from collections.abc import Awaitable, Callable

from console.errors import GatewayError, SignedOut, Unavailable, Unreachable, Untrusted
from console.ports import Calls
from console.session import Session
from console.state.changes import Change, signed_in, signed_out, unchanged
from services.contract.staff import CURRENT_SESSION, SIGN_IN, SIGN_OUT, SignIn

GOODBYE_SECONDS = 5.0
"""How long signing out waits for the service. On this computer the session is over before that."""


async def resume(
    calls: Calls, session: Session, waiting: Callable[[], None], away: Callable[[], Awaitable[None]]
) -> Change:
    """Go on with the session of an earlier run, if there is one and it still counts.

    *waiting* is called when the password store seems to be asking the agent for its password; *away* is awaited
    whenever nobody answers, before the service is asked again.

    Raises:
        GatewayError: When asking again is of no use; the token is kept for another try.
    """
    if not await session.recall(waiting):
        return signed_out()
    while True:
        try:
            return signed_in(await calls.call(CURRENT_SESSION, None), session.home)
        except SignedOut:
            await session.forget()
            return signed_out()
        except Untrusted:
            raise
        except (Unreachable, Unavailable):
            await away()


async def sign_in(calls: Calls, session: Session, ask: SignIn) -> Change:
    """Start a session.

    Raises:
        GatewayError: `Refused` with the reasons, among others. Nobody is signed in then.
    """
    opened = await calls.call(SIGN_IN, ask)
    home = await session.keep(opened.token)
    return signed_in(opened.session, home)


async def stay(calls: Calls) -> Change:
    """Use the session, so that it does not end for want of use.

    Raises:
        GatewayError: When the service could not be asked, or the session is over.
    """
    await calls.call(CURRENT_SESSION, None)
    return unchanged


async def sign_out(calls: Calls, session: Session) -> bool:
    """End the session: here in any case, and at the service if it can be reached. Returns whether it was."""
    await session.forget_after_this_run()
    try:
        async with asyncio.timeout(GOODBYE_SECONDS):
            await calls.call(SIGN_OUT, None)
    except SignedOut:
        return True
    except (GatewayError, TimeoutError):
        return False
    finally:
        await session.forget()
    return True
