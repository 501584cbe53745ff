"""Settled pairs with every trap of the formats: a chat, a passage, a tie, both bad, a margin the other way."""

from cotlab.domain.answers import Basis, Unsettled
from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.domain.traces.pairs import LabelledPair, Message, Response, ResponseKind, ResponseOrigin, SettledPair, Sign
from cotlab.domain.traces.records import Passage, Problem

PLAIN, CHAT = PairShape(), PairShape(conversational=True)


def pair(name: str, sign: Sign | None, margin: float | None = None, **changes: object) -> LabelledPair:
    """A pair of "NAME first" and "NAME second", settled on the sign."""
    made = LabelledPair(
        id=name,
        problem=Problem(text=f"Which {name}?"),
        responses=(
            Response(text=f"{name} first", origin=ResponseOrigin(kind=ResponseKind.MODEL, generator="one")),
            Response(text=f"{name} second", origin=ResponseOrigin(kind=ResponseKind.HUMAN)),
        ),
        settled=None if sign is None else SettledPair(sign=sign, basis=Basis.UNANIMOUS, margin=margin),
        unsettled=Unsettled.DISAGREEMENT if sign is None else None,
    )
    return made.model_copy(update=changes)


FIRST, SECOND = pair("a", "first", 2.5), pair("b", "second", -1.0)
TIE, BOTH_BAD, CANNOT, UNSETTLED = (
    pair("c", "tie", 0.0),
    pair("d", "both-bad"),
    pair("e", "cannot-judge"),
    pair("f", None),
)
AGAINST = pair("g", "first", -0.3)
DECIDED_ALONE = pair("h", "second")
PASSAGE = pair(
    "i", "first", 1.0, problem=Problem(text="Prüfe § 1.\r\n", passages=(Passage(name="§ 1", text="Es gilt.\nNichts."),))
)
TURNS = (
    Message(role="system", content="Be brief."),
    Message(role="user", content="Hi"),
    Message(role="assistant", content="Hello 👋"),
    Message(role="user", content="2 + 2?"),
)
TALK = pair("j", "second", -3.0, messages=TURNS, problem=Problem(text="[system]\nBe brief.\n\n[user]\nHi"))
PAIRS = (FIRST, SECOND, TIE, BOTH_BAD, CANNOT, UNSETTLED, AGAINST, PASSAGE, TALK)
"""Of those with a better response each has a margin."""
