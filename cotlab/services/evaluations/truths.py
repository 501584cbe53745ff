"""What predictions are held against: traces with the labels that count, of a project or of a file."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from cotlab.domain.answers import Basis
from cotlab.domain.datasets.exports import LabelChoice
from cotlab.domain.datasets.row_ids import ROW_ID
from cotlab.domain.errors import BadInput
from cotlab.domain.guidelines.schema import FrontMatter
from cotlab.domain.guidelines.senses import Senses
from cotlab.domain.traces.records import Trace
from cotlab.exchange.counting_labels import Counting
from cotlab.exchange.readers.jsonl import Broken, parse, read_traces
from cotlab.exchange.readers.predictions import item_of, text_key
from cotlab.exchange.readers.word_maps import WordMap
from cotlab.services.checks.verdicts import checkers
from cotlab.services.labels.selection import Counts, Selection, labelled
from cotlab.services.people.pseudonyms import Names
from cotlab.storage.engine.database import Reading
from cotlab.storage.labels import exports as stored
from cotlab.storage.projects import projects

TRACES_A_READ = 500
SHOWN = 12
"""Labels in a sentence."""


@dataclass(frozen=True, slots=True)
class Truth:
    """A trace: the labels of its leading steps, each with why it counts (None in a file), and where it belongs.

    `names` are the ids by which predictions may name it, `text` the digest of problem and steps. `lengths` are
    the characters of its steps, labelled or not.
    """

    id: str
    names: tuple[str, ...]
    text: str
    problem: str
    domain: str
    tags: tuple[str, ...]
    difficulty: int | None
    strategy: str | None
    origin: str
    lengths: tuple[int, ...]
    labels: tuple[tuple[str, Basis | None], ...]

    @property
    def steps(self) -> int:
        return len(self.lengths)


@dataclass(frozen=True, slots=True)
class Words:
    """The labels of which predictions may speak: label or kind -> label of the first level; and which are errors."""

    parents: dict[str, str]
    errors: frozenset[str]


def words(heads: Iterable[FrontMatter]) -> Words:
    """The words of guideline versions, the newest last; a label is an error where the newest that has it says so."""
    parents: dict[str, str] = {}
    errors: dict[str, bool] = {}
    for head in heads:
        for label in head.labels.all:
            parents[label.name] = head.labels.parent(label.name)
        for label in head.labels.top:
            errors[label.name] = label.error
    return Words(parents, frozenset(name for name, error in errors.items() if error))


def settled_words(db: Reading, project_id: str, as_of: int) -> Words:
    return words(row.head for row in projects.timeline(db, project_id, as_of).rows)


def settled(
    db: Reading, project_id: str, as_of: int, items: Collection[str] | None = None
) -> Iterator[Truth]:  # fmt: skip
    """The traces of a project, each with the settled labels of its leading steps as an export has them.

    No label is stale or in doubt. Alternatives are none of them. `items` are the traces looked at, where not all are.
    """
    senses = Senses(projects.timeline(db, project_id, as_of))
    policy = projects.policy(db, project_id, as_of)
    selection = Selection(LabelChoice.SETTLED, policy, senses, merged=False)
    names = Names(project_id, {}, projects.version_names(db))
    beside = stored.Beside(selection.citations, checkers(policy))
    after = ""
    while (page := stored.page(db, project_id, as_of, after, TRACES_A_READ, beside)).traces:
        after = page.traces[-1]["id"]
        for row in page.traces:
            if row["parent_id"] is not None or (items is not None and row["id"] not in items):
                continue
            (found,) = labelled(page, row, selection, names, Counts())
            texts = [step["text"] for step in page.steps.get(row["id"], ())]
            yield Truth(
                id=row["id"], names=tuple({row["id"], row["external_id"] or row["id"]}),
                text=text_key(row["problem_text"], texts), problem=row["problem_id"], domain=row["domain"],
                tags=tuple(json.loads(row["tags"])), difficulty=row["difficulty"], strategy=row["strategy"],
                origin=row["origin"], lengths=tuple(map(len, texts)),
                labels=tuple((step.labels[0].value, step.labels[0].basis) for step in found.steps),
            )  # fmt: skip


def of_file(
    lines: Iterable[bytes], errors: Collection[str] | WordMap, source: str | None = None
) -> tuple[list[Truth], Words]:
    """The traces of a file in any format that is read, with the labels of one source up to the first step without one.

    Which labels count is as in a conversion: the last of a source, none that is stale, doubted or measured with.
    `errors` are the labels that are errors, or a map by which they are. Raises BadInput for a broken line, for a source
    that is not there, and where several are and none is named; where the map does not know a label, and where none of
    the file is one of `errors`, since then every number would be of other words than the file's.
    """
    counting = Counting(unrated=errors.unrated) if isinstance(errors, WordMap) else Counting()
    traces = list(_traces(lines))
    labels = (label for one, _ in traces for step in one.steps for label in step.labels)
    sources = sorted({label.source for label in labels if counting.why_not(label) is None})
    if source is None and len(sources) == 1:
        source = sources[0]
    if source not in sources:
        there = ", ".join(sources) or "none"
        raise BadInput(f"source: the file has labels of {there}; one of them is to be named")
    truths = [_truth(one, row, place, source, counting) for place, (one, row) in enumerate(traces)]
    given = {value for one in truths for value, _ in one.labels}
    if isinstance(errors, WordMap):
        return truths, _mapped(given, errors)
    if given and not given & {*errors}:
        raise BadInput(
            f"error: no label of the file is {' or '.join(errors)}; its labels are {shown(given)}: name those that are"
            " errors, or a map of them"
        )
    return truths, Words({value: value for value in given}, frozenset(errors))


def _mapped(given: set[str], words: WordMap) -> Words:
    if unknown := given - words.values.keys():
        raise BadInput(f"mapping: the map {words.name} has no value for these labels of the file: {shown(unknown)}")
    return Words({word: word for word in words.values}, words.errors)


def shown(given: Collection[str]) -> str:
    """Labels in a sentence, in order; of many the first."""
    more = f" and {len(given) - SHOWN} more" if len(given) > SHOWN else ""
    return ", ".join(sorted(given)[:SHOWN]) + more


def _traces(lines: Iterable[bytes]) -> Iterator[tuple[Trace, str | None]]:
    """Each trace with the id that it had on a server, where the file was exported from one."""
    for line in read_traces(lines):
        if isinstance(line, Broken):
            raise BadInput(f"labels, {line.sentence}")
        row = item_of(parse(line.raw)) if ROW_ID.encode() in line.raw else None
        yield from ((one, row) for one in line.traces)


def _truth(one: Trace, row: str | None, place: int, source: str, counting: Counting) -> Truth:
    labels: list[tuple[str, Basis | None]] = []
    for step in one.steps:
        label = counting.of(step.labels, source)
        if label is None:
            break
        labels.append((label.value, None))
    problem, names = one.problem, {one.id or str(place), *([row] if row else [])}
    return Truth(
        id=f"{place}", names=tuple(names), text=text_key(problem.text, (step.text for step in one.steps)),
        problem=problem.digest(), domain=problem.domain, tags=problem.tags, difficulty=problem.difficulty,
        strategy=one.strategy, origin=one.origin.value, lengths=tuple(len(step.text) for step in one.steps),
        labels=tuple(labels),
    )  # fmt: skip
