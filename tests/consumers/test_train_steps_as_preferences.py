"""TRL trains on labelled steps that were exported as preferences, read by the loader that lies beside the file.

The next step that says yes is labelled correct, the one that says no incorrect; held-out rows are made here.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cotlab.cli.datasets.export import export_here
from cotlab.cli.datasets.export_files import Writing
from cotlab.domain.datasets.exports import ExportOrder, LabelChoice
from cotlab.domain.datasets.pair_exports import Compared, PairShape
from cotlab.domain.traces.records import Problem
from cotlab.services.people.setup import initialise, open_database
from cotlab.settings import Settings
from tests.consumers.test_train_preferences import BAD, GOOD, trained
from tests.consumers.trainer import Trainer
from tests.services.datasets.test_step_preferences import label
from tests.support import Clock
from tests.world import people_and_project, trace

pytestmark = [pytest.mark.consumer, pytest.mark.xdist_group("preferences")]

PROBLEMS, HELD_OUT = 48, 24


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A database in which two paths of each problem part at the second step, and one goes wrong there."""
    settings = Settings(database=str(tmp_path_factory.mktemp("steps") / "cotlab.db"))
    initialise(settings, "admin", days=1)
    with closing(open_database(settings)) as store:
        world = people_and_project(store, Clock(), overlap=1)
        for number in range(PROBLEMS):
            problem = Problem(text=f"Which claim {number}?", domain="mathematics")
            world.add_traces(*(trace("t", problem=problem, texts=[f"Part {number}", one]) for one in (GOOD, BAD)))
        label(world, {BAD: "incorrect"})
    return settings


def held_out(kind: str, chat: bool) -> Iterator[dict[str, object]]:
    def said(role: str, text: str) -> object:
        return [{"role": role, "content": text}] if chat else text

    for number in range(1_000, 1_000 + HELD_OUT):
        prompt = said("user", f"Which claim {number}?\nPart {number}" + ("" if chat else "\n"))
        good, bad = said("assistant", GOOD), said("assistant", BAD)
        if kind == "kto":
            yield {"prompt": prompt, "completion": good, "label": True}
            yield {"prompt": prompt, "completion": bad, "label": False}
        else:
            yield {"prompt": prompt, "chosen": good, "rejected": bad}


@pytest.mark.parametrize(
    ("kind", "chat", "found", "rows"),
    [
        ("dpo", False, "eval_rewards/accuracies", PROBLEMS),
        ("dpo", True, "eval_rewards/accuracies", PROBLEMS),
        ("reward", False, "eval_accuracy", PROBLEMS),
        ("kto", False, "eval_rewards/margins", 2 * PROBLEMS),
        ("kto", True, "eval_rewards/margins", 2 * PROBLEMS),
    ],
)
def test_the_next_step_that_is_right_is_learnt(
    preferences: Trainer, labelled: Settings, tmp_path: Path, kind: str, chat: bool, found: str, rows: int
) -> None:
    out = tmp_path / "steps.jsonl"
    order = ExportOrder(
        format=f"trl-{kind}", labels=LabelChoice.SETTLED, compared=Compared.STEPS,
        shape=PairShape(conversational=chat),
    )  # fmt: skip
    manifest = export_here(labelled, "pilot", order, Writing(out, order))
    result = trained(preferences, kind, out.with_name(f"{out.name}.load.py"), held_out(kind, chat))
    assert result["rows"] == manifest.rows == rows and manifest.comparisons == {"sibling": PROBLEMS}
    assert result["held_out"][found] > (0.1 if kind == "kto" else 0.95)
