"""Whose labels go out of a stored trace: the settled ones, each person's own, or everybody's side by side."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from cotlab.domain.answers import WHOLE_TRACE, Basis, Citation, Ending, Question, StepSize, Unsettled
from cotlab.domain.datasets.exports import ExportedLabel, ExportedStep, LabelChoice
from cotlab.domain.guidelines.senses import Sense, Senses
from cotlab.domain.labels.case_reasons import Latest
from cotlab.domain.labels.settled import NONE, Circumstances, Settled, settle
from cotlab.domain.projects.policy import Policy
from cotlab.services.labels.assistance import visible
from cotlab.services.labels.latest_labels import DECISION, IMPORTED, LABEL, OUTCOME, Given, Said, read
from cotlab.services.labels.two_level import judged
from cotlab.services.people.pseudonyms import SETTLED, Names
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.labels.exports import Page
from cotlab.storage.projects import projects

STEP_SIZE = Question.STEP_SIZE.value
ANOTHER_GUIDELINE = "another_guideline"
ASSISTED = "assisted"
NOT_ADJUDICATED = "not_adjudicated"
WITHOUT_LABELS = (Unsettled.NOT_LABELLED, Unsettled.WAITING)


@dataclass(slots=True)
class Counts:
    """What was kept and dropped, and why."""

    traces_read: int = 0
    traces_kept: int = 0
    traces_dropped: Counter[str] = field(default_factory=Counter)
    steps_dropped: Counter[str] = field(default_factory=Counter)
    labels_dropped: Counter[str] = field(default_factory=Counter)
    settled_by: Counter[str] = field(default_factory=Counter)
    votes: int = 0
    """People's labels on the steps that go out, also those behind a settled one; `assisted` were informed, `drafted`
    given with a draft in sight.
    """
    assisted: int = 0
    drafted: int = 0

    def add(self, others: "Counts") -> None:
        self.traces_read += others.traces_read
        self.traces_kept += others.traces_kept
        for mine, theirs in zip(self._counters(), others._counters(), strict=True):
            if theirs:
                mine.update(theirs)
        self.votes += others.votes
        self.assisted += others.assisted
        self.drafted += others.drafted

    def _counters(self) -> tuple[Counter[str], ...]:
        return self.traces_dropped, self.steps_dropped, self.labels_dropped, self.settled_by

    def without_its_trace(self, why: str) -> "Counts":
        """The counts of one trace, or of a problem's traces, of which what was kept is left out after all."""
        dropped = self.traces_dropped + Counter({why: self.traces_kept})
        return Counts(self.traces_read, traces_dropped=dropped, labels_dropped=self.labels_dropped)


@dataclass(frozen=True, slots=True)
class Selection:
    """Whose labels go out, under which policy, read how, and whether one row holds the labels of all (`merged`).

    `version` is the id of the guideline version whose labels alone are heard; None: of all.
    """

    labels: LabelChoice
    policy: Policy
    senses: Senses
    merged: bool
    stale: bool = False
    doubted: bool = False
    version: str | None = None

    @property
    def everything(self) -> bool:
        """Whether all labels of all people and sources stand side by side."""
        return self.merged and self.labels is LabelChoice.EACH

    @property
    def citations(self) -> bool:
        """Whether citations are to be read: they are shown, or some labels are stale for what they cite."""
        return self.everything or self.senses.by_citation

    _settled: dict[tuple[object, ...], tuple[Settled | Unsettled, bool]] = field(default_factory=dict)

    def why_not(self, said: Said, given: Given) -> Unsettled | None:
        """Why somebody's own label stays out, if it does."""
        answer, sense = given
        if sense.stale and not self.stale:
            return Unsettled.STALE
        return None if self.doubted or not said.doubted else said.doubt(answer)

    def settle(self, said: Said, position: int) -> tuple[Settled | Unsettled, bool]:
        """What a step is, and whether it is so by stale labels alone.

        Few patterns of votes come up in many steps, so each is worked out once; see domain.labels.settled.
        """
        beside, people = said.beside(position), said.people(self.policy)
        pattern: tuple[object, ...]
        if beside is NONE and not said.doubted:
            pattern = (people, *((sense, answer["unsure"]) for answer, sense in said.votes.get(position, ())))
        else:
            pattern = (people, beside, *said.latest(position))
        known = self._settled.get(pattern)
        if known is None:
            known = self._settled[pattern] = self._work_out(said.latest(position), people, beside)
        return known

    def _work_out(
        self, latest: Sequence[Latest], people: int, beside: Circumstances
    ) -> tuple[Settled | Unsettled, bool]:
        if self.doubted:
            latest = [replace(one, doubted=False) for one in latest]
        found = settle(latest, self.policy, people, beside)
        if found is Unsettled.STALE and self.stale:
            decision = None if beside.decision is None else replace(beside.decision, stale=False)
            as_given = [replace(one, stale=False) for one in latest]
            return settle(as_given, self.policy, people, replace(beside, decision=decision)), True
        return found, False


@dataclass(slots=True)
class Labelled:
    """One labeller's labels on a trace (None: the settled ones): the leading labelled steps, then why it stops.

    `bare`: no person's label stands on any step, though the steps are there. `settled` are the leading settled steps of
    a main path where everybody's labels stand. `answer_right` and `open_case` are of the trace as a whole.

    A reason for a case about the trace other than a bad problem needs a wrong answer or a bad step.
    """

    labeller: str | None
    steps: list[ExportedStep]
    stopped_by: str | None = None
    whole: tuple[ExportedLabel, ...] = ()
    bare: bool = False
    answer_right: bool | None = None
    open_case: bool = False
    settled: tuple[ExportedStep, ...] | None = None


def labelled(page: Page, row: Row, selection: Selection, names: Names, counts: Counts) -> list[Labelled]:
    """The labellers of one trace, each with the leading steps that their labels stand on."""
    all_said = read(page, row, selection.senses)
    said = heard(all_said, selection)
    found, right = _labellers(page, row, said, selection, names, counts), judged(said)
    assisted = [one for one in page.assisted.get(row["id"], ()) if one["question"] == LABEL]
    others = all_said.given.keys() - said.given.keys()
    counts.labels_dropped += Counter({ASSISTED: len(assisted), ANOTHER_GUIDELINE: len(others)})
    unheard = {one["position"]: ASSISTED for one in assisted} | {position: ANOTHER_GUIDELINE for position, _ in others}
    for one in found:
        one.answer_right, one.open_case = right, said.bad_problem
        if selection.everything and row["canonical"]:
            one.settled = tuple(_settled(page.steps.get(row["id"], []), said, selection, names, Counts()).steps)
        if one.stopped_by in WITHOUT_LABELS and row["first_position"] + len(one.steps) in unheard:
            one.stopped_by = unheard[row["first_position"] + len(one.steps)]
    _count_votes(page, said, row["first_position"] + max((len(one.steps) for one in found), default=0), counts)
    return found


def _count_votes(page: Page, said: Said, until: int, counts: Counts) -> None:
    for (position, _), (answer, _) in said.given.items():
        if position < until:
            counts.votes += 1
            counts.assisted += answer["informed"]
            counts.drafted += answer["id"] in page.assistance


def heard(said: Said, selection: Selection) -> Said:
    """Of what was said, that which was said under the guideline version that is let in.

    Where the decision was, the labels before it stay too: without them nothing was there to be decided.
    """
    version_id = selection.version
    if version_id is None:
        return said

    def under(given: Given) -> bool:
        return bool(given[0]["guideline_version_id"] == version_id)

    return replace(
        said,
        given={place: one for place, one in said.given.items() if under(one)},
        votes={
            place: kept
            for place, given in said.votes.items()
            if (kept := [one for one in given if under(one) or (place in said.decided and under(said.decided[place]))])
        },
        opinions=[one for one in said.opinions if under(one)],
        decided={place: one for place, one in said.decided.items() if under(one)},
    )


def _labellers(
    page: Page, row: Row, said: Said, selection: Selection, names: Names, counts: Counts
) -> list[Labelled]:  # fmt: skip
    steps = page.steps.get(row["id"], [])
    if selection.everything:
        return [_merged(page, row, said, selection, names, counts)]
    if selection.labels is not LabelChoice.EACH:
        return [_settled(steps, said, selection, names, counts)]
    return [
        _one_person(steps, said, person, selection, names)
        for person in dict.fromkeys(person for _, person in said.given)
    ]  # fmt: skip


def _cited(page: Page, answer: Row) -> Sequence[Row]:
    return page.citations.get(answer["id"], ())


def _merged(page: Page, row: Row, said: Said, selection: Selection, names: Names, counts: Counts) -> Labelled:
    """Everybody's labels side by side; what is stale or in doubt is left out and counted, unless it is let in."""
    answers = page.answers.get(row["id"], [])
    if said.doubted and not selection.doubted:
        answers = [one for one in answers if one["question"] == LABEL or one["id"] not in said.doubted]
    labels: dict[int, list[ExportedLabel]] = defaultdict(list)
    sizes: dict[tuple[int, str], str] = {}
    for answer in answers:
        if answer["question"] == LABEL and answer["purpose"] == IMPORTED:
            labels[answer["position"]].append(_answer(answer, names))
        elif answer["question"] == STEP_SIZE:
            sizes[answer["position"], answer["actor_id"]] = answer["value"]
    going_out = set[int]()
    left_out: list[tuple[Unsettled, int]] = []
    for (position, person), (answer, sense) in said.given.items():
        if why := selection.why_not(said, (answer, sense)):
            left_out.append((why, position))
            continue
        size = sizes.get((position, person))
        label = _doubtful(_label(answer, sense, names, _cited(page, answer), size), answer, said)
        labels[position].append(_with_what_was_seen(page, answer, label))
        going_out.add(position)
    for answer, sense in said.opinions:
        if why := selection.why_not(said, (answer, sense)):
            left_out.append((why, answer["position"]))
        else:
            labels[answer["position"]].append(_label(answer, sense, names, _cited(page, answer)))
    found = [
        ExportedStep(text=step["text"], labels=tuple(labels.get(step["position"], ())))
        for step in page.steps.get(row["id"], ())
    ]
    whole = tuple(_whole_trace(answers, page.endings.get(row["id"], []), names))
    counts.labels_dropped.update(why for why, _ in left_out)
    if not going_out:
        return Labelled(None, found, left_out[0][0] if left_out else Unsettled.NOT_LABELLED, whole, bare=True)
    without = {position: why for why, position in left_out if position not in going_out}
    counts.steps_dropped.update(without.values())
    return Labelled(None, found, whole=whole)


def _whole_trace(answers: Sequence[Row], endings: Sequence[Row], names: Names) -> Iterator[ExportedLabel]:
    """What was said of the trace as a whole, such as `complete: yes` (every needed step is there) or `finished`."""
    asked = (Question.COMPLETE, Question.STRATEGY)
    latest = {(one["question"], one["actor_id"]): one for one in answers if one["question"] in asked}
    for answer in answers:
        decision = answer["question"] == DECISION and answer["position"] == WHOLE_TRACE
        if decision or latest.get((answer["question"], answer["actor_id"])) is answer:
            yield _of_question(answer, names)
        elif answer["question"] == OUTCOME:
            yield _answer(answer, names)
    for person in dict.fromkeys(one["actor_id"] for one in endings if one["ending"] == Ending.FINISHED):
        yield ExportedLabel(source=names.of(person), value=Ending.FINISHED.value)


def _one_person(
    steps: Sequence[Row], said: Said, person: str, selection: Selection, names: Names
) -> Labelled:  # fmt: skip
    found: list[ExportedStep] = []
    for step in steps:
        if (step["position"], person) not in said.given:
            return Labelled(names.of(person), found, Unsettled.NOT_LABELLED)
        answer, sense = said.given[step["position"], person]
        if why := selection.why_not(said, (answer, sense)):
            return Labelled(names.of(person), found, why)
        label = _doubtful(_label(answer, sense, names), answer, said)
        found.append(ExportedStep(text=step["text"], labels=(label,)))
    return Labelled(names.of(person), found)


def _settled(steps: Sequence[Row], said: Said, selection: Selection, names: Names, counts: Counts) -> Labelled:
    found: list[ExportedStep] = []
    for step in steps:
        result, stale = selection.settle(said, step["position"])
        if not isinstance(result, Settled):
            return Labelled(None, found, result)
        if selection.labels is LabelChoice.ADJUDICATED and result.basis is not Basis.ADJUDICATED:
            return Labelled(None, found, NOT_ADJUDICATED)
        label = _settled_label(result, said, step["position"], stale, names)
        counts.settled_by[result.basis] += 1
        found.append(ExportedStep(text=step["text"], labels=(label,)))
    return Labelled(None, found)


def _settled_label(result: Settled, said: Said, position: int, stale: bool, names: Names) -> ExportedLabel:
    """The label as it was decided, else as the last of those who agree gave it."""
    own = said.votes[position]
    answer, sense = own[0]
    if result.basis is Basis.ADJUDICATED:
        answer, sense = said.decided[position]
    elif len(own) > 1:
        agreeing = [one for one in own if one[1].value == result.value and (stale or not one[1].stale)]
        answer, sense = max(agreeing, key=lambda one: (one[0]["received_at"], one[0]["id"]))
    label = ExportedLabel(
        source=SETTLED, value=result.value, guideline=names.versions.get(answer["guideline_version_id"]),
        given_at=answer["received_at"], basis=result.basis,
    )  # fmt: skip
    if result.basis is not Basis.ADJUDICATED:
        label = _doubtful(label, answer, said)
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


def _doubtful(label: ExportedLabel, answer: Row, said: Said) -> ExportedLabel:
    """A label, marked where it is in doubt and was let in."""
    return label.model_copy(update={"doubted": True}) if answer["id"] in said.doubted else label


def _with_what_was_seen(page: Page, answer: Row, label: ExportedLabel) -> ExportedLabel:
    """A label with the drafts and evidence that were visible when it was given."""
    drafts, evidence = page.assistance.get(answer["id"], ()), page.evidence_seen.get(answer["id"], ())
    if not drafts and not evidence:
        return label
    return label.model_copy(update={"drafts": tuple(map(visible, drafts)), "evidence_seen": tuple(evidence)})


def _citation(row: Row) -> Citation:
    return Citation(kind=row["kind"], name=row["name"], start=row["start"], stop=row["stop"])


def _answer(answer: Row, names: Names) -> ExportedLabel:
    """An answer in its own words."""
    return ExportedLabel(
        source=names.of(answer["actor_id"]), value=answer["value"], rationale=answer["rationale"],
        unsure=bool(answer["unsure"]), guideline=names.versions.get(answer["guideline_version_id"]),
        given_at=answer["received_at"], elapsed_ms=answer["elapsed_ms"], visible_until=answer["visible_until"],
        purpose=None if answer["purpose"] == IMPORTED else answer["purpose"],
    )  # fmt: skip


def _of_question(answer: Row, names: Names) -> ExportedLabel:
    """An answer about the whole trace, with what was asked."""
    return _answer(answer, names).model_copy(update={"value": f"{answer['question']}: {answer['value']}"})


def as_exported(db: Reading, project_id: str, task: str = "steps") -> Selection:
    """What settles the steps, or the pairs, of a project, as its exports have it."""
    senses = Senses(projects.timeline(db, project_id, task=task))
    return Selection(LabelChoice.SETTLED, projects.policy(db, project_id), senses, False)
