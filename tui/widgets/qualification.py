"""Where somebody stands in calibration, as lines of a width: state, attempts, conditions, recall, confusion, drift."""

from collections.abc import Sequence

from textual.content import Content

from cotlab.domain.agreement.coefficients import Agreement
from cotlab.domain.calibration.qualification import Attempt, CalibrationState, Standing, TeamGate, task_of_field, things
from cotlab.domain.calibration.results import DriftResult, GateResult, LabelScore
from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.projects.gates import Gate, GateOn
from tui.widgets.agreement import ON_SCALE, QUESTION, Table, interval_words, number, unit_of
from tui.widgets.grid import LEGEND, Grid
from tui.widgets.labels import badge, schema_of, widest
from tui.widgets.text import counted, cut, hanging, one_line, shown
from tui.widgets.times import day

STATES: dict[CalibrationState, tuple[str, str]] = {
    CalibrationState.NEW: ("· new", "dim"),
    CalibrationState.CALIBRATING: ("▹ calibrating", "$accent"),
    CalibrationState.QUALIFIED: ("✓ qualified", "$success"),
    CalibrationState.SUSPENDED: ("■ suspended", "bold $error"),
    CalibrationState.EXPIRED: ("! expired", "bold $warning"),
}
"""Glyph and word, with their style."""
STATE = max(len(said) for said, _ in STATES.values())
BAR = 20
"""Cells that a share of the whole takes."""
MET, MISSING = ("✓ met", "$success"), ("✗ missing", "bold $warning")


def asked_for(one: Standing) -> bool:
    """Whether calibration has anything to do with where somebody stands."""
    return one.gate is not None or one.state is not CalibrationState.QUALIFIED


def may_calibrate(one: Standing) -> bool:
    """Whether an attempt goes on, or one is left."""
    unfinished = bool(one.attempts) and one.attempts[-1].done < one.attempts[-1].total
    return not one.may_label and (unfinished or len(one.attempts) < one.attempts_allowed)


def counts(one: Standing) -> bool:
    """Whether the trace that is open in calibration, or comes next, is of the part without feedback."""
    last = one.attempts[-1] if one.attempts else None
    return last is not None and last.total - last.counted_total <= last.done < last.total


def alarmed(one: Standing) -> bool:
    return one.drift is not None and one.drift.alarm is not None


def note(one: Standing) -> str:
    """Where I stand, in a line of the queue."""
    domain, sentence = one_line(one.domain, True), one_line(one.sentence, True)
    match one.state:
        case CalibrationState.CALIBRATING if one.attempts and one.attempts[-1].done < one.attempts[-1].total:
            last = one.attempts[-1]
            part = "this part counts" if counts(one) else f"the last {last.counted_total} without feedback"
            return f"calibrating {domain}: {last.done} of {last.total} done, {part} (c)"
        case CalibrationState.QUALIFIED:
            return f"qualified in {domain}" + (f" until {day(one.until)}" if one.until is not None else "")
        case CalibrationState.SUSPENDED:
            again = "; c to recalibrate" if may_calibrate(one) else ""
            return f"suspended in {domain}: {sentence.rstrip('.')}{again}"
    return f"{one.state.value} in {domain}: {sentence.rstrip('.')}" + (" (c)" if may_calibrate(one) else "")


def newest(one: Standing) -> Attempt | None:
    """The last attempt that the gate has judged."""
    return next((attempt for attempt in reversed(one.attempts) if attempt.result is not None), None)


def standing_lines(one: Standing, schema: Schema, width: int) -> list[Content]:
    """All that is known of somebody in a field, and why they stand where they do."""
    own, unit = schema_of(task_of_field(one.domain), schema), unit_of(task_of_field(one.domain))
    said, style = STATES[one.state]
    since = f"  since {day(one.since)}" if one.since is not None else ""
    until = f", until {day(one.until)}" if one.until is not None else ""
    lines = Content.assemble((said, style), (f"{since}{until}", "dim")).wrap(width)
    lines += shown(one.sentence, True).wrap(width)
    if one.drift is not None:
        lines += [Content(), *drift_lines(one.drift, width, unit)]
    if one.attempts:
        lines += [
            Content(),
            *(line for attempt in one.attempts for line in _attempt(attempt, things(one.domain), width)),
        ]
    judged = newest(one)
    if judged is not None and judged.result is not None:
        lines += [Content(), *result_lines(judged.number, judged.result, one.gate, own, width, unit)]
    elif one.gate is not None:
        lines += [Content(), *_asks(one.gate, width, unit)]
    return lines


def _attempt(one: Attempt, what: str, width: int) -> list[Content]:
    whole = counted(one.total, what.removesuffix("s"))
    done = Content(f"{one.done} of {whole}, {one.counted_done} of {one.counted_total} that count")
    if one.result is not None:
        verdict = ("  ✓ passed", "$success") if one.result.passed else ("  ✗ not passed", "bold $warning")
        done = Content.assemble(done, verdict)
    return hanging(Content.styled(f"attempt {one.number}  ", "bold"), done, width)


def _asks(gate: Gate, width: int, unit: str) -> list[Content]:
    """What an attempt is held against, before there is one."""
    which = "the lower end of its interval" if gate.on is GateOn.LOWER else "its value"
    asks = (
        f"{gate.coefficient} with gold: {which} at {gate.threshold:g} or more",
        f"at least {gate.steps:,} counted {unit}s",
        f"of each label with {gate.recall_steps} gold {unit}s or more: {gate.recall:g} of them found",
        f"in {counted(gate.attempts, 'attempt')}; it lasts {gate.days} days",
    )
    heading = Content.styled("what is asked", "bold")
    return [heading, *(line for ask in asks for line in hanging("  · ", Content(ask), width))]


def result_lines(
    attempt: int, result: GateResult, gate: Gate | None, schema: Schema, width: int, unit: str = "step"
) -> list[Content]:
    """What the gate found: conditions, the coefficient with its interval, recall by label, and the grid."""
    lines = [Content.styled(f"what the gate found in attempt {attempt}", "bold")]
    for one in result.conditions:
        word, style = MET if one.met else MISSING
        lines += hanging(Content.styled(f"  {word:<{len(MISSING[0])}}  ", style), shown(one.sentence, True), width)
    found = result.agreement.model_copy(update={"slice": {"": result.agreement.coefficient}})
    table = Table([found], schema, gate.threshold if gate is not None else None, width)
    lines += [Content(), table.heading(), table.line(found)]
    lines += [
        Content(),
        Content.styled(f"recall: found of the gold {unit}s of each {'label' if unit == 'step' else 'choice'}", "dim"),
    ]
    lines += [_recall(score, schema, width, unit) for score in result.labels]
    lines += _beside(result.beside, width)
    if result.steps:
        heading = Content.styled("gold in rows, the labels given in columns", "dim")
        lines += [Content(), heading, *Grid(result.table, schema, -1, -1).whole(width)]
        lines += Content.styled(LEGEND, "dim").wrap(width)
    return lines


def _beside(found: Sequence[Agreement], width: int) -> list[Content]:
    """Each criterion, and the scale: a line each with its coefficient and interval, or why there is none."""
    if not found:
        return []
    names = [one_line(one.slice[QUESTION], True) for one in found]
    lines = [Content(), Content.styled("beside it, which no condition asks for", "dim")]
    for name, one in zip(names, found, strict=True):
        first = f"  {name:<{max(map(len, names))}}  {one.coefficient:<{len(ON_SCALE)}}  "
        ends = ("  " + interval_words(one) if one.value is not None else one.reason or "", "dim")
        value = number(one.value) if one.value is not None else ""
        lines += hanging(Content(first), Content.assemble(value, ends), width)
    return lines


def _recall(score: LabelScore, schema: Schema, width: int, unit: str) -> Content:
    name = badge(score.label, schema, max(widest(schema), len(score.label)))
    if score.recall is None:
        return Content.assemble("  ", name, (f"  no gold {unit}", "dim"))
    precision = "" if score.precision is None else f"  precision {number(score.precision)}"
    found = f"  {number(score.recall)}  {score.right} of {score.gold}"
    size = max(5, min(BAR, width - name.cell_length - len(found) - len(precision) - 4))
    bar = (share_bar(score.recall, size), "$accent")
    return cut(Content.assemble("  ", name, "  ", bar, found, (precision, "dim")), width)


def share_bar(share: float, width: int) -> str:
    """`███░░`."""
    full = round(share * width)
    return "█" * full + "░" * (width - full)


def drift_lines(drift: DriftResult, width: int, unit: str = "step") -> list[Content]:
    """What gold in production says of somebody since they qualified."""
    share = f" ({drift.right / drift.steps:.2f})" if drift.steps else ""
    begun = drift.baseline.right / drift.baseline.steps
    said = (
        f"{drift.right:,} of {counted(drift.steps, unit)} right{share}. Calibration showed {begun:.2f} on "
        f"{drift.baseline.steps:,} {unit}s, so at least {drift.floor:.2f}. Evidence for a fall: {drift.evidence:,.1f}, "
        f"an alarm at {drift.alarm_at:,.0f}."
    )
    lines = [Content.styled("gold in production", "bold"), *hanging("  ", Content(said), width)]
    alarm = drift.alarm
    if alarm is not None:
        since = f"of the {counted(alarm.steps_since, unit)} from {unit} {alarm.last_good + 2} on"
        fell = f"alarm at {unit} {alarm.found + 1}: {since}, {alarm.right_since} are right"
        lines += hanging(Content.styled("  ! ", "bold $error"), Content.styled(fell, "bold"), width)
    return lines


def value_of(one: Standing) -> tuple[str, str]:
    """The coefficient of the last judged attempt and its interval in words; empty where there is none."""
    judged = newest(one)
    found = judged.result.agreement if judged is not None and judged.result is not None else None
    if found is None or found.value is None:
        return "", ""
    return number(found.value), interval_words(found) if found.interval is not None else ""


def team_lines(team: TeamGate, bar: float | None, schema: Schema, width: int) -> list[Content]:
    """Whether a domain is open to those who qualified, and how far they agree, in all and by label."""
    said, style = team_state(team)
    people = "1 person" if team.people == 1 else f"{team.people} people"
    lines = [Content.assemble((said, style), (f"  {people} finished calibration", "dim"))]
    lines += shown(team.sentence, True).wrap(width)
    if team.agreement is not None:
        labels = [one.model_copy(update={"slice": {"label": one.label}}) for one in team.labels]
        results = [team.agreement, *labels]
        task = task_of_field(team.domain)
        table = Table(results, schema_of(task, schema), bar, width, unit_of(task))
        lines += [Content(), table.heading(), *map(table.line, results)]
    return lines


def team_state(team: TeamGate) -> tuple[str, str]:
    """Glyph and word of a domain's gate, with its style."""
    if team.opened_because is not None:
        return "✓ opened early", "$warning"
    return ("✓ open", "$success") if team.open else ("■ closed", "bold $error")
