"""Gold pairs, and people who compare them through claims and commits."""

import json
from typing import Any

from cotlab.domain.calibration.qualification import CalibrationSet, CalibrationSetBody
from cotlab.domain.gold import GoldReport
from cotlab.domain.traces.pairs import Pair, PairView, SourceChoice, swapped
from cotlab.domain.work.views import AssignmentView, Preferred
from cotlab.services.calibration import sets
from cotlab.services.gold import gold_import
from cotlab.services.gold.gold_import import GoldOrder
from tests.services.work.comparing import CRITERIA, pair, prefer, take
from tests.world import World

FIELD = "pairs: mathematics"
WHY = "it is right"


def gold_pair(name: str, overall: str = "better", criteria: dict[str, str] | None = None, **fields: Any) -> Pair:
    """A pair whose first response, "one of NAME", is better than the other one, or as it is said."""
    said = SourceChoice.model_validate({"source": "us", "overall": overall, "criteria": criteria or {}})
    return pair(name, id=name, labels=(said,), **fields)


def bring(world: World, *pairs: Pair, justifications: Any = WHY, **order: Any) -> GoldReport:
    """Import gold pairs as the lead, each with the same justifications."""
    lines = [
        json.dumps(
            {**json.loads(one.model_dump_json(exclude_defaults=True)), "justifications": justifications}
        ).encode()
        for one in pairs
    ]
    return gold_import.import_gold(world.store, world.people["lea"], world.project, lines, GoldOrder(**order))


def draw(world: World, training: int = 1, **fields: Any) -> CalibrationSet:
    body = CalibrationSetBody(domain=FIELD, training=training, **fields)
    return world.write(lambda db: sets.set_calibration(db, world.people["lea"], world.project, body))


def choose(view: PairView, overall: str) -> str:
    """A choice of "one of" against "other of", as left against right."""
    return overall if view.left.startswith("one of") else swapped(overall)


def judge(world: World, who: str, overall: str = "better", **criteria: str) -> tuple[AssignmentView, Preferred]:
    """Claim a pair and compare it: "one of" against "other of"."""
    view, shown = take(world.expert(who))
    return view, say(world, who, view, shown, overall, **criteria)


def say(world: World, who: str, view: AssignmentView, shown: PairView, overall: str, **criteria: str) -> Preferred:
    """Compare a pair that was claimed."""
    world.clock.advance(seconds=1)
    said = {**dict.fromkeys(CRITERIA, overall), **{name.replace("_", "-"): one for name, one in criteria.items()}}
    fields = {"criteria": {name: choose(shown, one) for name, one in said.items()}, "rationale": "so"}
    return prefer(world.expert(who), view.id, choose(shown, overall), **fields)


def item_of(world: World, name: str) -> str:
    return str(world.value("SELECT id FROM traces WHERE external_id = :n AND task = 'pairs'", n=name))
