"""From stored traces and labellers to labelled paths: how far a trace goes out, and what is counted as left out."""

import json
from collections.abc import Iterable, Iterator, Sequence

from cotlab.domain.answers import TAKEN_AWAY, Unsettled
from cotlab.domain.checks import KeptVerdict
from cotlab.domain.datasets.exports import LabelledAlternative, LabelledPath
from cotlab.domain.provenance import DraftedFrom
from cotlab.domain.traces.records import DerivedFrom
from cotlab.services.labels.selection import Counts, Labelled, Selection, labelled
from cotlab.services.people.pseudonyms import Names
from cotlab.storage.engine.database import Row
from cotlab.storage.labels.exports import Page
from cotlab.storage.traces.derivations import derived_of
from cotlab.storage.traces.drafted_traces import drafted_of
from cotlab.storage.traces.traces import problem_of

PREFIX_UNSETTLED = "the_steps_before_the_alternative_are_unsettled"


def paths(
    page: Page, row: Row, selection: Selection, names: Names, counts: Counts,
    alternatives: Sequence[tuple[Page, Row]], above: Sequence[tuple[Page, Row]],
) -> Iterator[LabelledPath]:  # fmt: skip
    """The paths of one trace. `alternatives` branch off from it; `above` are the traces that it branches off from."""
    counts.traces_read += 1
    kept, why, left_out = False, Unsettled.NOT_LABELLED.value, list[Labelled]()
    ignored = Counts() if alternatives or above else counts
    prefixes = {one.labeller: one for one in _prefix(above, row["first_position"] - 1, selection, names, ignored)}
    total = len(page.steps.get(row["id"], []))
    others = [(source, other, labelled(source, other, selection, names, ignored)) for source, other in alternatives]
    for one in labelled(page, row, selection, names, counts):
        prefix = prefixes.get(one.labeller)
        if not one.steps or one.bare:
            why = one.stopped_by or why
            left_out.append(one)
        elif above and (prefix is None or len(prefix.steps) < row["first_position"] - 1):
            why = PREFIX_UNSETTLED
        else:
            kept = True
            _count_rest(one, total, counts)
            yield _path(page, row, one, prefix, _beside(others, one.labeller), names)
    counts.traces_kept += kept
    if not kept:
        counts.traces_dropped[why] += 1
    for one in left_out if kept else ():
        _count_rest(one, total, counts)


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


def _evidence(page: Page, row: Row) -> tuple[KeptVerdict, ...]:
    """What checks found in a trace, where it was read."""
    return tuple(
        KeptVerdict(position=one["position"], checker=one["checker"], **json.loads(one["document"]))
        for one in page.verdicts.get(row["id"], ())
    )


def _beside(
    others: Sequence[tuple[Page, Row, list[Labelled]]], labeller: str | None
) -> tuple[LabelledAlternative, ...]:
    return tuple(
        LabelledAlternative(
            trace_id=row["id"],
            position=row["first_position"],
            kind=row["alternative_kind"],
            origin=row["origin"],
            steps=tuple(one.steps),
            generator=row["generator"],
            evidence=_evidence(page, row),
            drafted=_drafted(page, row),
        )
        for page, row, labellers in others
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
        alternative=row["parent_id"] is not None, evidence=_evidence(page, row),
        answer_right=one.answer_right, open_case=one.open_case, settled=one.settled,
        derived_from=_derived(page, row), drafted=_drafted(page, row),
    )  # fmt: skip


def _derived(page: Page, row: Row) -> DerivedFrom | None:
    """What a trace was made of, where that was read."""
    made = page.derived.get(row["id"])
    return None if made is None else derived_of(made)


def _drafted(page: Page, row: Row) -> DraftedFrom | None:
    """The draft that a trace was, where that was read."""
    made = page.drafted.get(row["id"])
    return None if made is None else drafted_of(made)


def _ending(page: Page, row: Row, labeller: str | None, names: Names) -> str | None:
    if labeller is None:
        return None
    theirs = (one["ending"] for one in page.endings.get(row["id"], []) if names.of(one["actor_id"]) == labeller)
    own = [ending for ending in theirs if ending not in TAKEN_AWAY]
    return own[-1] if own else None
