"""What the formats of settled pairs share: prompts and responses as texts or as messages."""

from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.domain.errors import BadInput
from cotlab.domain.traces.pairs import LabelledPair, Response
from cotlab.exchange.formats.columns import Column
from cotlab.exchange.formats.path_rows import SEPARATORS
from cotlab.exchange.formats.problems import problem_text


def prompt(pair: LabelledPair, shape: PairShape) -> object:
    """The prompt: a text that ends with one line feed, because trainers put nothing between it and the response; or
    messages. Passages stand below the text, or below the last message."""
    if not shape.conversational:
        return problem_text(pair.problem).rstrip(SEPARATORS) + "\n"
    if not pair.messages:
        return [_message("user", problem_text(pair.problem))]
    *before, last = pair.messages
    text = problem_text(pair.problem.model_copy(update={"text": last.content}))
    return [*(_message(one.role, one.content) for one in before), _message(last.role, text)]


def response(one: Response, shape: PairShape) -> object:
    return [_message("assistant", one.text)] if shape.conversational else one.text


def decided(pair: LabelledPair) -> tuple[Response, Response] | None:
    """The chosen and the rejected response; None where neither is the better one. BadInput for two equal ones."""
    chosen, rejected = pair.chosen, pair.rejected
    if chosen is None or rejected is None:
        return None
    if chosen.text == rejected.text:
        raise BadInput(f"Pair {pair.external_id or pair.id}: the chosen and the rejected response are the same text.")
    return chosen, rejected


def kind(shape: PairShape) -> Column:
    """The type of a prompt or a response."""
    return Column.MESSAGES if shape.conversational else Column.TEXT


def _message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}
