"""What people say of steps today: each one's latest label that is not stale, by the labels of the first level."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cotlab.domain.answers import Question, StepSize
from cotlab.domain.guidelines.senses import Senses
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.projects import projects

Place = tuple[str, int]
"""An item and a position."""


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's label: of the first level, with its kind where one was chosen, and the rules cited."""

    value: str
    kind: str | None
    unsure: bool
    rationale: str | None
    rules: tuple[str, ...]

    @property
    def label(self) -> str:
        return self.kind or self.value


@dataclass(slots=True)
class Votes:
    """Person's id -> label, and -> what they say of the step's size. `bad_problem`: somebody says so of its problem."""

    labels: dict[str, Vote] = field(default_factory=dict)
    sizes: dict[str, str] = field(default_factory=dict)
    bad_problem: bool = False

    def counts(self) -> Counter[str]:
        """Label of the first level -> people."""
        return Counter(vote.value for vote in self.labels.values())

    def rules(self) -> Counter[str]:
        """Rule -> people who cited it."""
        return Counter(rule for vote in self.labels.values() for rule in dict.fromkeys(vote.rules))

    def odd_sizes(self) -> set[str]:
        return set(self.sizes.values()) - {StepSize.FITS.value}


def by_step(
    db: Reading, project_id: str, rows: Sequence[Row], cited: Mapping[str, Sequence[str]], task: str = "steps"
) -> dict[Place, Votes]:
    """`rows` are of storage.labels.votes, in the order in which they were given; `cited` is answer's id -> rules.

    They are of steps, or of one question about pairs.
    """
    senses = Senses(projects.timeline(db, project_id, task=task))
    found: dict[Place, Votes] = {}
    for row in rows:
        votes = found.setdefault((row["item_id"], row["position"]), Votes(bad_problem=bool(row["bad_problem"])))
        if row["question"] == Question.STEP_SIZE:
            votes.sizes[row["actor_id"]] = row["value"]
            continue
        rules = tuple(cited.get(row["id"], ()))
        here = senses.at(row["domain"], json.loads(row["tags"]))
        sense = here[row["guideline_version_id"], row["value"], senses.rules.intersection(rules)]
        votes.labels.pop(row["actor_id"], None)
        if not sense.stale:
            votes.labels[row["actor_id"]] = Vote(sense.value, sense.kind, bool(row["unsure"]), row["rationale"], rules)
    return found
