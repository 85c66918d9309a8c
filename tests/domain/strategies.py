"""What hypothesis draws the domain's facts from."""

from hypothesis import strategies as st

from services.domain.assurance import Evidence, Step
from services.domain.policy import RequirementPolicy
from services.vocabulary import CheckId, EvidenceClass
from tests.support.facts import requirement

THINGS = ("contact:phone", "contact:email", "authenticator:app", "recovery_codes")
CLASSES = (EvidenceClass.SAVED_CODE, EvidenceClass.ISSUED_CODE, EvidenceClass.BOUND_AUTHENTICATOR)

classes = st.sampled_from(CLASSES)
things = st.sampled_from(THINGS)

proofs: st.SearchStrategy[Evidence] = st.builds(
    Evidence,
    evidence=classes,
    depends_on=st.frozensets(things, min_size=1, max_size=2),
    exposed=st.booleans(),
    confirmed=st.booleans(),
    check=st.none() | st.just(CheckId("chk_1")),
)
"""Few things and few classes, so that proofs often stand on the same."""

evidence_sets = st.lists(proofs, max_size=5)

requirements: st.SearchStrategy[RequirementPolicy] = st.builds(
    lambda any_of, unexposed, confirmed: requirement(*any_of, unexposed=unexposed, confirmed=confirmed),
    st.lists(st.lists(classes, max_size=3).map(tuple), min_size=1, max_size=3),
    st.integers(0, 2),
    st.booleans(),
)


@st.composite
def plans(draw: st.DrawFn, most: int = 6) -> list[Step]:
    """Steps that could be run, each with an option of its own."""
    drawn = draw(st.lists(st.tuples(proofs, st.integers(1, 90)), max_size=most))
    return [Step(option=f"option {nth}", proof=proof, seconds=seconds) for nth, (proof, seconds) in enumerate(drawn)]
