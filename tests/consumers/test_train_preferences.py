"""TRL trains on exported pairs: it learns which response is chosen, from each format, plain and conversational.

The held-out rows are made here and not by the writers, so that chosen and rejected turned round go red.
"""

import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cotlab.domain.datasets.pair_exports import PairShape
from cotlab.domain.traces.pairs import LabelledPair
from cotlab.exchange.formats import pair_writer
from cotlab.exchange.formats.columns import loader_snippet
from cotlab.exchange.readers.jsonl import dump_line
from tests.consumers.environment import PREFERENCE_TRL
from tests.consumers.expected import named, with_names
from tests.consumers.trainer import Trainer
from tests.exchange.pairs import CHAT, PAIRS, PLAIN, pair

pytestmark = [pytest.mark.consumer, pytest.mark.xdist_group("preferences")]

PLANTED, HELD_OUT = 96, 24
MARGIN = 3.0
GOOD, BAD = "√ yes, yes, yes", "no, no, no"


def planted() -> Iterator[LabelledPair]:
    """Pairs of which the better response says yes; it is the first one in half of them."""
    chance = random.Random(3)
    for number in range(PLANTED):
        one = pair(f"claim {number}", "first", MARGIN)
        texts = (GOOD, BAD)
        if chance.random() < 0.5:
            one, texts = pair(f"claim {number}", "second", -MARGIN), (BAD, GOOD)
        responses = tuple(old.model_copy(update={"text": text}) for old, text in zip(one.responses, texts, strict=True))
        yield one.model_copy(update={"responses": responses})


def held_out(kind: str, chat: bool) -> Iterator[dict[str, object]]:
    def said(role: str, text: str) -> object:
        return [{"role": role, "content": text}] if chat else text

    for number in range(HELD_OUT):
        prompt = said("user", f"Which claim {1_000 + number}?" + ("" if chat else "\n"))
        good, bad = said("assistant", GOOD), said("assistant", BAD)
        if kind == "kto":
            yield {"prompt": prompt, "completion": good, "label": True}
            yield {"prompt": prompt, "completion": bad, "label": False}
        else:
            yield {"prompt": prompt, "chosen": good, "rejected": bad}


def train(trainer: Trainer, folder: Path, kind: str, shape: PairShape) -> dict[str, Any]:
    one = pair_writer(f"trl-{kind}")
    rows = [row for made in (*planted(), *PAIRS) for row in one.rows(made, shape)]
    (folder / "train.jsonl").write_bytes(b"".join(map(dump_line, named(rows))))
    loader = folder / "load.py"
    loader.write_text(loader_snippet("train.jsonl", with_names(one.columns(shape))), encoding="utf-8")
    margins = {"margin": MARGIN} if shape.margin else {}
    result = trained(trainer, kind, loader, [row | margins for row in held_out(kind, shape.conversational)])
    assert result["rows"] == len(rows)
    return result


def trained(trainer: Trainer, kind: str, loader: Path, judged_rows: Iterable[dict[str, object]]) -> dict[str, Any]:
    """What the trainer says that reads a file by its loader."""
    judged = loader.with_name("held_out.jsonl")
    judged.write_bytes(b"".join(map(dump_line, named(judged_rows))))
    result = trainer.train(kind, loader, judged)
    print(f"TRL {result['version']} trained {kind} on {result['rows']} rows for {result['steps']} steps")
    assert result["version"] == PREFERENCE_TRL
    assert result["rows"] == result["kept"] > 0 and result["steps"] > 0
    return result


@pytest.mark.parametrize("shape", [PLAIN, CHAT], ids=["plain", "chat"])
def test_dpo_learns_which_is_chosen(preferences: Trainer, tmp_path: Path, shape: PairShape) -> None:
    result = train(preferences, tmp_path, "dpo", shape)
    assert result["rows"] == PLANTED + 5, "no tie is a row"
    assert result["held_out"]["eval_rewards/accuracies"] > 0.95


def test_reward_learns_and_reads_the_margins(preferences: Trainer, tmp_path: Path) -> None:
    """Before the first step both rewards are about the same, so that the loss is -log sigmoid(-3) = 3.05 with margins
    of 3, and log 2 without."""
    result = train(preferences, tmp_path, "reward", PairShape(margin=True))
    assert 2.5 < result["first_loss"] < 3.5
    assert result["held_out"]["eval_accuracy"] > 0.95


def test_kto_learns_and_takes_ties_as_two_rows(preferences: Trainer, tmp_path: Path) -> None:
    result = train(preferences, tmp_path, "kto", PairShape(conversational=True, ties=True))
    assert result["rows"] == 2 * (PLANTED + 5 + 2), "five of PAIRS are decided, one is a tie, and of one both are bad"
    assert result["held_out"]["eval_rewards/margins"] > 0.1
