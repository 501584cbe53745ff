"""A pilot: a sample that several people label before production opens, and what is asked before it does."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field

from cotlab.domain.guidelines.lint import Finding
from cotlab.domain.guidelines.questions import QuestionView
from cotlab.domain.guidelines.schema import Slug
from cotlab.domain.model import Model
from cotlab.domain.text import FilledText, Name


class PilotBody(Model):
    """A sample of `traces` traces, drawn with `seed` and stratified by domain and tag, labelled by `people` each.

    `experts` are the people who sign off a new or label-changing schema. With `task` `pairs` it is a sample of pairs.
    """

    task: Literal["steps", "pairs"] = "steps"
    traces: Annotated[int, Field(ge=1, le=1000)] = 20
    people: Annotated[int, Field(ge=2, le=20)] = 3
    seed: Annotated[int, Field(ge=0, lt=2**53)] = 1
    domain: Name | None = None
    experts: Annotated[tuple[Name, ...], Field(max_length=20)] = ()


class Pilot(Model):
    """A pilot that was started: its sample by domain, and who signs off. `traces` counts pairs where it is of these."""

    id: str
    task: Literal["steps", "pairs"] = "steps"
    guideline_versions: tuple[str, ...]
    traces: int
    people: int
    by_domain: dict[str, int]
    experts: tuple[str, ...]
    receipt: str = ""


Group = tuple[str, tuple[str, ...]]
"""The domain and the tags of some items."""
Stratum = tuple[str, str]
"""A domain and one of its tags, empty for items without any."""


def draw(groups: Mapping[Group, Sequence[str]], most: int, seed: int) -> tuple[str, ...]:
    """At most `most` of the items (ids) of all groups, sorted: each stratum in proportion, and by one where that goes.

    An item counts to the rarest of its tags in its domain. The same groups and seed give the same items.
    """
    strata: dict[Stratum, list[str]] = {}
    tags = Counter[Stratum]()
    for (domain, names), ids in groups.items():
        tags.update({(domain, name): len(ids) for name in names})
    for (domain, names), ids in groups.items():
        rarest = min(names, key=lambda name: (tags[domain, name], name), default="")
        strata.setdefault((domain, rarest), []).extend(ids)
    places = _places({stratum: len(ids) for stratum, ids in strata.items()}, most)
    drawn = [sorted(ids, key=lambda one: _chance(seed, one))[: places[stratum]] for stratum, ids in strata.items()]
    return tuple(sorted(one for ids in drawn for one in ids))


def _places(sizes: Mapping[Stratum, int], most: int) -> dict[Stratum, int]:
    """How many of each stratum: one of each, the largest first, then whichever is furthest behind its share."""
    order = sorted(sizes, key=lambda stratum: (-sizes[stratum], stratum))
    places = {stratum: int(number < most) for number, stratum in enumerate(order)}
    total = sum(sizes.values())
    for _ in range(min(most, total) - sum(places.values())):
        free = (stratum for stratum in order if places[stratum] < sizes[stratum])
        places[max(free, key=lambda stratum: most * sizes[stratum] - total * places[stratum])] += 1
    return places


def _chance(seed: int, item_id: str) -> bytes:
    """A place in an order that the seed alone decides; a generator's order differs from one Python to the next."""
    return hashlib.sha256(f"{seed} {item_id}".encode()).digest()


class LabelWalk(Model):
    """One label, or one criterion of pairs, walked against the use cases: is it needed, can it be told from its
    neighbour, what is it good for.
    """

    needed: FilledText
    told_apart: FilledText
    used_for: FilledText


class SignOffBody(Model):
    """An expert's signature under the schema of a version: every label of the first level, walked against use cases.

    Of a guideline for pairs it is every criterion.
    """

    guideline: Slug
    version: Name
    use_cases: Annotated[tuple[FilledText, ...], Field(min_length=1, max_length=50)]
    labels: dict[Slug, LabelWalk]


class SignOff(Model):
    """A signature that was given, at `signed_at` (microseconds UTC)."""

    person: str
    signed_at: int
    walk: SignOffBody


class OpenBody(Model):
    """Production is opened; `reason` is needed where something that should come before is missing."""

    reason: FilledText | None = None


class Opened(Model):
    """Production is open. `missing` is what was passed over, with the reason that was written."""

    missing: tuple[str, ...]
    reason: str | None
    receipt: str


class Boundary(Model):
    """Two labels that people of the pilot gave to the same step, on `steps` steps; rule -> steps where it was cited."""

    labels: tuple[str, str]
    steps: int
    rules: dict[str, int]


class CriterionCompared(Model):
    """On how many pairs two people or more chose on a criterion, and on how many of them with one sign."""

    criterion: str
    pairs: int
    agreed: int


class PilotReport(Model):
    """How a pilot stands: counts of assignments and steps, questions, disagreements, and what lint says now.

    A step is compared where two people or more have labelled it, by the labels of the first level. `step_sizes` counts
    the steps that somebody found too coarse or too fine. `rules` counts the steps on which people disagree and a rule
    was cited; `uncited` those on which nobody cited one. `questions` are those asked since the pilot began and those
    that are open. `signed_off` names the experts who have signed the schema in force, `walks` holds what they wrote.
    `missing` is what stands between this pilot and production. A pair is one step, compared by the sign of the overall
    choice; `criteria` says the same of each criterion.
    """

    pilot: Pilot
    assignments_wanted: int
    assignments_finished: int
    steps_compared: int
    steps_agreed: int
    step_sizes: dict[str, int]
    boundaries: tuple[Boundary, ...]
    rules: dict[str, int]
    uncited: int
    criteria: tuple[CriterionCompared, ...] = ()
    questions: tuple[QuestionView, ...]
    signed_off: tuple[str, ...]
    walks: tuple[SignOff, ...]
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]
    open: bool


class HardCase(Model):
    """A step near a boundary: why (`contested`, `unsure`, `asked`, `step size`), who said what, and a decision if any.

    `id` is item and position, as `1f…-3`. `votes` is label of the first level -> people. `decided` is the settled
    label, its kind where one is, or None; `rationale` is what somebody wrote who gave that label. `answer` is what the
    lead last answered to a question about the step. `reasons` is all that was written, the lead's answers first.
    """

    id: str
    domain: str
    problem: str
    above: tuple[str, ...]
    step: str
    why: tuple[str, ...]
    votes: dict[str, int]
    rules: tuple[str, ...]
    decided: str | None
    rationale: str | None
    answer: str | None
    reasons: tuple[str, ...]
