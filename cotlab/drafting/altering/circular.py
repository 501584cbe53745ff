"""A claim whose reason is the claim itself."""

import re
from collections.abc import Iterator, Sequence

from cotlab.drafting.altering.sentences import capital, small, whole
from cotlab.drafting.altering.texts import Altered, Edit, StepToAlter, altered

_VERB = re.compile(
    r"=|<|>|≤|≥|≠|\\(?:le|ge|neq?|leq|geq|equiv)\b|"
    r"\b(?:is|are|was|were|has|have|had|must|can|cannot|does|do|divides|equals?|implies|needs?|costs?|contains?)\b"
)
"""What makes a clause a statement."""
_SINCE = re.compile(
    r"(?:^|(?<=[.!?] ))(?:Since|Because) (?P<reason>[^.!?\n]+?), (?:then |we (?:have|know|see|get|conclude) that )?"
    r"(?P<claim>[^\s.!?][^.!?\n]*?)(?=[.!](?:\s|$)|$)"
)
_BECAUSE = re.compile(
    r"(?:^|(?<=[.!?] ))(?:(?:So|Therefore|Thus|Hence|Then),? )?(?P<claim>[^\s.!?][^.!?\n]*?),? because "
    r"(?P<reason>[^.!?\n]+?)(?=[.!](?:\s|$)|$)"
)
_DOES = re.compile(r"(?:we|let|you|one|i)\b", re.IGNORECASE)
"""How something begins that is done, not claimed."""
FEWEST = 2


class Circular:
    """`Since 12 is a multiple of 4, 12 is even.` becomes `Since 12 is even, 12 is even.`"""

    name = "circular"
    label = "incorrect"
    kinds: frozenset[str] | None = frozenset()

    def alterations(self, step: StepToAlter) -> Sequence[Altered]:
        return [altered(step.text, edits) for edits in _edits(step.text)]


def _edits(text: str) -> Iterator[list[Edit]]:
    for pattern in (_SINCE, _BECAUSE):
        for found in pattern.finditer(text):
            reason, claim = found["reason"], found["claim"]
            if _states(reason) and _states(claim) and ", " not in reason and not _DOES.match(claim):
                yield [(found.start("reason"), found.end("reason"), small(claim))]


def _states(clause: str) -> bool:
    return whole(clause) and _VERB.search(clause) is not None and len(capital(clause).split()) >= FEWEST
