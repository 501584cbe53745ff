"""Cases opened, decided and handed on, straight through the services."""

from collections.abc import Sequence

from cotlab.domain.answers import Citation
from cotlab.domain.cases import ChoiceBody, ClaimCaseBody, DecisionBody, PassBody
from cotlab.services.cases import adjudication, decision, hand_over
from cotlab.services.cases.due_cases import open_due
from cotlab.services.guidelines import versions
from tests.world import World


def open_cases(world: World) -> int:
    """Open what is due; how many there were."""
    items = [row["id"] for row in world.rows("SELECT id FROM traces WHERE project_id = :p", p=world.project)]
    return world.write(lambda db: open_due(db, world.project, items))


def case_on(world: World, position: int) -> str:
    """The newest case on a step at this position, of whatever trace."""
    rows = world.rows(
        "SELECT id FROM cases WHERE project_id = :p AND position = :n ORDER BY sequence DESC", p=world.project,
        n=position,
    )  # fmt: skip
    return str(rows[0]["id"])


def to_panel(world: World, case_id: str, seats: int = 3) -> None:
    """Hand a case on, as the lead, to whoever adjudicates."""
    body = PassBody(reason="it is hard", panel=seats)
    world.write(lambda db: hand_over.hand_on(db, world.people["lea"], world.project, case_id, body))


def decide(
    world: World, case_id: str, label: str, by: str = "adj", choice: str | None = None, rules: Sequence[str] = ("M1",),
    gap: str | None = None, seconds: float = 30,
) -> None:  # fmt: skip
    """Claim a case, choose (the same, unless said otherwise) and decide so long after; or correct a decision."""
    person, wanted = world.person(by), ClaimCaseBody(case_id=case_id)
    claimed = world.write(lambda db: adjudication.claim(db, person, world.project, wanted))
    while (version_id := claimed.guideline_version_id) is not None:
        world.write(lambda db: versions.acknowledge(db, person, world.project, version_id))
        claimed = world.write(lambda db: adjudication.claim(db, person, world.project, wanted))
    view = claimed.case
    assert view is not None, claimed
    if view.choice is None:
        chosen = ChoiceBody(label=choice or label, rationale="as I see it")
        world.write(lambda db: decision.choose(db, person, view.id, chosen))
    world.clock.advance(seconds=seconds)
    citations = tuple(Citation(kind="rule", name=rule) for rule in rules)
    body = DecisionBody(label=label, rationale="this is why", citations=citations, gap=gap)
    world.write(lambda db: decision.decide(db, person, view.id, body))
