"""Whose labels go out of a stored trace: the settled ones, each person's own, or everybody's side by side."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cotlab.domain.answers import Citation, Ending, Purpose, Question, StepSize
from cotlab.domain.exports import ExportedLabel, ExportedStep, LabelChoice
from cotlab.domain.policy import Policy
from cotlab.domain.senses import NO_RULES, Sense, Senses
from cotlab.domain.settled import Latest, Settled, Unsettled, settle
from cotlab.storage.database import Row
from cotlab.storage.exports import Page

SETTLED = "settled"
LABEL, STEP_SIZE, OUTCOME = Question.LABEL.value, Question.STEP_SIZE.value, Question.OUTCOME.value
IMPORTED = Purpose.IMPORTED.value
PSEUDONYM = "annotator-"

Given = tuple[Row, Sense]
"""Somebody's label on a step, and what it says today."""


@dataclass(slots=True)
class Counts:
    """What was kept and dropped, and why."""

    traces_read: int = 0
    traces_kept: int = 0
    traces_dropped: Counter[str] = field(default_factory=Counter)
    steps_dropped: Counter[str] = field(default_factory=Counter)
    labels_dropped: Counter[str] = field(default_factory=Counter)
    settled_by: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Names:
    """What stands for ids in an export: pseudonyms for people, names for sources, versions and their schemas."""

    project_id: str
    sources: Mapping[str, str]
    versions: Mapping[str, str]

    def of(self, actor_id: str) -> str:
        if actor_id in self.sources:
            name = self.sources[actor_id]
            return f"imported {name}" if name == SETTLED or name.startswith(PSEUDONYM) else name
        return PSEUDONYM + hashlib.sha256(f"{self.project_id} {actor_id}".encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Selection:
    """Whose labels go out, under which policy, read how, and whether one row holds the labels of all (`merged`)."""

    labels: LabelChoice
    policy: Policy
    senses: Senses
    merged: bool
    stale: bool = False

    @property
    def everything(self) -> bool:
        """Whether all labels of all people and sources stand side by side."""
        return self.merged and self.labels is LabelChoice.EACH

    @property
    def citations(self) -> bool:
        """Whether citations are to be read: they are shown, or some labels are stale for what they cite."""
        return self.everything or bool(self.senses.rules)

    _settled: dict[tuple[object, ...], tuple[Settled | Unsettled, bool]] = field(default_factory=dict)

    def settle(self, own: Sequence[Given], bad_problem: bool) -> tuple[Settled | Unsettled, bool]:
        """What a step is, and whether it is so by stale labels alone.

        Few patterns of votes come up in many steps, so each is worked out once; see domain.settled.
        """
        votes = (bad_problem, *[(sense, answer["unsure"]) for answer, sense in own])
        known = self._settled.get(votes)
        if known is None:
            known = self._settled[votes] = self._work_out(own, bad_problem)
        return known

    def _work_out(self, own: Sequence[Given], bad_problem: bool) -> tuple[Settled | Unsettled, bool]:
        latest = [Latest(sense.value, bool(answer["unsure"]), sense.kind, sense.stale) for answer, sense in own]
        found = settle(latest, self.policy, bad_problem)
        if found is Unsettled.STALE and self.stale:
            return settle([replace(one, stale=False) for one in latest], self.policy, bad_problem), True
        return found, False


@dataclass(slots=True)
class Labelled:
    """One labeller's labels on a trace (None: the settled ones): the leading labelled steps, then why it stops.

    `bare`: no person's label stands on any step, though the steps are there.
    """

    labeller: str | None
    steps: list[ExportedStep]
    stopped_by: str | None = None
    whole: tuple[ExportedLabel, ...] = ()
    bare: bool = False


def labelled(page: Page, row: Row, selection: Selection, names: Names, counts: Counts) -> list[Labelled]:
    """The labellers of one trace, each with the leading steps that their labels stand on."""
    steps, given = page.steps.get(row["id"], []), _given(page, row, selection.senses)
    if selection.everything:
        return [_merged(page, row, given, selection, names, counts)]
    if selection.labels is LabelChoice.SETTLED:
        bad = any(map(_says_bad_problem, page.answers.get(row["id"], [])))
        return [_settled(steps, given, bad, selection, names, counts)]
    return [
        _one_person(steps, given, person, selection, names)
        for person in dict.fromkeys(person for _, person in given)
    ]  # fmt: skip


def _given(page: Page, row: Row, senses: Senses) -> dict[tuple[int, str], Given]:
    """Position and person -> the latest label that counts."""
    here = senses.at(row["domain"], json.loads(row["tags"]) if senses.acts else ())
    rules = senses.rules if page.citations else NO_RULES
    found: dict[tuple[int, str], Given] = {}
    for answer in page.answers.get(row["id"], ()):
        if answer["question"] == LABEL and answer["purpose"] != IMPORTED:
            cited = rules and rules.intersection(one["name"] for one in _cited(page, answer) if one["kind"] == "rule")
            sense = here[answer["guideline_version_id"], answer["value"], cited]
            found[answer["position"], answer["actor_id"]] = answer, sense
    return found


def _cited(page: Page, answer: Row) -> Sequence[Row]:
    return page.citations.get(answer["id"], ())


def _says_bad_problem(answer: Row) -> bool:
    return bool(
        answer["question"] == OUTCOME and answer["value"] == Ending.BAD_PROBLEM and answer["purpose"] != IMPORTED
    )


def _merged(
    page: Page, row: Row, given: Mapping[tuple[int, str], Given], selection: Selection, names: Names, counts: Counts
) -> Labelled:
    """Everybody's labels side by side; stale ones are left out and counted, unless they are let in."""
    answers = page.answers.get(row["id"], [])
    labels: dict[int, list[ExportedLabel]] = defaultdict(list)
    sizes: dict[tuple[int, str], str] = {}
    for answer in answers:
        if answer["question"] == LABEL and answer["purpose"] == IMPORTED:
            labels[answer["position"]].append(_answer(answer, names))
        elif answer["question"] == STEP_SIZE:
            sizes[answer["position"], answer["actor_id"]] = answer["value"]
    going_out, left_out = set(), []
    for (position, person), (answer, sense) in given.items():
        if sense.stale and not selection.stale:
            left_out.append(position)
            continue
        size = sizes.get((position, person))
        labels[position].append(_label(answer, sense, names, _cited(page, answer), size))
        going_out.add(position)
    found = [
        ExportedStep(text=step["text"], labels=tuple(labels.get(step["position"], ())))
        for step in page.steps.get(row["id"], ())
    ]
    whole = tuple(_whole_trace(answers, page.endings.get(row["id"], []), names))
    if left_out:
        counts.labels_dropped[Unsettled.STALE] += len(left_out)
    if not going_out:
        return Labelled(None, found, Unsettled.STALE if left_out else Unsettled.NOT_LABELLED, whole, bare=True)
    if without := set(left_out) - going_out:
        counts.steps_dropped[Unsettled.STALE] += len(without)
    return Labelled(None, found, whole=whole)


def _whole_trace(answers: Sequence[Row], endings: Sequence[Row], names: Names) -> Iterator[ExportedLabel]:
    """What was said of the trace as a whole, such as `complete: yes` (every needed step is there) or `finished`."""
    asked = (Question.COMPLETE, Question.STRATEGY)
    latest = {(one["question"], one["actor_id"]): one for one in answers if one["question"] in asked}
    for answer in answers:
        if latest.get((answer["question"], answer["actor_id"])) is answer:
            yield _answer(answer, names).model_copy(update={"value": f"{answer['question']}: {answer['value']}"})
        elif answer["question"] == OUTCOME:
            yield _answer(answer, names)
    for person in dict.fromkeys(one["actor_id"] for one in endings if one["ending"] == Ending.FINISHED):
        yield ExportedLabel(source=names.of(person), value=Ending.FINISHED.value)


def _one_person(
    steps: Sequence[Row], given: Mapping[tuple[int, str], Given], person: str, selection: Selection, names: Names
) -> Labelled:
    found: list[ExportedStep] = []
    for step in steps:
        if (step["position"], person) not in given:
            return Labelled(names.of(person), found, Unsettled.NOT_LABELLED)
        answer, sense = given[step["position"], person]
        if sense.stale and not selection.stale:
            return Labelled(names.of(person), found, Unsettled.STALE)
        found.append(ExportedStep(text=step["text"], labels=(_label(answer, sense, names),)))
    return Labelled(names.of(person), found)


def _settled(
    steps: Sequence[Row], given: Mapping[tuple[int, str], Given], bad_problem: bool, selection: Selection,
    names: Names, counts: Counts,
) -> Labelled:  # fmt: skip
    by_position: dict[int, list[Given]] = {}
    for (position, _), one in given.items():
        by_position.setdefault(position, []).append(one)
    found: list[ExportedStep] = []
    for step in steps:
        own = by_position.get(step["position"], [])
        result, stale = selection.settle(own, bad_problem)
        if not isinstance(result, Settled):
            return Labelled(None, found, result)
        counts.settled_by[result.basis] += 1
        found.append(ExportedStep(text=step["text"], labels=(_settled_label(result, own, stale, names),)))
    return Labelled(None, found)


def _settled_label(result: Settled, own: Sequence[Given], stale: bool, names: Names) -> ExportedLabel:
    """The label as the last of those who agree gave it."""
    answer, sense = own[0]
    if len(own) > 1:
        agreeing = [one for one in own if one[1].value == result.value and (stale or not one[1].stale)]
        answer, sense = max(agreeing, key=lambda one: (one[0]["received_at"], one[0]["id"]))
    label = ExportedLabel(
        source=SETTLED, value=result.value, guideline=names.versions.get(answer["guideline_version_id"]),
        given_at=answer["received_at"],
    )  # fmt: skip
    return _read(label, answer, sense, result.kind, stale, names)


def _label(
    answer: Row, sense: Sense, names: Names, cited: Sequence[Row] = (), size: str | None = None
) -> ExportedLabel:
    """A person's label, as it reads today, with what it cites and what was said of the step's size."""
    label = _read(_answer(answer, names), answer, sense, sense.kind, sense.stale, names)
    step_size = None if size is None or size == StepSize.FITS else StepSize(size)
    if not cited and step_size is None:
        return label
    return label.model_copy(update={"citations": tuple(map(_citation, cited)), "step_size": step_size})


def _read(
    label: ExportedLabel, answer: Row, sense: Sense, kind: str | None, stale: bool, names: Names
) -> ExportedLabel:
    """A label as it reads today; nearly all read as they were given, and stay as they are."""
    moved = sense.version_id != answer["guideline_version_id"]
    if kind is None and not stale and not moved:
        return label
    schema_version = names.versions[sense.version_id or ""] if moved else None
    read = {"value": sense.value, "kind": kind, "schema_version": schema_version, "stale": stale}
    return label.model_copy(update=read)


def _citation(row: Row) -> Citation:
    return Citation(kind=row["kind"], name=row["name"], start=row["start"], stop=row["stop"])


def _answer(answer: Row, names: Names) -> ExportedLabel:
    """An answer in its own words."""
    return ExportedLabel(
        source=names.of(answer["actor_id"]), value=answer["value"], rationale=answer["rationale"],
        unsure=bool(answer["unsure"]), guideline=names.versions.get(answer["guideline_version_id"]),
        given_at=answer["received_at"], elapsed_ms=answer["elapsed_ms"], visible_until=answer["visible_until"],
    )  # fmt: skip
