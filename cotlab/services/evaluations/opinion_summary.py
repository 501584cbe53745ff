"""What the opinions of a source say of how they were got."""

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from cotlab.domain.drafts.opinions import ModelOpinion, OpinionBy


def summary(opinions: Sequence[ModelOpinion]) -> dict[str, Any]:
    """How many are by votes, the mean mass on all options, and the share of answers that were unreadable."""
    masses = [one.mass for one in opinions if one.mass is not None]
    votes = [one for one in opinions if one.by is OpinionBy.VOTES]
    asked = sum(one.asked for one in votes)
    return {
        "by_votes": len(votes), "mass": fmean(masses) if masses else None,
        "unreadable": sum(one.unreadable for one in votes) / asked if asked else None,
    }  # fmt: skip
