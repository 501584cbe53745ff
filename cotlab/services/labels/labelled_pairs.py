"""From stored pairs to labelled ones: what each person and source said, and what the pair is settled on."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from cotlab.domain.answers import Citation, Purpose, Unsettled
from cotlab.domain.datasets.exports import LabelChoice
from cotlab.domain.guidelines.senses import Senses
from cotlab.domain.labels.settled import Settled
from cotlab.domain.projects.policy import Policy
from cotlab.domain.traces.pairs import (
    STRENGTH,
    THE_PAIR,
    Choice,
    GivenPreference,
    LabelledPair,
    Order,
    SettledPair,
    margin,
)
from cotlab.services.labels.assistance import visible
from cotlab.services.labels.latest_labels import Said, read
from cotlab.services.labels.selection import ANOTHER_GUIDELINE, ASSISTED, Selection, heard
from cotlab.services.people.pseudonyms import Names
from cotlab.services.traces.pair_views import BOTH, LABEL, UNSAFE
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.labels import exports
from cotlab.storage.projects import projects
from cotlab.storage.traces import pairs
from cotlab.storage.traces.traces import problem_of

PAIRS_A_READ = 200
Answers = Mapping[str, Row]
"""Question -> the answer that stands, of one assignment or one source."""


@dataclass(frozen=True, slots=True)
class PairSelection:
    """What settles the pairs of a project, as of a sequence, what stands for ids, and whether what was said with a
    draft in sight is left out.
    """

    selection: Selection
    names: Names
    without_assisted: bool = False


def pair_selection(
    db: Reading, project_id: str, as_of: int | None = None, *, stale: bool = False, doubted: bool = False,
    policy: Policy | None = None, senses: Senses | None = None, version: str | None = None,
    without_assisted: bool = False,
) -> PairSelection:  # fmt: skip
    """As of a sequence of the project's chain, or now; `stale`, `doubted` and so on are those of an export."""
    senses = senses or Senses(projects.timeline(db, project_id, as_of, task="pairs"))
    rules = policy or projects.policy(db, project_id, as_of)
    selection = Selection(LabelChoice.EACH, rules, senses, True, stale, doubted, version)
    names = Names(project_id, exports.source_names(db), projects.version_names(db))
    return PairSelection(selection, names, without_assisted)


def labelled_pairs(
    db: Reading, project_id: str, as_of: int, after: str, most: int, chosen: PairSelection
) -> tuple[str | None, list[LabelledPair]]:  # fmt: skip
    """The next pairs after an id, as of a sequence, with the id of the last one read (None: there are no more)."""
    last, found = heard_pairs(db, project_id, as_of, after, most, chosen)
    return last, [one.pair for one in found]


@dataclass(frozen=True, slots=True)
class HeardPair:
    """A pair with its problem's id, how many choices count, how many of these were informed or given with a draft in
    sight, and reason -> how many were not heard.
    """

    pair: LabelledPair
    problem_id: str
    counting: int
    informed: int
    drafted: int
    unheard: Counter[str]


def heard_pairs(
    db: Reading, project_id: str, as_of: int, after: str, most: int, chosen: PairSelection
) -> tuple[str | None, list[HeardPair]]:  # fmt: skip
    """As `labelled_pairs`."""
    beside = exports.Beside(citations=True, assistance=True, without_assisted=chosen.without_assisted)
    page = exports.page(db, project_id, as_of, after, most, beside, task="pairs")
    ids = [row["id"] for row in page.traces]
    kept, answers = pairs.of_items(db, ids), pairs.answers(db, ids, as_of)
    if chosen.without_assisted:
        answers = exports.without(answers, page.assistance)
    sides = pairs.sides(db, sorted({row["assignment_id"] for row in answers if row["assignment_id"]}))
    cited, rows = pairs.cited(db, ids), pairs.source_rows(db, ids)
    by_item: dict[str, list[Row]] = {one: [] for one in ids}
    for answer in answers:
        by_item[answer["item_id"]].append(answer)
    found = []
    for row in page.traces:
        all_said, selection = read(page, row, chosen.selection.senses), chosen.selection
        said, given = heard(all_said, selection), _grouped(by_item[row["id"]], rows)
        given = [one for one in given if _let_in(one[LABEL], selection)]
        pair = _labelled(row, kept[row["id"]], said, given, sides | rows, cited, chosen, page.assistance)
        votes = [answer for answer, _ in said.votes.get(THE_PAIR, ())]
        assisted = sum(one["question"] == LABEL for one in page.assisted.get(row["id"], ()))
        others = len(all_said.given) - len(said.given)
        unheard = +Counter({ASSISTED: assisted, ANOTHER_GUIDELINE: others})
        informed = sum(bool(answer["informed"]) for answer in votes)
        drafted = sum(answer["id"] in page.assistance for answer in votes)
        found.append(HeardPair(pair, row["problem_id"], len(votes), informed, drafted, unheard))
    return (ids[-1] if ids else None), found


def _let_in(answer: Row, selection: Selection) -> bool:
    return answer["purpose"] == Purpose.IMPORTED or selection.version in (None, answer["guideline_version_id"])


def _grouped(answers: Sequence[Row], rows: Mapping[str, Row]) -> list[Answers]:
    """The answers of each assignment, and of each source in each row of a file, those that another one replaces left
    out.
    """
    replaced = {row["replaces"] for row in answers}
    groups: dict[tuple[str, int], dict[str, Row]] = {}
    for row in answers:
        if row["id"] not in replaced or (row["question"] == LABEL and _elsewhere(row, answers)):
            number = rows[row["id"]]["number"] if row["id"] in rows else 1
            groups.setdefault((row["assignment_id"] or row["actor_id"], number), {})[row["question"]] = row
    return [group for group in groups.values() if LABEL in group]


def _elsewhere(row: Row, answers: Sequence[Row]) -> bool:
    """Whether an answer was replaced in another assignment: given anew, and not corrected."""
    return any(
        one["replaces"] == row["id"] and one["assignment_id"] != row["assignment_id"] for one in answers
    )  # fmt: skip


def _labelled(
    row: Row, kept: Row, said: Said, given: Sequence[Answers], sides: Mapping[str, Row],
    cited: Mapping[str, Sequence[Row]], chosen: PairSelection, assistance: Mapping[str, Sequence[Row]],
) -> LabelledPair:  # fmt: skip
    settled, _ = chosen.selection.settle(said, THE_PAIR)
    return LabelledPair.model_construct(
        id=row["id"], external_id=row["external_id"], problem=problem_of(row), messages=pairs.messages_of(kept),
        responses=pairs.responses_of(kept),
        settled=_settled(settled, said, given, chosen.selection) if isinstance(settled, Settled) else None,
        unsettled=settled if isinstance(settled, Unsettled) else None,
        preferences=tuple(_preference(one, said, sides, cited, chosen, assistance) for one in given),
    )  # fmt: skip


def _votes(said: Said, selection: Selection) -> frozenset[str]:
    """The ids of the overall choices that settle a pair."""
    return frozenset(
        answer["id"]
        for answer, sense in said.votes.get(THE_PAIR, ())
        if selection.why_not(said, (answer, sense)) is None
    )


def _settled(settled: Settled, said: Said, given: Sequence[Answers], selection: Selection) -> SettledPair:
    votes = _votes(said, selection)
    counting = [one for one in given if one[LABEL]["id"] in votes]
    names = dict.fromkeys(name for one in counting for name in _criteria(one))
    means = {name: margin([one[name]["value"] for one in counting if name in one]) for name in names}
    return SettledPair.model_validate({
        "sign": settled.value, "basis": settled.basis, "choice": settled.kind,
        "margin": margin([one[LABEL]["value"] for one in counting]),
        "criteria": {name: mean for name, mean in means.items() if mean is not None},
    })  # fmt: skip


def _criteria(one: Answers) -> dict[str, Choice]:
    return {name: row["value"] for name, row in one.items() if name != LABEL and row["value"] in STRENGTH}


def _preference(
    one: Answers, said: Said, sides: Mapping[str, Row], cited: Mapping[str, Sequence[Row]], chosen: PairSelection,
    assistance: Mapping[str, Sequence[Row]],
) -> GivenPreference:  # fmt: skip
    overall, unsafe = one[LABEL], one.get(UNSAFE)
    drawn, of_file = sides.get(overall["assignment_id"] or ""), sides.get(overall["id"])
    stale = any(sense.stale for answer, sense in said.given.values() if answer["id"] == overall["id"])
    imported = overall["purpose"] == Purpose.IMPORTED
    return GivenPreference.model_construct(
        id=overall["id"], by=chosen.names.of(overall["actor_id"]), overall=overall["value"], criteria=_criteria(one),
        left=None if drawn is None else drawn["left_one"], unsafe=_unsafe(None if unsafe is None else unsafe["value"]),
        rationale=overall["rationale"], unsure=bool(overall["unsure"]),
        citations=tuple(Citation(**{name: row[name] for name in ("kind", "name", "start", "stop")})
                        for row in cited.get(overall["id"], ())),
        purpose=Purpose(overall["purpose"]), round=_round(drawn, of_file),
        guideline=chosen.names.versions.get(overall["guideline_version_id"] or ""), stale=stale,
        counts=overall["id"] in _votes(said, chosen.selection),
        others_seen=0 if drawn is None else len(json.loads(drawn["others"])),
        given_at=overall["chosen_at"] if imported else overall["received_at"], elapsed_ms=overall["elapsed_ms"],
        drafts=tuple(map(visible, assistance.get(overall["id"], ()))),
    )  # fmt: skip


def _round(drawn: Row | None, of_file: Row | None) -> int:
    if drawn is not None:
        return int(drawn["round"])
    return 1 if of_file is None else int(of_file["number"])


def _unsafe(value: str | None) -> tuple[Order, ...]:
    return tuple(one for one in get_args(Order) if value in (one, BOTH))
