"""A person's goes through calibration sets, and what the gate says of each: read off the work, never stored."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cotlab.agreement.gate import judge
from cotlab.domain.answers import Ending
from cotlab.domain.calibration.qualification import Attempt, domain_of_field, task_of_field
from cotlab.domain.calibration.results import GateResult
from cotlab.domain.guidelines.schema import Change
from cotlab.domain.guidelines.staleness import Timeline
from cotlab.domain.projects.gates import Gate
from cotlab.services.calibration.pair_gate import beside_gate
from cotlab.services.gold.items import GoldReader, Place
from cotlab.storage.calibration import calibration as stored
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.gold import gold_items as gold
from cotlab.storage.projects import fields

NOT_LABELLED = "(none)"
"""Stands for the label of a counted step in a trace that was given up, or called unusable: never right."""
UNFINISHED = (Ending.GIVE_UP, Ending.BAD_PROBLEM)


@dataclass(frozen=True, slots=True)
class Go:
    """One attempt: `items` in the person's order, whether each is counted, and the assignment of those begun."""

    number: int
    set_id: str
    items: Mapping[str, bool]
    given: Mapping[str, Row]

    @property
    def begun(self) -> tuple[int, int]:
        """Sequence and time of its first assignment."""
        first = min(self.given.values(), key=lambda row: int(row["sequence"]))
        return first["sequence"], first["claimed_at"]

    @property
    def ended(self) -> tuple[int, int] | None:
        """Sequence and time of the last ending, once all of it is done."""
        if any(not self.done(item_id) for item_id in self.items):
            return None
        last = max((self.given[item_id] for item_id in self.items), key=lambda row: int(row["ended"]), default=None)
        return None if last is None else (last["ended"], last["ended_at"])

    def done(self, item_id: str) -> bool:
        return item_id in self.given and self.given[item_id]["ended"] is not None

    @property
    def shown(self) -> frozenset[str]:
        """The items of training that were begun, so that their verified labels were shown."""
        return frozenset(item_id for item_id, counts in self.items.items() if not counts and item_id in self.given)

    def next_item(self) -> str | None:
        """The first item that was not begun."""
        return next((item_id for item_id in self.items if item_id not in self.given), None)

    def view(self, result: GateResult | None) -> Attempt:
        counted = [item_id for item_id, counts in self.items.items() if counts]
        return Attempt(
            number=self.number, done=sum(map(self.done, self.items)), total=len(self.items),
            counted_done=sum(map(self.done, counted)), counted_total=len(counted), result=result,
        )  # fmt: skip


def goes(db: Reading, project_id: str, person_id: str, domain: str) -> list[Go]:
    """The attempts that a person has begun in a domain, in order.

    An attempt goes through the set that was the newest when it began, in an order of its own: training first. What was
    shown to the person in the training of an earlier one is counted in none.
    """
    rounds: dict[int, dict[str, Row]] = {}
    for row in stored.work(db, project_id, domain, person_id):
        rounds.setdefault(row["round"], {})[row["item_id"]] = row
    if not rounds:
        return []
    rows, found, shown = stored.items(db, project_id, domain, person_id), list[Go](), set[str]()
    for number, given in sorted(rounds.items()):
        found.append(_go(rows, person_id, number, given, shown))
        shown |= found[-1].shown
    return found


def next_go(db: Reading, project_id: str, person_id: str, domain: str, number: int) -> Go:
    """The attempt that a person would begin with the set of today."""
    shown = {item_id for go in goes(db, project_id, person_id, domain) for item_id in go.shown}
    return _go(stored.items(db, project_id, domain, person_id), person_id, number, {}, shown)


def _go(rows: Sequence[Row], person_id: str, number: int, given: Mapping[str, Row], shown: Collection[str]) -> Go:
    """`rows` are items of all sets; of the attempt's are those that the person was given for nothing else before.

    `shown` are those whose verified labels the person saw, which are not counted.
    """
    begun = min((int(row["sequence"]) for row in given.values()), default=2**62)
    sets = [row for row in rows if row["sequence"] < begun]
    set_id = sets[-1]["set_id"] if sets else ""
    items = [
        row for row in sets
        if row["set_id"] == set_id and (row["touched"] is None or row["touched"] > begun)
        and not (row["counted"] and row["item_id"] in shown) and not _returned(given.get(row["item_id"]))
    ]  # fmt: skip

    def place(row: Row) -> tuple[int, str]:
        seed = f"{set_id} {person_id} {number} {row['item_id']}"
        return row["counted"], hashlib.sha256(seed.encode()).hexdigest()

    return Go(number, set_id, {row["item_id"]: bool(row["counted"]) for row in sorted(items, key=place)}, given)


def _returned(work: Row | None) -> bool:
    """Whether an item was given back since the person left in the midst of it."""
    return work is not None and work["ending"] == Ending.RETURNED


def domain_in(db: Reading, project_id: str, field: str) -> str:
    """The domain of a field under the policy of now, whose guideline is the field's."""
    return domain_of_field(field, fields.calibrated(db, project_id))


def result(db: Reading, project_id: str, field: str, go: Go, gate: Gate, timeline: Timeline) -> GateResult:
    """What the gate says of the counted part of a finished attempt, by the gold of today.

    Labels and gold are read as they stood before the next version that changed what labels mean after it began, so that
    it asks for nothing anew of what was shown before. Steps of gold that was retired since, or that the person gave
    back, count for nothing, and so many fewer are asked.
    """
    domain = domain_in(db, project_id, field)
    as_of = _before_change(timeline, domain, go.begun[0])
    counted = frozenset(item_id for item_id, counts in go.items.items() if counts)
    reader = GoldReader(db, project_id, as_of)
    verified = reader.verified(gold.gold_labels(db, project_id, counted, as_of))
    said = _said(db, reader, go, counted)
    places = [place for place, one in verified.items() if not one.stale and said.get(place, "") is not None]
    retired = stored.steps_left_out(db, go.set_id, [row["id"] for row in go.given.values()])
    asked = gate.model_copy(update={"steps": max(gate.steps - retired, 1)})
    names = _labels(timeline, domain, as_of, {verified[place].value for place in places} | {*said.values()})
    code, traces = {name: number for number, name in enumerate(names)}, sorted(counted)
    given = (said.get(place) or _silence(go, place[0]) for place in places)
    pairs = task_of_field(field) == "pairs"
    judged = _judged(
        tuple(code[verified[place].value] for place in places), tuple(code.get(one, -1) for one in given),
        tuple(traces.index(place[0]) for place in places), names, asked, "pair" if pairs else "step",
    )  # fmt: skip
    if not pairs:
        return judged
    ids = [row["id"] for item_id, row in go.given.items() if item_id in counted]
    beside = beside_gate(db, project_id, reader, ids, counted, as_of, gate.coefficient)
    return judged.model_copy(update={"beside": beside})


def _before_change(timeline: Timeline, domain: str, sequence: int) -> int | None:
    """The sequence before that of the next version in a domain, after a sequence, that is more than a clarification."""
    later = (row for row in timeline.chain(domain) if row.sequence > sequence)
    return next((row.sequence - 1 for row in later if row.head.change is not Change.CLARIFICATION), None)


def _said(db: Reading, reader: GoldReader, go: Go, counted: Collection[str]) -> dict[Place, str | None]:
    """The first label of each counted step, of the first level; None for one that is stale."""
    senses = {
        (row["item_id"], row["position"]): reader.sense(row)
        for row in stored.first_labels(db, [row["id"] for item_id, row in go.given.items() if item_id in counted])
    }
    return {place: None if sense.stale else sense.value for place, sense in senses.items()}


def _silence(go: Go, item_id: str) -> str:
    """What a step without a label counts as: nothing where it was not to be labelled, as after a first error."""
    return NOT_LABELLED if go.given[item_id]["ending"] in UNFINISHED else ""


def _labels(timeline: Timeline, domain: str, as_of: int | None, others: Collection[str | None]) -> tuple[str, ...]:
    """The labels of the guideline, then others that were given, and last the one that stands for none."""
    chain = [row for row in timeline.chain(domain) if as_of is None or row.sequence <= as_of]
    top = [one.name for one in chain[-1].head.labels.top] if chain else []
    return (*top, *sorted({one for one in others if one} - {*top}), NOT_LABELLED)


@lru_cache(maxsize=2048)
def _judged(
    gold: tuple[int, ...],
    given: tuple[int, ...],
    trace: tuple[int, ...],
    labels: tuple[str, ...],
    gate: Gate,
    unit: str,
) -> GateResult:
    """The same labels are judged often, and the interval is what costs."""
    if NOT_LABELLED in labels and labels.index(NOT_LABELLED) not in given:
        labels = labels[:-1]
    true, mine, traces = (np.array(one, dtype=np.int64) for one in (gold, given, trace))
    return judge(true, mine, traces, labels, gate, person="first labels", unit=unit)
