"""What an export of pairs is to look like."""

from enum import StrEnum

from cotlab.domain.model import Model
from cotlab.domain.traces.pairs import LabelledPair

MOST_PER_STEP = 20
"""Chosen with rejected steps that are made where paths part, unless the order says otherwise."""


class Compared(StrEnum):
    """What the two responses of a row are: whole ones that people compared, or next steps that were labelled."""

    RESPONSES = "responses"
    STEPS = "steps"


class PairShape(Model):
    """How pairs are written.

    `conversational`: prompts and responses are chat messages, else texts. `margin`: each row has one, which formats
    without a place for it leave out. `ties`: where the format has a place for them, pairs settled on `tie` or
    `both-bad` are written too.
    """

    conversational: bool = False
    margin: bool = False
    ties: bool = False


def why_left_out(pair: LabelledPair) -> str:
    """Why a pair without a better response is no row of two responses: what it is settled on, or why it is not."""
    if pair.settled is not None:
        return pair.settled.sign
    return str(pair.unsettled) if pair.unsettled else "unsettled"


def margin_of(pair: LabelledPair) -> float | None:
    """The mean strength towards the chosen response, in scale points; None where nobody chose on the scale.

    A mean that points the other way (one strong choice against two slight ones) is 0: a loss that asks the rejected
    response to be ahead would train the opposite of what was settled.
    """
    if pair.chosen is None or pair.settled is None or pair.settled.margin is None:
        return None
    return max(0.0, pair.settled.margin if pair.chosen is pair.first else -pair.settled.margin)
