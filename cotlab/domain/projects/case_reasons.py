"""Why a question may go to an adjudicator, by name; `cotlab.domain.labels.case_reasons` says when each holds."""

from enum import StrEnum


class CaseReason(StrEnum):
    """Why a question goes to an adjudicator; while one holds, the step is not settled."""

    BAD_PROBLEM = "bad_problem"
    DISAGREEMENT = "disagreement"
    UNSURE = "unsure"
    QUESTION = "question"
    REFUTED_CLAIM = "refuted_claim"
    VERIFIED_ERROR = "verified_error"
    WRONG_ANSWER_NO_BAD_STEP = "wrong_answer_no_bad_step"
    RIGHT_ANSWER_BAD_STEP = "right_answer_bad_step"


USUAL = tuple(name for name in CaseReason if name is not CaseReason.RIGHT_ANSWER_BAD_STEP)
"""The reasons that a policy starts with."""
