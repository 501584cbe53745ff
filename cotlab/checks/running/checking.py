"""One step checked in this process: its claims, each with a verdict. Text from data goes through `runner`."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from cotlab.checks.computing.budget import MAX_CHARACTERS, MAX_PREVIOUS, TOO_EXPENSIVE, OverBudget
from cotlab.checks.findings import Finding, Kind
from cotlab.checks.kinds import KINDS
from cotlab.checks.reading import words
from cotlab.checks.reading.facts import Facts
from cotlab.checks.reading.finder import statements
from cotlab.checks.reading.premises import (
    defined,
    learnt,
    listed,
    needs_definition,
    outcome_of,
    said_of_digits,
    takes_back,
)
from cotlab.checks.reading.statements import Statement
from cotlab.checks.reading.tree import literal
from cotlab.domain.checks import Claim, StepToCheck, StepVerdict, Verdict, together
from cotlab.domain.projects.gates import Setting

LONGEST_REASON = 400
"""Characters of a reason, and of a claim as it was read."""
NOTHING = "there is no claim that can be computed"


def check(asked: StepToCheck, setting: Setting = Setting.DEFAULT) -> StepVerdict:
    """The verdict on a step, from it and the steps before it alone."""
    if len(asked.step) > MAX_CHARACTERS:
        return undecided(f"{TOO_EXPENSIVE}: the step is longer than {MAX_CHARACTERS:,} characters")
    try:
        found = list(listed(asked.step, statements(asked.step)))
    except OverBudget as error:
        return undecided(f"{TOO_EXPENSIVE}: {error}")
    facts = Facts()
    if any(one.letters or needs_definition(one) for one in found):
        facts = facts_of(asked.previous[-MAX_PREVIOUS:], max(0, len(asked.previous) - MAX_PREVIOUS))
        facts = replace(facts, step=len(asked.previous), digits=facts.digits or said_of_digits(asked.step))
    claims = []
    for one in found:
        statement = defined(one, facts)
        claim = judged(statement, facts, setting)
        if claim is not None:
            claims.append(claim)
        if statement.letters:
            facts = learnt(statement, facts, outcome_of(statement, facts))
    return _together(claims)


def undecided(reason: str) -> StepVerdict:
    return StepVerdict(verdict=Verdict.UNDECIDED, reason=reason)


@lru_cache(maxsize=128)
def facts_of(previous: tuple[str, ...], first: int) -> Facts:
    """What earlier steps establish; `first` is the place of the first of them in the trace."""
    if not previous:
        return Facts(step=first)
    facts = facts_of(previous[:-1], first)
    text, place = previous[-1], first + len(previous) - 1
    if takes_back(text):
        facts = facts.without_facts()
    facts = replace(facts, step=place, digits=facts.digits or said_of_digits(text))
    return facts if len(text) > MAX_CHARACTERS else _read(text, facts)


def _read(text: str, facts: Facts) -> Facts:
    try:
        found = list(listed(text, statements(text)))
    except OverBudget:
        return facts
    for one in found:
        if one.letters:
            statement = defined(one, facts)
            facts = learnt(statement, facts, outcome_of(statement, facts))
    return facts


def judged(statement: Statement, facts: Facts, setting: Setting) -> Claim | None:
    """The claim in a statement, if there is one."""
    for kind in KINDS:
        finding = kind.judge(statement, facts)
        if finding is not None:
            return _claim(statement, kind, guarded(statement, finding, kind, setting), facts, setting)
    return None


def guarded(statement: Statement, finding: Finding, kind: Kind, setting: Setting) -> Finding:
    """The finding, held back where the text around the statement says that it may be no claim."""
    if finding.verdict is Verdict.UNDECIDED:
        return finding
    if statement.negated:
        return _held(finding, "a negation stands before it")
    if statement.cut:
        return _held(finding, f"a side may be incomplete: {statement.cut}")
    if finding.verdict is Verdict.VERIFIED:
        return finding
    if statement.sentence.negated or statement.sentence.firmly_supposed:
        return _held(finding, "it is denied, asked or supposed")
    if statement.doubts:
        return _held(finding, f"it can be read in two ways: {', '.join(sorted(statement.doubts))}")
    if statement.sentence.has(words.TESTS) and literal(statement.left) is not None:
        return _held(finding, "a value is tried out")
    if setting is Setting.DEFAULT and not kind.licence.refutes:
        return _held(finding, f"claims of the kind {kind.name} may not refute yet")
    return finding


def _held(finding: Finding, why: str) -> Finding:
    return Finding(Verdict.UNDECIDED, f"{finding.reason}; {why}", finding.normalised)


def _claim(statement: Statement, kind: Kind, finding: Finding, facts: Facts, setting: Setting) -> Claim:
    earlier = max((step for step in finding.steps if step < facts.step), default=None)
    verdict, reason, conflict = finding.verdict, finding.reason, None
    if verdict is Verdict.REFUTED and earlier is not None:
        conflict = earlier
        reason = f"conflicts with step {earlier + 1}: {reason}"
        if setting is Setting.DEFAULT:
            verdict = Verdict.UNDECIDED
    normalised, reason = _shortened(finding.normalised), _shortened(reason)
    return Claim(
        start=statement.start, end=statement.end, kind=kind.name, normalised=normalised,
        verdict=verdict, reason=reason, conflicts_with=conflict,
    )  # fmt: skip


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]}…"


def _together(claims: Sequence[Claim]) -> StepVerdict:
    verdict = together(tuple(one.verdict for one in claims))
    if not claims:
        return undecided(NOTHING)
    reason = (
        "the sums hold" if verdict is Verdict.VERIFIED else next(one.reason for one in claims if one.verdict is verdict)
    )
    return StepVerdict(verdict=verdict, claims=tuple(claims), reason=reason)
