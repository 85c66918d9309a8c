"""Staff sign-in: an opaque session, and whose it is."""

import pytest

from services.domain.outcome import Refused
from services.secret import Secret
from services.usecases import sign_in
from services.vocabulary import Objection
from tests.support.world import World


def test_a_token_that_was_never_given_opens_nothing(world: World) -> None:
    with pytest.raises(Refused) as refused:
        sign_in.peek(world.service, Secret("A" * 43))
    assert [reason.code for reason in refused.value.reasons] == [Objection.SIGNED_OUT]
