"""What can be drafted: a kind a module."""

from cotlab.domain.errors import BadInput
from cotlab.drafting.kinds import altered_step, alternatives, label_opinion, pair_opinion, path, rationale
from cotlab.drafting.kinds.kind import Drafted, Judging, Kind, Work

__all__ = ["KINDS", "Drafted", "Judging", "Kind", "Work", "kind_named"]

KINDS: tuple[Kind, ...] = (
    alternatives.KIND, path.KIND, altered_step.KIND, label_opinion.KIND, pair_opinion.KIND, rationale.KIND,
)  # fmt: skip


def kind_named(name: str) -> Kind:
    """The kind of that name. Raises BadInput."""
    for kind in KINDS:
        if kind.name == name:
            return kind
    raise BadInput(f"kind: there is no {name}; there are {', '.join(kind.name for kind in KINDS)}")
