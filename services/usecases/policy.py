"""The policy that the service decides by is on record, for whoever asks later why something was allowed."""

from services.domain.policy import SUBJECT, loaded
from services.usecases.service import Service
from services.vocabulary import Event


def put_on_record(service: Service) -> None:
    """Write down which policy was loaded, unless that is the newest thing that the log says of it."""
    with service.storage.changing() as work:
        newest = work.newest_entry(Event.POLICY_LOADED, SUBJECT)
        recorded = None if newest is None else newest.details
        outcome = loaded(service.policy, service.policy_digest, recorded, service.clock())
        if outcome is not None:
            work.record(outcome)
