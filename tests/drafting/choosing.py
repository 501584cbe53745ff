"""A driver that chooses by the letters and the text behind them, for tests."""

import math
import re
from collections.abc import Callable, Iterator, Sequence

from cotlab.domain.provenance import Completion, Prompt, Provenance, Sampling
from cotlab.drafting.driver import Scores

LINE = re.compile(r"^([A-I]): ([\w-]+)", re.MULTILINE)
RESPONSE = re.compile(r"^Response ([AB]):\n(.*?)\n\n", re.MULTILINE | re.DOTALL)


def behind(prompt: Prompt) -> dict[str, str]:
    """Letter -> the label, or the response, that stands behind it in a prompt."""
    said = prompt.messages[1].content
    return dict(LINE.findall(said)) or dict(RESPONSE.findall(said))


class Chooser:
    """The score of an option is what it likes of the option, of its letter, and of the prompt; `voting` gives none."""

    def __init__(
        self,
        likes: Callable[[Prompt, str], float],
        letters: Sequence[float] = (0.0,) * 9,
        mass: float = 1.0,
        answer: Callable[[Prompt], str] | None = None,
    ) -> None:
        self.likes, self.letters, self.mass, self.answer = likes, letters, mass, answer
        self.asked: list[Prompt] = []

    def scores(self, prompt: Prompt) -> dict[str, float]:
        found = behind(prompt)
        return {one: self.likes(prompt, found[one]) + self.letters["ABCDEFGHI".index(one)] for one in found}

    def option_log_probabilities(self, prompt: Prompt, options: Sequence[str], *_: object) -> Scores | None:
        if self.answer is not None:
            return None
        self.asked.append(prompt)
        scores = self.scores(prompt)
        total = math.log(math.fsum(math.exp(one) for one in scores.values())) - math.log(self.mass)
        return Scores([scores[one] - total for one in options])

    def generate(
        self, prompts: Sequence[Prompt], sampling: Sampling, cancelled: Callable[[], bool]
    ) -> Iterator[Completion]:
        for prompt in prompts:
            if cancelled():
                yield Completion(text="", finish_reason="cancelled", seconds=0.0)
                return
            self.asked.append(prompt)
            assert self.answer is not None
            yield Completion(text=self.answer(prompt), finish_reason="stop", seconds=0.0, tokens=sampling.max_tokens)

    def describe(self) -> Provenance:
        return Provenance(driver="chooser", model="chooser")
