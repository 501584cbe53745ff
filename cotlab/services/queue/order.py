"""The queue's rows follow what was said, what is settled and what the policy wants, some seconds later."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from cotlab.domain.datasets.exports import LabelChoice
from cotlab.domain.drafts.uncertainty import Amounts
from cotlab.domain.guidelines.senses import Senses
from cotlab.domain.guidelines.staleness import Timeline
from cotlab.domain.labels.settled import Settled
from cotlab.domain.projects.policy import Policy
from cotlab.domain.projects.priorities import Item, Quota
from cotlab.domain.queue.priority import OF_OPINIONS, Known, contradicting, novelty
from cotlab.services.audit import event_data
from cotlab.services.checks.verdicts import checkers
from cotlab.services.consequences.changes import POLICY, News, drawn_until, news
from cotlab.services.labels.latest_labels import Said, of_items
from cotlab.services.labels.selection import Selection
from cotlab.services.queue import opinion_sources
from cotlab.services.traces.queue_rows import Rules, guidelines_asked, item_of, open_of, rules, strategy_key
from cotlab.storage.engine.database import Db, Reading, Row, Store
from cotlab.storage.engine.value_lists import ITEMS_A_READ, chunks
from cotlab.storage.labels import decisive_verdicts
from cotlab.storage.projects import projects
from cotlab.storage.queue import queue as stored
from cotlab.storage.queue import quotas

CONSEQUENCE = "scores"
ROWS_A_WRITE = 100
"""As many as hold up a label that waits for its turn by some milliseconds."""
RULES = frozenset(
    {
        POLICY,
        event_data.IN_FORCE.kind,
        event_data.ALARM.kind,
        event_data.CALIBRATION_DECISION.kind,
        event_data.RECHECK.kind,
    }
)
"""The kinds of events after which any item may be settled, or settled no more, or be wanted otherwise."""
OF_THE_QUEUE = (
    "overlap", "overlaps", "second_label_share", "quotas", "priority", "calibrated_tags", "open_cases_on",
    "stop_at_first_error", "checks", "random_share", "rare_labels",
)  # fmt: skip
"""What of a policy the rows follow from."""

Kept = dict[str, Any]


def keep_scores(store: Store, project_id: str) -> None:
    """Bring the queue of a project up to date, some rows a write. What a crash leaves behind the next call does."""
    changed = store.read(lambda db: opinion_sources.to_follow(db, project_id))
    if changed is not None:
        for items in _all(store, project_id):
            _bring_up(store, project_id, items)
        drawn_until(store, project_id, opinion_sources.FOLLOWED, changed)
    more = True
    while more and (found := store.read(lambda db: news(db, project_id, CONSEQUENCE))) is not None:
        everywhere, touched = store.read(partial(_reach, project_id=project_id, found=found))
        pages = _all(store, project_id) if everywhere else chunks(touched)
        moved = [_bring_up(store, project_id, items) for items in pages]
        if everywhere or any(moved):
            _fill_quotas(store, project_id)
        drawn_until(store, project_id, CONSEQUENCE, found.until)
        more = found.more


def _reach(db: Reading, project_id: str, found: News) -> tuple[bool, list[str]]:
    """Whether each row is to be looked at, else which."""
    kinds = found.kinds(RULES)
    if kinds == {POLICY} and _same(projects.policy(db, project_id, found.since), projects.policy(db, project_id)):
        kinds = set()
    everywhere = found.events is None or bool(kinds)
    return everywhere, [] if everywhere else sorted({*found.items(db), *opinion_sources.drafted(found.events or ())})


def _same(before: Policy, now: Policy) -> bool:
    return all(getattr(before, name) == getattr(now, name) for name in OF_THE_QUEUE)


def _all(store: Store, project_id: str) -> Iterator[Sequence[str]]:
    """The items of the queue, some at a time, since the points of any of them may change."""
    store.write(project_id, lambda db: stored.keep_reached(db, project_id))
    after = ""
    while rows := store.read(lambda db: stored.page(db, project_id, after, ITEMS_A_READ)):  # noqa: B023
        yield [row["item_id"] for row in rows]
        after = rows[-1]["item_id"]


def _bring_up(store: Store, project_id: str, items: Sequence[str]) -> bool:
    """Write what differs. Returns whether the number of settled traces may have changed."""
    changed, moved = store.read(lambda db: _changed(db, project_id, items))
    for some in chunks(changed, ROWS_A_WRITE):
        store.write(project_id, partial(_write, project_id=project_id, rows=some))
    return moved


def _changed(db: Reading, project_id: str, items: Sequence[str]) -> tuple[list[tuple[str, Kept]], bool]:
    """The rows to write, and whether some trace is settled now, or no more, or left the queue."""
    now, rows = rules(db, project_id), stored.rows(db, project_id, items)
    said = dict(of_items(db, project_id, stored.answered(db, [row["item_id"] for row in rows])))
    timeline = projects.timeline(db, project_id)
    selection = Selection(LabelChoice.SETTLED, now.policy, Senses(timeline), False)
    known = _known(db, project_id, now.policy, [row["item_id"] for row in rows])
    found: list[tuple[str, Kept]] = []
    for row in rows:
        item_id = row["item_id"]
        kept = _kept(now, row, known[item_id], said.get(item_id), selection, timeline)
        if any(kept[name] != row[name] for name in stored.KEPT):
            found.append((row["item_id"], kept))
    flipped = {row["item_id"]: row["settled"] for row in rows}
    moved = len(rows) < len(items) or any(kept["settled"] != flipped[item_id] for item_id, kept in found)
    return found, moved


def _known(db: Reading, project_id: str, policy: Policy, item_ids: Sequence[str]) -> dict[str, Known]:
    """What machines say of some items."""
    asked = checkers(policy)
    checked = decisive_verdicts.found(db, item_ids, asked) if asked and item_ids else {}
    wanted = any(getattr(policy.priority, name) for name in OF_OPINIONS)
    thought = opinion_sources.of_items(db, project_id, item_ids, policy.rare_labels) if wanted else {}
    return {one: _of_machines(checked.get(one), thought.get(one, Amounts())) for one in item_ids}


def _of_machines(checked: Row | None, thought: Amounts) -> Known:
    found = {name: round(amount, 3) for name, amount in thought._asdict().items()}
    if checked is None:
        return Known(**found)
    answer = True if checked["answer_verified"] else False if checked["answer_refuted"] else None
    return Known(
        refuted=checked["refuted"], contradiction=int(contradicting(checked["refuted"], answer)), **found
    )  # fmt: skip


def _kept(now: Rules, row: Row, known: Known, said: Said | None, selection: Selection, timeline: Timeline) -> Kept:
    if said is None:
        return now.kept(item_of(row), row["since"], known)
    known = known.model_copy(update={"disagreement": round(disagreement(said), 3)})
    return now.kept(item_of(row), row["since"], known, _settled(row, said, selection, timeline))


def disagreement(said: Said) -> float:
    """The share of the steps with two labels or more on which people differ, stale ones left out; 0 for none."""
    each = [{sense.value for _, sense in votes if not sense.stale} for votes in said.votes.values() if len(votes) > 1]
    return sum(len(values) > 1 for values in each) / len(each) if each else 0.0


def _settled(row: Row, said: Said, selection: Selection, timeline: Timeline) -> bool:
    """Whether each step is settled; where a trace ends with its first error, each step up to that."""
    current = timeline.current(row["domain"])
    for position in range(row["first_position"], row["last_position"] + 1):
        result = selection.settle(said, position)[0]
        if not isinstance(result, Settled):
            return False
        if selection.policy.stop_at_first_error and current and current.head.labels.is_error(result.value):
            return True
    return True


def _write(db: Db, project_id: str, rows: Sequence[tuple[str, Kept]]) -> None:
    stored.keep_reached(db, project_id, [item_id for item_id, _ in rows])
    for item_id, kept in rows:
        stored.keep(db, item_id, kept)


def _fill_quotas(store: Store, project_id: str) -> None:
    """Count quotas and strategies anew; where points of a slice follow, as of a quota that is filled, they are set."""
    counts, before, now = store.read(lambda db: _counts(db, project_id))
    if counts is None:
        return
    store.write(project_id, lambda db: quotas.keep(db, project_id, counts))
    if before != now:
        for items in _all(store, project_id):
            _bring_up(store, project_id, items)


Acting = tuple[tuple[Quota, ...], dict[str, float]]
"""What points follow from of counts: the quotas that are open, and how new each strategy is."""


def _counts(db: Reading, project_id: str) -> tuple[dict[str, int] | None, Acting, Acting]:
    """Settled traces by the key of their quota or strategy; None where all stays; then what acted, and what acts."""
    policy, known = projects.policy(db, project_id), quotas.counts(db, project_id)
    of_strategies = _of_strategies(db, project_id, policy)
    counts = filled(db, project_id, policy) | of_strategies

    def acting(counts: dict[str, int]) -> Acting:
        return open_of(policy, counts), {key: novelty(counts.get(key, 0)) for key in of_strategies}

    return None if counts == known else counts, acting(known), acting(counts)


def _of_strategies(db: Reading, project_id: str, policy: Policy) -> dict[str, int]:
    """How many traces of each strategy that a guideline names are settled; none where the policy does not ask."""
    guidelines, found = guidelines_asked(db, project_id, policy), Counter[str]()
    for row in quotas.settled(db, project_id) if guidelines else ():
        if guidelines and row["strategy"] in guidelines.strategies(row["domain"]):
            found[strategy_key(row["domain"], row["strategy"])] += row["traces"]
    return dict(found)


def filled(db: Reading, project_id: str, policy: Policy) -> dict[str, int]:
    """Quota's key -> how many traces of its slice are settled."""
    rows = quotas.settled(db, project_id) if policy.quotas else ()
    items = [(Item("", row["domain"], tuple(json.loads(row["tags"])), row["difficulty"], row["strategy"]),
              row["traces"]) for row in rows]  # fmt: skip
    return {quota.key: sum(traces for item, traces in items if quota.fits(item)) for quota in policy.quotas}
