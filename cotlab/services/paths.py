"""From stored traces and answers to labelled paths: whose label counts, and how far a trace goes out."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cotlab.domain.answers import Ending, Purpose, Question
from cotlab.domain.exports import ExportedLabel, ExportedStep, LabelChoice, LabelledAlternative, LabelledPath
from cotlab.domain.policy import Policy
from cotlab.domain.settled import Latest, Settled, Unsettled, settle
from cotlab.storage.database import Row
from cotlab.storage.exports import Page
from cotlab.storage.traces import problem_of

SETTLED = "settled"
PSEUDONYM = "annotator-"
PREFIX_UNSETTLED = "the_steps_before_the_alternative_are_unsettled"


@dataclass(slots=True)
class Counts:
    """What was kept and dropped, and why."""

    traces_read: int = 0
    traces_kept: int = 0
    traces_dropped: Counter[str] = field(default_factory=Counter)
    steps_dropped: Counter[str] = field(default_factory=Counter)
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
    """Whose labels go out, under which policy, and whether one row holds the labels of all (`merged`)."""

    labels: LabelChoice
    policy: Policy
    merged: bool

    @property
    def everything(self) -> bool:
        """Whether all labels of all people and sources stand side by side."""
        return self.merged and self.labels is LabelChoice.EACH

    _settled: dict[tuple[object, ...], Settled | Unsettled] = field(default_factory=dict)

    def settle(self, own: Sequence[Row], bad_problem: bool) -> Settled | Unsettled:
        """See domain.settled; few patterns of votes come up in many steps, so each is worked out once."""
        votes = (bad_problem, *[(answer["value"], answer["unsure"]) for answer in own])
        known = self._settled.get(votes)
        if known is None:
            latest = [Latest(answer["value"], bool(answer["unsure"])) for answer in own]
            known = self._settled[votes] = settle(latest, self.policy, bad_problem)
        return known


@dataclass(slots=True)
class Labelled:
    """One labeller's labels on a trace (None: the settled ones): the leading labelled steps, then why it stops."""

    labeller: str | None
    steps: list[ExportedStep]
    stopped_by: str | None = None
    whole: tuple[ExportedLabel, ...] = ()


def labelled(page: Page, row: Row, selection: Selection, names: Names, counts: Counts) -> list[Labelled]:
    """The labellers of one trace that have at least its first step, counted by what keeps the others out."""
    steps, answers = page.steps.get(row["id"], []), page.answers.get(row["id"], [])
    if selection.everything:
        return _merged(steps, answers, page.endings.get(row["id"], []), names)
    if selection.labels is LabelChoice.SETTLED:
        return [_settled(steps, answers, selection, names, counts)]
    people = dict.fromkeys(answer["actor_id"] for answer in answers if _is_label(answer))
    return [_one_person(steps, answers, person, names) for person in people]


def _is_label(answer: Row) -> bool:
    return bool(answer["question"] == Question.LABEL and answer["purpose"] != Purpose.IMPORTED)


def _says_bad_problem(answer: Row) -> bool:
    ours = answer["purpose"] != Purpose.IMPORTED
    return bool(ours and answer["question"] == Question.OUTCOME and answer["value"] == Ending.BAD_PROBLEM)


def _merged(steps: Sequence[Row], answers: Sequence[Row], endings: Sequence[Row], names: Names) -> list[Labelled]:
    by_position: dict[int, list[ExportedLabel]] = {}
    for answer in answers:
        if answer["question"] == Question.LABEL:
            by_position.setdefault(answer["position"], []).append(_label(answer, names))
    exported = [ExportedStep(text=step["text"], labels=tuple(by_position.get(step["position"], ()))) for step in steps]
    return [Labelled(None, exported, whole=tuple(_whole_trace(answers, endings, names)))]


def _whole_trace(answers: Sequence[Row], endings: Sequence[Row], names: Names) -> Iterator[ExportedLabel]:
    """What was said of the trace as a whole; that every needed step is there as `complete: yes`, `no` or `unsure`."""
    for answer in answers:
        if answer["question"] == Question.COMPLETE:
            yield _label(answer, names).model_copy(update={"value": f"complete: {answer['value']}"})
        elif answer["question"] == Question.OUTCOME:
            yield _label(answer, names)
    for ending in endings:
        if ending["ending"] == Ending.FINISHED:
            yield ExportedLabel(source=names.of(ending["actor_id"]), value=Ending.FINISHED.value)


def _one_person(steps: Sequence[Row], answers: Sequence[Row], person: str, names: Names) -> Labelled:
    latest = {answer["position"]: answer for answer in answers if answer["actor_id"] == person and _is_label(answer)}
    found: list[ExportedStep] = []
    for step in steps:
        answer = latest.get(step["position"])
        if answer is None:
            return Labelled(names.of(person), found, Unsettled.NOT_LABELLED)
        found.append(ExportedStep(text=step["text"], labels=(_label(answer, names),)))
    return Labelled(names.of(person), found)


def _settled(
    steps: Sequence[Row], answers: Sequence[Row], selection: Selection, names: Names, counts: Counts
) -> Labelled:
    latest = {(answer["position"], answer["actor_id"]): answer for answer in answers if _is_label(answer)}
    by_position: dict[int, list[Row]] = {}
    for answer in latest.values():
        by_position.setdefault(answer["position"], []).append(answer)
    bad = any(map(_says_bad_problem, answers))
    found: list[ExportedStep] = []
    for step in steps:
        own = by_position.get(step["position"], [])
        result = selection.settle(own, bad)
        if not isinstance(result, Settled):
            return Labelled(None, found, result)
        counts.settled_by[result.basis] += 1
        found.append(ExportedStep(text=step["text"], labels=(_settled_label(result, own, names),)))
    return Labelled(None, found)


def _settled_label(result: Settled, own: Sequence[Row], names: Names) -> ExportedLabel:
    agreeing = [answer for answer in own if answer["value"] == result.value]
    last = max(agreeing, key=lambda answer: (answer["received_at"], answer["id"]))
    return ExportedLabel(
        source=SETTLED, value=result.value, guideline=names.versions.get(last["guideline_version_id"]),
        given_at=last["received_at"],
    )  # fmt: skip


def _label(answer: Row, names: Names) -> ExportedLabel:
    return ExportedLabel(
        source=names.of(answer["actor_id"]), value=answer["value"], rationale=answer["rationale"],
        unsure=bool(answer["unsure"]), guideline=names.versions.get(answer["guideline_version_id"]),
        given_at=answer["received_at"], elapsed_ms=answer["elapsed_ms"], visible_until=answer["visible_until"],
    )  # fmt: skip


def paths(
    page: Page, row: Row, selection: Selection, names: Names, counts: Counts,
    alternatives: Sequence[tuple[Page, Row]], above: Sequence[tuple[Page, Row]],
) -> Iterator[LabelledPath]:  # fmt: skip
    """The paths of one trace. `alternatives` branch off from it; `above` are the traces that it branches off from."""
    counts.traces_read += 1
    kept, why = False, Unsettled.NOT_LABELLED.value
    ignored = Counts() if alternatives or above else counts
    prefixes = {one.labeller: one for one in _prefix(above, row["first_position"] - 1, selection, names, ignored)}
    others = [(other, labelled(source, other, selection, names, ignored)) for source, other in alternatives]
    for one in labelled(page, row, selection, names, counts):
        total = len(page.steps.get(row["id"], []))
        prefix = prefixes.get(one.labeller)
        if selection.everything and not any(map(_is_label, page.answers.get(row["id"], []))):
            continue
        if not one.steps:
            why = one.stopped_by or why
        elif above and (prefix is None or len(prefix.steps) < row["first_position"] - 1):
            why = PREFIX_UNSETTLED
        else:
            kept = True
            _count_rest(one, total, counts)
            yield _path(page, row, one, prefix, _beside(others, one.labeller), names)
    counts.traces_kept += kept
    if not kept:
        counts.traces_dropped[why] += 1


def _count_rest(one: Labelled, total: int, counts: Counts) -> None:
    """Count the steps that a kept trace leaves behind: the one that stops it, and those after it."""
    if one.stopped_by is not None:
        counts.steps_dropped[one.stopped_by] += 1
        counts.steps_dropped["after_an_unsettled_step"] += total - len(one.steps) - 1


def _prefix(
    above: Sequence[tuple[Page, Row]], last: int, selection: Selection, names: Names, counts: Counts
) -> Iterable[Labelled]:
    """The labelled steps up to position `last` that stand before an alternative, a labeller each."""
    found: dict[str | None, Labelled] = {}
    for page, row in above:
        for one in labelled(page, row, selection, names, counts):
            kept = found.setdefault(one.labeller, Labelled(one.labeller, []))
            start = row["first_position"] - 1
            kept.steps[start:] = one.steps if len(kept.steps) >= start else []
    for one in found.values():
        one.steps = one.steps[:last]
    return found.values()


def _beside(others: Sequence[tuple[Row, list[Labelled]]], labeller: str | None) -> tuple[LabelledAlternative, ...]:
    return tuple(
        LabelledAlternative(
            position=row["first_position"], kind=row["alternative_kind"], origin=row["origin"], steps=tuple(one.steps)
        )
        for row, labellers in others
        for one in labellers
        if one.labeller == labeller and one.steps
    )


def _path(
    page: Page, row: Row, one: Labelled, prefix: Labelled | None, beside: tuple[LabelledAlternative, ...], names: Names
) -> LabelledPath:
    texts = [step["text"] for step in page.steps.get(row["id"], [])]
    before = prefix.steps if prefix is not None else []
    return LabelledPath(
        trace_id=row["id"], external_id=row["external_id"], problem=problem_of(row), steps=(*before, *one.steps),
        rest=tuple(texts[len(one.steps) :]), final_answer=row["final_answer"], origin=row["origin"],
        generator=row["generator"], strategy=row["strategy"], canonical=bool(row["canonical"]), labeller=one.labeller,
        ending=_ending(page, row, one.labeller, names), labels=one.whole, branch=len(before), alternatives=beside,
        alternative=row["parent_id"] is not None,
    )  # fmt: skip


def _ending(page: Page, row: Row, labeller: str | None, names: Names) -> str | None:
    if labeller is None:
        return None
    own = [ending["ending"] for ending in page.endings.get(row["id"], []) if names.of(ending["actor_id"]) == labeller]
    return own[-1] if own and own[-1] != Ending.TAKEN_OVER else None
