"""What a check found in a step that I have committed: by sign and word, and never that the step is right."""

from textual.content import Content

from cotlab.domain.evidence import ShownEvidence, Verdict
from cotlab.domain.views import StepView
from tui.text import one_line

SIGNS = {Verdict.VERIFIED: ("⊢", "$success"), Verdict.REFUTED: ("⊬", "bold $warning")}


def found(step: StepView) -> Content | None:
    """In short, for the folded step; None where nothing was found that decides anything."""
    evidence = step.evidence
    if evidence is None or evidence.verdict not in SIGNS:
        return None
    sign, style = SIGNS[evidence.verdict]
    return Content.assemble((f"{sign} {evidence.said}", style))


def found_in_full(step: StepView) -> Content | None:
    """With the reason where a sum does not hold, or one conflicts with an earlier step."""
    short, evidence = found(step), step.evidence
    if evidence is None or evidence.verdict is Verdict.VERIFIED:
        return short
    if short is None:
        return Content.styled(f"? {one_line(evidence.reason, True)}", "dim") if _conflicts(evidence) else None
    return Content.assemble(short, (f": {one_line(evidence.reason, True)}", "dim"))


def _conflicts(evidence: ShownEvidence) -> bool:
    return any(claim.conflicts_with is not None for claim in evidence.claims)
