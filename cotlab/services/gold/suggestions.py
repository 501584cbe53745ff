"""What could become gold, best first, and what in gold may be wrong."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cotlab.domain.answers import WHOLE_TRACE, Basis
from cotlab.domain.calibration.qualification import field_of
from cotlab.domain.checks import StepVerdict, Verdict
from cotlab.domain.gold import Candidate, GoldSuggestion, Suspect, SuspectKind
from cotlab.domain.labels.settled import Settled
from cotlab.domain.labels.two_level import SAID_RIGHT, SAID_WRONG, last_words
from cotlab.domain.traces.records import TASKS
from cotlab.services.calibration.qualification import standing
from cotlab.services.checks.verdicts import checkers
from cotlab.services.gold.items import Answered, answered, verified
from cotlab.services.gold.promotion import SURE
from cotlab.services.labels.latest_labels import of_items
from cotlab.services.labels.selection import as_exported
from cotlab.services.projects.projects import known_project
from cotlab.storage.checks.checks import Place
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.engine.value_lists import ITEMS_A_READ
from cotlab.storage.gold import gold_items
from cotlab.storage.gold import gold_items as stored
from cotlab.storage.projects import projects

PEOPLE = 3
"""How many people have to have answered a gold step before their errors make it a suspect."""
SEVERAL = 2
"""How many qualified people have to call a gold problem unusable before it is a suspect."""


@dataclass(frozen=True, slots=True)
class _Settled:
    """A trace that is settled throughout: the labels of its steps, and how they were settled."""

    row: Row
    labels: Counter[str]
    bases: Counter[Basis]

    @property
    def unanimous(self) -> bool:
        return set(self.bases) == {Basis.UNANIMOUS}

    @property
    def alike(self) -> tuple[str, frozenset[str], bool]:
        """What makes two candidates the same for diversity."""
        return field_of(self.row["domain"], (), (), self.row["task"]), frozenset(self.labels), self.unanimous


def suggest(db: Reading, project_id: str, domain: str | None = None, most: int = 20) -> GoldSuggestion:
    """At most `most` candidates of a domain or of all, and all suspects there. Raises NotFound."""
    known_project(db, project_id)
    chosen = list(_diverse(_settled_traces(db, project_id, domain), most))
    there = {label for one in chosen for label in one.labels}
    return GoldSuggestion(
        candidates=tuple(map(_candidate, chosen)),
        labels_missing=tuple(label for label in _labels(db, project_id, domain) if label not in there),
        suspects=tuple(suspects(db, project_id, domain)),
    )


def _labels(db: Reading, project_id: str, domain: str | None) -> list[str]:
    """The labels of the first level in force for steps, in a domain or in any."""
    timeline = projects.timeline(db, project_id)
    domains = {row.domain for row in timeline.rows} if domain is None else {domain}
    current = [timeline.current(one) for one in sorted(domains)]
    return list(dict.fromkeys(label.name for row in current if row is not None for label in row.head.labels.top))


def _settled_traces(db: Reading, project_id: str, domain: str | None) -> Iterator[_Settled]:
    """Traces and pairs that people labelled here and that could be promoted, but for justifications."""
    selections, after = {task: as_exported(db, project_id, task) for task in TASKS}, ""
    while rows := stored.labelled_items(db, project_id, domain, after, ITEMS_A_READ):
        said = dict(of_items(db, project_id, [row["id"] for row in rows]))
        for row in rows:
            positions = range(row["first_position"], row["last_position"] + 1)
            results = [selections[row["task"]].settle(said[row["id"]], position)[0] for position in positions]
            settled = [one for one in results if isinstance(one, Settled) and one.basis in SURE]
            if len(settled) == len(results):
                yield _Settled(row, Counter(one.value for one in settled), Counter(one.basis for one in settled))
        after = rows[-1]["id"]


def _diverse(found: Iterable[_Settled], most: int) -> Iterator[_Settled]:
    """Greedily: first those that bring a label or a domain that is not there yet, unanimous ones before others; then
    those whose labels and domain are rarest among the chosen. Ids are random, so that the first of its like will do.
    """
    waiting: dict[tuple[str, frozenset[str], bool], list[_Settled]] = defaultdict(list)
    for one in found:
        if len(waiting[one.alike]) < most:
            waiting[one.alike].append(one)
    seen: Counter[str] = Counter()

    def worth(alike: tuple[str, frozenset[str], bool]) -> tuple[object, ...]:
        domain, labels, unanimous = alike
        things = [f"domain {domain}", *sorted(labels)]
        new = sum(not seen[thing] for thing in things)
        rare = sum(1 / (1 + seen[thing]) for thing in things) / len(things)
        return (bool(new), unanimous, new, rare, domain, sorted(labels))

    for _ in range(most):
        if not waiting:
            return
        best = max(waiting, key=worth)
        one = waiting[best].pop(0)
        if not waiting[best]:
            del waiting[best]
        seen.update([f"domain {best[0]}", *one.labels])
        yield one


def _candidate(one: _Settled) -> Candidate:
    steps, decided = one.labels.total(), one.bases[Basis.ADJUDICATED]
    agreed = f"people agree on all of its {steps} steps"
    decided_too = f"an adjudicator decided {decided} of its {steps} steps, people agree on the others"
    if one.row["task"] == "pairs":
        agreed, decided_too = "people agree on it", "an adjudicator decided it"
    return Candidate(
        item_id=one.row["id"], task=one.row["task"], external_id=one.row["external_id"], domain=one.row["domain"],
        problem=one.row["problem"], labels=dict(one.labels.most_common()), unanimous=one.unanimous,
        why=agreed if one.unanimous else decided_too,
    )  # fmt: skip


def suspects(db: Reading, project_id: str, domain: str | None = None) -> Iterator[Suspect]:
    """Gold that may be wrong: steps that many people miss alike or a check refutes, problems that several people call
    unusable, and wrong answers without an error.
    """
    items = {row["item_id"]: row for row in stored.items(db, project_id, domain)}
    for (item_id, position), one in sorted(answered(db, project_id).items()):
        if item_id in items and (sentence := _missed_alike(one)) is not None:
            yield _suspect(items[item_id], position, SuspectKind.MISSED_ALIKE, sentence)
    for item_id, people in _unusable(db, project_id, items).items():
        sentence = f"{len(people)} people who are qualified there said that the problem cannot be used"
        yield _suspect(items[item_id], None, SuspectKind.CALLED_UNUSABLE, sentence)
    found = {(row["item_id"], row["position"]): row for row in _checked(db, project_id) if row["item_id"] in items}
    for place, sentence in _refuted_beside_right(db, project_id, found):
        yield _suspect(items[place[0]], place[1], SuspectKind.REFUTED_BESIDE_RIGHT, sentence)
    wrong = _wrong_answers(db, project_id, found)
    for item_id in _without_error(db, project_id, [item_id for item_id in wrong if item_id in items]):
        sentence = f"{wrong[item_id]} that the final answer is wrong, and no step is marked as an error"
        yield _suspect(items[item_id], None, SuspectKind.WRONG_ANSWER_WITHOUT_ERROR, sentence)


def _unusable(db: Reading, project_id: str, items: Mapping[str, Row]) -> dict[str, list[str]]:
    """Item's id -> who called its problem unusable, of people who are qualified in its domain; several at least."""
    said: dict[str, list[str]] = defaultdict(list)
    qualified: dict[tuple[str, str], bool] = {}
    for row in stored.called_unusable(db, project_id):
        if row["item_id"] in items:
            who = (row["actor_id"], items[row["item_id"]]["domain"])
            if who not in qualified:
                qualified[who] = standing(db, project_id, *who).may_label
            said[row["item_id"]] += [row["actor_id"]] * qualified[who]
    return {item_id: people for item_id, people in said.items() if len(people) >= SEVERAL}


def _checked(db: Reading, project_id: str) -> Sequence[Row]:
    """What checks say of gold, where they decide something."""
    asked = checkers(projects.policy(db, project_id))
    return gold_items.on_gold(db, project_id, asked) if asked else ()


def _refuted_beside_right(db: Reading, project_id: str, found: Mapping[Place, Row]) -> Iterator[tuple[Place, str]]:
    """Steps with a refuted claim whose verified label is no error, and what was found there."""
    refuted = {place: row for place, row in found.items() if place[1] and row["verdict"] == Verdict.REFUTED}
    labels = verified(db, project_id, {item_id for item_id, _ in refuted}) if refuted else {}
    heads = {row.version_id: row.head for row in projects.timeline(db, project_id).rows}
    for place, row in refuted.items():
        label = labels.get(place)
        if label is not None and not heads[label.schema_id].labels.is_error(label.label):
            reason = StepVerdict.model_validate_json(row["document"]).reason
            yield place, f"gold says {label.label}, and a check found: {reason}"


def _wrong_answers(db: Reading, project_id: str, found: Mapping[Place, Row]) -> dict[str, str]:
    """Item's id -> who says that its final answer is wrong: a check, else the file, where no check decides it."""
    checked = {item_id: row["verdict"] for (item_id, position), row in found.items() if position == WHOLE_TRACE}
    said = stored.said_of_answers(db, project_id, SAID_RIGHT | SAID_WRONG)
    told = {item_id for item_id, words in said.items() if last_words(words) & SAID_WRONG}
    wrong = {item_id: "a check found" for item_id, verdict in checked.items() if verdict == Verdict.REFUTED}
    return wrong | {item_id: "the file says" for item_id in sorted(told - checked.keys())}


def _missed_alike(one: Answered) -> str | None:
    people = len(one.answers)
    errors = Counter(one.answers[person] for person in one.missed)
    if people < PEOPLE or not errors:
        return None
    label, times = errors.most_common(1)[0]
    if 2 * times < people:
        return None
    return f"{times} of {people} people said {label} where gold says {one.verified.value}"


def _without_error(db: Reading, project_id: str, wrong: Sequence[str]) -> list[str]:
    """Those of some items of which no verified label is an error."""
    timeline = projects.timeline(db, project_id)
    heads = {row.version_id: row.head for row in timeline.rows}
    marked = {
        item_id
        for (item_id, _), one in verified(db, project_id, wrong).items()
        if heads[one.schema_id].labels.is_error(one.label)
    }
    return [item_id for item_id in wrong if item_id not in marked]


def _suspect(row: Row, position: int | None, kind: SuspectKind, sentence: str) -> Suspect:
    return Suspect(
        item_id=row["item_id"], external_id=row["external_id"], domain=row["domain"], problem=row["problem"],
        position=position, kind=kind, sentence=sentence,
    )  # fmt: skip
