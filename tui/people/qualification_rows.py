"""People by domains, as a lead reads them: the rows of the board, their order, and what can be decided."""

import math
from dataclasses import dataclass

from textual.content import Content

from cotlab.domain.calibration.qualification import DecisionKind, Standing, TeamGate
from tui.widgets.agreement import Axis
from tui.widgets.labels import Answer
from tui.widgets.qualification import STATE, STATES, alarmed, newest, team_state, value_of
from tui.widgets.text import cut, one_line

Row = Standing | TeamGate
ORDERS = ("alarms first", "by person", "by domain", "lowest first")
STEPS, VALUE, DRIFT, SHORTEST_BAR, ROOMY_BAR = 7, 4, "! drift", 8, 12
WORDS = 18
"""Cells for what can be decided."""
TEAM = "the team"


def searched(row: Row) -> str:
    """All words by which a row is found."""
    if isinstance(row, TeamGate):
        return f"{TEAM} {row.domain} {team_state(row)[0]}"
    return " ".join((row.person, row.domain, STATES[row.state][0], DRIFT if alarmed(row) else ""))


def in_order(standings: list[Standing], order: str) -> list[Standing]:
    """Standings in one of ORDERS."""
    by_name = sorted(standings, key=lambda one: (one.person.casefold(), one.domain))
    match order:
        case "by domain":
            return sorted(by_name, key=lambda one: one.domain)
        case "lowest first":
            return sorted(by_name, key=_value)
        case "alarms first":
            return sorted(by_name, key=lambda one: not alarmed(one))
    return by_name


def _value(one: Standing) -> float:
    judged = newest(one)
    value = judged.result.agreement.value if judged is not None and judged.result is not None else None
    return math.inf if value is None else value


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide the columns are in `width` cells; there is no bar where it would be too short to read."""

    names: int
    domains: int
    bar: int

    @classmethod
    def of(cls, rows: list[Row], width: int) -> "Columns":
        most = max(8, width // 6)
        names = min(most, max((len(_name(row)) for row in rows), default=0))
        others = names + STATE + STEPS + VALUE + len(DRIFT) + 6 * 2
        longest = max((len(one_line(row.domain, True)) for row in rows), default=0)
        domains = min(longest, max(most, width - others - ROOMY_BAR))
        bar = min(40, width - others - domains)
        return cls(names, domains, bar if bar >= SHORTEST_BAR else 0)

    def line(self, row: Row) -> Content:
        said, style = team_state(row) if isinstance(row, TeamGate) else STATES[row.state]
        left = (_cell(_name(row), self.names), "  ", _cell(one_line(row.domain, True), self.domains), "  ")
        state = (f"{said:<{STATE}}", style)
        if isinstance(row, TeamGate):
            return Content.assemble(*left, state, "  ", (one_line(row.sentence, True), "dim"))
        numbers = f"  {_steps(row):>{STEPS}}  {value_of(row)[0]:>{VALUE}}  "
        bar = Content.styled(f"{self._bar(row)}  ", "$accent") if self.bar else ""
        return Content.assemble(*left, state, numbers, bar, (DRIFT if alarmed(row) else "", "bold $error"))

    def _bar(self, one: Standing) -> str:
        judged = newest(one)
        found = judged.result.agreement if judged is not None and judged.result is not None else None
        if found is None or found.value is None:
            return " " * self.bar
        return Axis(0.0, one.gate.threshold if one.gate else None, self.bar).draw(found.value, found.interval)


def _name(row: Row) -> str:
    return TEAM if isinstance(row, TeamGate) else one_line(row.person, True)


def _cell(text: str, width: int) -> Content:
    said = cut(Content(text), width)
    return Content.assemble(said, " " * (width - said.cell_length))


def _steps(one: Standing) -> str:
    """Counted steps of the last judged attempt, or how far the one that goes on is."""
    last = one.attempts[-1] if one.attempts else None
    if last is None:
        return ""
    return f"{last.result.steps:,}" if last.result is not None else f"{last.done}/{last.total}"


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a lead can do about a row; `kind` is None for a recheck."""

    key: str
    kind: DecisionKind | None
    word: str
    meaning: str
    done: str

    @property
    def answer(self) -> Answer:
        return Answer(self.key, self.word, Content(f"{self.word:<{WORDS}}"), self.meaning)


OF_PERSON = (
    Choice("1", DecisionKind.QUALIFY, "qualify", "may label from now on, whatever calibration says", "qualified"),
    Choice("2", DecisionKind.SUSPEND, "suspend", "is handed out nothing of this domain any more", "suspended"),
    Choice("3", DecisionKind.OVERRULE_ALARM, "overrule the alarm", "labels on; no label is in doubt", "overruled"),
    Choice("4", DecisionKind.ANOTHER_ATTEMPT, "another attempt", "may calibrate once more", "one more attempt is open"),
    Choice("5", None, "draw a recheck", "others label a sample of what is in doubt since the alarm", ""),
)
OF_TEAM = (
    Choice("1", DecisionKind.OPEN_TEAM, "open it", "production of the domain opens; the reason is in every manifest",
           "the domain is open"),
)  # fmt: skip
