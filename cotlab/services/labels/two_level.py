"""The final answer and the steps of a trace, judged apart: whether each is right, and who says so."""

from cotlab.domain.answers import WHOLE_TRACE
from cotlab.domain.cases import Usability
from cotlab.domain.checks import Verdict
from cotlab.domain.labels.settled import Settled, settle
from cotlab.domain.labels.two_level import CELLS, Answer, AnswerCell, Source, answer_of, said_of_answer
from cotlab.domain.projects.policy import Policy
from cotlab.services.labels.latest_labels import Said

DECIDED = {Usability.ANSWER_RIGHT.value: True, Usability.ANSWER_WRONG.value: False}


def answer(said: Said) -> Answer | None:
    """Whether the final answer of a trace is right."""
    adjudicated = DECIDED.get(said.whole["value"]) if said.whole is not None else None
    verdict = said.checked.get(WHOLE_TRACE)
    return answer_of(
        adjudicated, None if verdict is None else Verdict(verdict["verdict"]), said_of_answer(said.imported)
    )


def judged(said: Said) -> bool | None:
    """Whether the final answer is right by an adjudicator or a check; None where only a file says, or nobody."""
    found = answer(said)
    return None if found is None or found.source is Source.FILE else found.right


def bad_steps(said: Said, policy: Policy) -> tuple[int, ...] | None:
    """The steps of a trace that are settled as an error; None where none is, and some step is still open."""
    results = {
        place: settle(said.latest(place), policy, said.people(policy), said.beside(place)) for place in said.positions
    }
    settled = {place: one.value for place, one in results.items() if isinstance(one, Settled)}
    bad = tuple(place for place, value in settled.items() if said.is_error(place, value))
    return bad if bad or (settled and len(settled) == len(results)) else None


def cell(said: Said, policy: Policy) -> tuple[AnswerCell, Source] | None:
    """Where a trace stands, and who says whether its answer is right; None while one of both is open."""
    given = answer(said)
    bad = None if given is None else bad_steps(said, policy)
    return None if given is None or bad is None else (CELLS[given.right, bool(bad)], given.source)


def disputed(said: Said, policy: Policy) -> AnswerCell | None:
    """Where a trace stands by the check of its answer, unless somebody decided on the whole trace since."""
    if WHOLE_TRACE not in said.checked or (said.whole is not None and said.newest < said.whole["decided_at"]):
        return None
    found = cell(said, policy)
    return None if found is None or found[1] is not Source.CHECKED else found[0]
