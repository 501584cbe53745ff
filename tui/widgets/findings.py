"""What a check found in a step, in sign, word and colour. It says whether sums hold, never that a step is right."""

from textual.content import Content

from cotlab.domain.checks import ShownClaim, ShownEvidence, Verdict
from cotlab.domain.work.views import StepView
from tui.widgets.text import Span, hanging, marked, one_line, shown

SIGNS = {
    Verdict.VERIFIED: ("⊢", "$success"),
    Verdict.REFUTED: ("⊬", "bold $error"),
    Verdict.UNDECIDED: ("·", "dim"),
}
CONFLICT = ("≠", "bold $warning")
KIND = 13
"""Cells for the kind of a claim."""


def finding(found: ShownEvidence | None) -> Content | None:
    """The verdict on a step in a few words; None where nothing was found that can be computed."""
    if found is None or (found.verdict is Verdict.UNDECIDED and not found.claims):
        return None
    conflict = _conflict(found)
    if conflict is not None:
        return _signed(conflict, _words(conflict))
    glyph, style = SIGNS[found.verdict]
    return Content.styled(f"{glyph} {one_line(found.said, True)}", style)


def finding_line(found: ShownEvidence | None) -> Content | None:
    """The same with the reason, on one line."""
    said = finding(found)
    if said is None or found is None or found.verdict is Verdict.VERIFIED:
        return said
    conflict = _conflict(found)
    reason = one_line((conflict or found).reason, True)
    return Content.assemble(said, ": ", _rest(reason, conflict)) if reason else said


def spans_of(found: ShownEvidence | None) -> list[Span]:
    """Where the claims stand in the step."""
    return [(claim.start, claim.end) for claim in found.claims] if found is not None else []


def step_text(step: StepView, raw: bool) -> Content:
    """A step's text, its claims underlined where I may know of them."""
    return marked(step.text, spans_of(step.evidence), raw)


def finding_lines(step: StepView, raw: bool, width: int) -> list[Content]:
    """All claims of a step with what was found, in lines of at most `width` cells."""
    found = step.evidence
    if found is None:
        return []
    if not found.claims:
        return shown(found.reason, True).wrap(width)
    lines = []
    for claim in found.claims:
        said = shown(step.text[claim.start : claim.end], raw)
        lines += hanging(
            Content.assemble(_signed(claim, ""), (f"{one_line(claim.kind, True):<{KIND}}", "dim")), said, width
        )
        lines += hanging(" " * (KIND + 2), _signed_words(claim), width)
    return lines


def _signed_words(claim: ShownClaim) -> Content:
    """What is said of a claim, with the reason where that says more."""
    said, reason = _words(claim), one_line(claim.reason, True)
    more = "" if reason == said else f": {_rest(reason, claim)}"
    return Content.assemble((said, _sign(claim)[1]), more)


def _conflict(found: ShownEvidence) -> ShownClaim | None:
    """The claim that conflicts with an earlier step, where nothing is refuted."""
    if found.verdict is not Verdict.UNDECIDED:
        return None
    return next((claim for claim in found.claims if _conflicts(claim)), None)


def _conflicts(claim: ShownClaim) -> bool:
    return claim.conflicts_with is not None and claim.verdict is Verdict.UNDECIDED


def _sign(claim: ShownClaim) -> tuple[str, str]:
    return CONFLICT if _conflicts(claim) else SIGNS[claim.verdict]


def _signed(claim: ShownClaim, words: str) -> Content:
    glyph, style = _sign(claim)
    return Content.styled(f"{glyph} {words}", style)


def _words(claim: ShownClaim) -> str:
    return f"conflicts with step {(claim.conflicts_with or 0) + 1}" if _conflicts(claim) else one_line(claim.said, True)


def _rest(reason: str, claim: ShownClaim | None) -> str:
    """A reason without the words that say with which step it conflicts."""
    return reason.removeprefix(f"{_words(claim)}: ") if claim is not None else reason
