"""One answer held against a reference in this process. Text from data goes through `cotlab.checks.running.runner`."""

from collections.abc import Iterator

from cotlab.checks.answers.findings import AnswerKind, AnswerVerdict, Comparison, doubtful
from cotlab.checks.answers.kinds import KINDS
from cotlab.checks.answers.stated import Stated, stated
from cotlab.checks.computing.budget import MAX_CHARACTERS, TOO_EXPENSIVE, OverBudget, Undefined, Unread
from cotlab.domain.checks import Verdict

LONGEST_REASON = 400
"""Characters of a reason."""
LEAST = KINDS[-1].name
"""The kind that takes any text."""
NO_ANSWER = "there is no answer"
NO_REFERENCE = "there is no reference answer"


def check_answer(answer: str, reference: str) -> AnswerVerdict:
    """The verdict on an answer: verified on any sensible reading, refuted only where both are clean and differ.

    The first kind that compares a pair of readings has it, unless another verifies it; words that differ say least.
    """
    for text, none in ((answer, NO_ANSWER), (reference, NO_REFERENCE)):
        if len(text) > MAX_CHARACTERS:
            return undecided(f"{TOO_EXPENSIVE}: longer than {MAX_CHARACTERS:,} characters")
        if not text.strip():
            return undecided(none)
    said = list[AnswerVerdict]()
    for kind, found in _findings(stated(answer), [one for one in stated(reference) if one.firm]):
        verdict = AnswerVerdict(found.verdict, _shortened(found.reason), kind.name)
        if found.verdict is Verdict.VERIFIED:
            return verdict
        said.append(verdict)
    told = [one for one in said if one.kind != LEAST]
    return next(iter(told or said), undecided("no kind of answer fits both"))


def undecided(reason: str) -> AnswerVerdict:
    return AnswerVerdict(Verdict.UNDECIDED, reason)


def _findings(said: tuple[Stated, ...], wanted: list[Stated]) -> Iterator[tuple[AnswerKind, Comparison]]:
    for one in said:
        for two in wanted:
            for kind in KINDS:
                found = _compared(kind, one, two)
                if found is None:
                    continue
                if found.verdict is Verdict.REFUTED and not one.firm:
                    found = doubtful(f"{found.reason}, but the text may say another answer")
                if one.name and two.name and one.name != two.name:
                    found = doubtful(f"it is said of {one.name} and not of {two.name}")
                yield kind, found


def _compared(kind: AnswerKind, one: Stated, two: Stated) -> Comparison | None:
    try:
        return kind.compare(one, two)
    except OverBudget as error:
        return doubtful(f"{TOO_EXPENSIVE}: {error}")
    except Undefined as error:
        return doubtful(str(error))
    except Unread as error:
        return doubtful(f"not computed: {error}")


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]}…"
