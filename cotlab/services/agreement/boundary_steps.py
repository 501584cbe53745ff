"""The steps nearest the boundaries between labels: what a guideline's next examples are made of."""

import re
from collections import defaultdict

from cotlab.domain.answers import Basis
from cotlab.domain.calibration.pilots import HardCase
from cotlab.domain.errors import NotFound
from cotlab.domain.labels.case_reasons import Latest
from cotlab.domain.labels.settled import Circumstances, Settled, settle
from cotlab.domain.projects.policy import Policy
from cotlab.services.labels.latest_labels import Said, of_items
from cotlab.services.labels.votes import Place, Votes, by_step
from cotlab.services.projects.projects import known_project
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.guidelines import questions
from cotlab.storage.labels import votes as stored
from cotlab.storage.projects import projects
from cotlab.storage.traces import traces

CASE = re.compile(r"([0-9a-f]{32})-([1-9][0-9]{0,5})", re.ASCII)


def hard_cases(db: Reading, project_id: str, most: int) -> list[HardCase]:
    """The `most` steps nearest a boundary, the nearest first: the most even split, then asked about, then unsure."""
    known_project(db, project_id)
    found, asked = _near(db, project_id)
    policy = projects.policy(db, project_id)
    places = sorted(found, key=lambda place: _distance(place, found[place], len(asked[place])))[:most]
    said = dict(of_items(db, project_id, {item_id for item_id, _ in places}))
    return [_case(db, policy, place, found[place], asked[place], said[place[0]]) for place in places]


def hard_case(db: Reading, project_id: str, case_id: str) -> HardCase:
    """One of them by its id. Raises NotFound."""
    known_project(db, project_id)
    match = CASE.fullmatch(case_id)
    if match is not None:
        place = (match[1], int(match[2]))
        found, asked = _near(db, project_id, match[1])
        if place in found:
            ((_, said),) = of_items(db, project_id, [place[0]])
            return _case(db, projects.policy(db, project_id), place, found[place], asked[place], said)
    raise NotFound(f"There is no hard case {case_id} in this project.")


def _near(
    db: Reading, project_id: str, item_id: str | None = None
) -> tuple[dict[Place, Votes], dict[Place, list[Row]]]:
    """The steps that are hard for any reason, and the questions about steps."""
    asked: dict[Place, list[Row]] = defaultdict(list)
    for row in questions.in_project(db, project_id):
        if row["position"] is not None and item_id in (None, row["item_id"]):
            asked[row["item_id"], row["position"]].append(row)
    rows = stored.near_boundaries(db, project_id, item_id)
    found = by_step(db, project_id, rows, stored.rules_near_boundaries(db, project_id, item_id))
    hard = {place: votes for place, votes in found.items() if _why(votes, len(asked[place]))}
    return {place: Votes() for place, rows in asked.items() if rows} | hard, asked


def _why(votes: Votes, asked: int) -> tuple[str, ...]:
    holds = {
        "contested": len(votes.counts()) > 1,
        "asked": asked > 0,
        "unsure": any(vote.unsure for vote in votes.labels.values()),
        "step size": bool(votes.odd_sizes()),
    }
    return tuple(reason for reason, held in holds.items() if held)


def _distance(place: Place, votes: Votes, asked: int) -> tuple[object, ...]:
    """The smaller, the nearer; the share of people by which the first label leads the second comes first."""
    counts = [count for _, count in votes.counts().most_common(2)]
    lead = (counts[0] - counts[1]) / votes.counts().total() if len(counts) > 1 else 1.0
    unsure = sum(vote.unsure for vote in votes.labels.values())
    return (lead, -asked, -unsure, place)


def _case(db: Reading, policy: Policy, place: Place, votes: Votes, asked: list[Row], said: Said) -> HardCase:
    """Where an adjudicator decided, the decision counts as it does in exports, with its own reason."""
    item_id, position = place
    problem = traces.problem_view_row(db, traces.trace(db, item_id)["problem_id"])
    *above, step = traces.steps_up_to(db, item_id, position)
    people = list(votes.labels.values())
    if position in said.decided:
        result = settle(said.latest(position), policy, said.people(policy), said.beside(position))
    else:
        latest = [Latest(vote.value, vote.unsure, vote.kind) for vote in people]
        result = settle(latest, policy, said.people(policy), Circumstances(bad_problem=votes.bad_problem))
    decided = (result.kind or result.value) if isinstance(result, Settled) else None
    given = [vote.rationale for vote in people if vote.rationale]
    told = [row["answer"] for row in sorted(asked, key=lambda row: -(row["answered_at"] or 0)) if row["answer"]]
    own = [vote.rationale for vote in people if decided in (vote.label, vote.value) and vote.rationale]
    if isinstance(result, Settled) and result.basis is Basis.ADJUDICATED:
        own = [said.decided[position][0]["rationale"]]
    return HardCase(
        id=f"{item_id}-{position}", domain=problem["domain"], problem=problem["text"],
        above=tuple(one.text for one in above), step=step.text, why=_why(votes, len(asked)),
        votes=dict(votes.counts().most_common()), rules=tuple(rule for rule, _ in votes.rules().most_common()),
        decided=decided, rationale=next(iter(own), None), answer=told[0] if told else None, reasons=(*told, *given),
    )  # fmt: skip
