"""What a model is told for an opinion: the guideline in force for an item, in short, and what is judged."""

from cotlab.domain.drafts.opinions import OpinionKind
from cotlab.domain.drafts.requests import DraftBody
from cotlab.domain.errors import BadInput, NoGuideline
from cotlab.domain.guidelines.rules import Guideline
from cotlab.domain.provenance import Sampling
from cotlab.drafting.kinds import Judging, Work
from cotlab.exchange.formats.problems import with_passages
from cotlab.services.guidelines import versions
from cotlab.storage.engine.database import Reading, Row
from cotlab.storage.guidelines import guidelines as stored
from cotlab.storage.traces import pairs, traces

KINDS = frozenset(kind.value for kind in OpinionKind)


def wanted(row: Row, body: DraftBody) -> int:
    """How many opinions a request is for: one of each step that it is of, or one of a pair."""
    if body.kind == OpinionKind.PAIR or body.position is not None:
        return 1
    return int(row["last_position"] - row["first_position"] + 1)


def check(db: Reading, item_id: str) -> None:
    """Raise BadInput for an item of a domain that no guideline is in force for."""
    if stored.version_for_item(db, item_id) is None:
        raise BadInput("kind: an opinion is given by the guideline in force for the domain, and there is none")


def work_of(db: Reading, row: Row) -> Work:
    """What a request for opinions is about. Raises NoGuideline."""
    version_id = stored.version_for_item(db, row["item_id"])
    if version_id is None:
        raise NoGuideline()
    trace, problem = traces.trace(db, row["item_id"]), traces.problem_view_row(db, row["problem_id"])
    version, of_pair = versions.parsed(db, version_id), row["kind"] == OpinionKind.PAIR
    texts = pairs.texts(db, row["item_id"]) if of_pair else None
    judging = Judging(
        guideline=version.head.title, rules=rules_of(version, problem["domain"]), answers=row["answers"],
        labels=tuple((label.name, label.meaning) for label in version.head.labels.top if not of_pair),
        first=row["position"] or trace["first_position"],
        responses=None if texts is None else (texts["first_text"], texts["second_text"]),
    )  # fmt: skip
    last = row["position"] or trace["last_position"]
    steps = () if of_pair else tuple(step.text for step in traces.steps_up_to(db, row["item_id"], last))
    return Work(
        problem=posed(problem), steps=steps, position=row["position"], seed=row["seed"],
        sampling=Sampling.model_validate_json(row["sampling"]), judging=judging,
    )  # fmt: skip


def posed(row: Row) -> str:
    """A problem with its passages, as a model is asked; `row` is one of traces.problem_view_row."""
    return with_passages(row["text"], traces.passages_of(row["passages"]))


def rules_of(version: Guideline, domain: str) -> str:
    """The quick reference, and each rule that holds in a domain: what it says in short, else its decision."""
    rules = [one for one in version.rules if not one.domains or domain in one.domains]
    listed = "\n".join(f"- {one.title}: {' '.join((one.short or one.decision).split())}" for one in rules)
    return "\n\n".join(part for part in (version.quick_reference.strip(), listed) if part)
