"""What a server says of calibration: where people stand, a board with an alarm, rechecks, and gold with a suspect."""

from typing import Any

from cotlab.domain.agreement.coefficients import Agreement, Contingency, Interval
from cotlab.domain.calibration.qualification import Attempt, Board, CalibrationState, Recheck, Standing, TeamGate
from cotlab.domain.calibration.results import Baseline, Condition, DriftAlarm, DriftResult, GateResult, LabelScore
from cotlab.domain.gold import (
    GoldCriterion,
    GoldItem,
    GoldOrigin,
    GoldStep,
    GoldSuggestion,
    Suspect,
    SuspectKind,
)
from cotlab.domain.projects.gates import Gate
from cotlab.domain.projects.policy import Policy
from tests.tui.fakes.lead import AT, dump
from tests.tui.fakes.server import PROJECT, FakeServer

HERE = f"projects/{PROJECT}"
LABELS = ("correct", "incomplete", "incorrect", "redundant")
COUNTS = ((140.0, 0.0, 0.0, 5.0), (3.0, 18.0, 0.0, 0.0), (0.0, 4.0, 45.0, 0.0), (9.0, 0.0, 0.0, 16.0))
GATE = Gate()
DAY = 86_400_000_000


def agreement(value: float = 0.82, **fields: Any) -> Agreement:
    given: dict[str, Any] = {
        "coefficient": "cohen-kappa", "value": value, "interval": Interval(low=value - 0.08, high=value + 0.06),
        "ratings": 480, "units": 240, "people": 2, "clusters": 30,
    }  # fmt: skip
    return Agreement(**(given | fields))


def gate_result(passed: bool, value: float = 0.82) -> GateResult:
    """Kappa and the recall of `redundant` are missed where it is not passed."""
    columns = list(zip(*COUNTS, strict=True))
    scores = tuple(
        LabelScore(label=name, gold=int(sum(row)), given=int(sum(columns[at])), right=int(row[at]),
                   recall=row[at] / sum(row), precision=row[at] / sum(columns[at]))
        for at, (name, row) in enumerate(zip(LABELS, COUNTS, strict=True))
    )  # fmt: skip
    conditions = (
        Condition(name="cohen-kappa", met=passed, sentence=f"cohen-kappa is {value:.3f}; 0.85 is asked."),
        Condition(name="steps", met=True, sentence="240 counted steps; 240 are asked."),
        Condition(name="recall of redundant", met=passed,
                  sentence="The recall of redundant is 0.64 (16 of 25); 0.7 is asked."),
    )  # fmt: skip
    return GateResult(
        passed=passed,
        agreement=agreement(value),
        steps=240,
        right=219,
        labels=scores,
        conditions=conditions,
        table=Contingency(title="gold ~ given", labels=LABELS, counts=COUNTS),
    )


def attempt(number: int = 1, done: int = 40, result: GateResult | None = None) -> Attempt:
    return Attempt(number=number, done=done, total=40, counted_done=max(0, done - 10), counted_total=30, result=result)


def standing(state: str, domain: str = "everyday", **fields: Any) -> Standing:
    given: dict[str, Any] = {
        "person": "", "domain": domain, "state": CalibrationState(state), "sentence": f"The sentence of {domain}.",
        "may_label": state == "qualified", "gate": GATE, "attempts_allowed": 2,
    }  # fmt: skip
    return Standing(**(given | fields))


FAILED = gate_result(False)
MINE = (
    standing("calibrating", "everyday", attempts=(attempt(1, 40, FAILED), attempt(2, 18))),
    standing("qualified", "law", attempts=(attempt(1, 40, gate_result(True, 0.91)),), until=AT + 30 * DAY, since=AT),
)
DRIFT = DriftResult(
    baseline=Baseline(right=223, steps=240, traces=30), floor=0.89, steps=130, right=97, evidence=512.3, alarm_at=450,
    alarm=DriftAlarm(found=129, last_good=79, right_since=27, steps_since=50),
)  # fmt: skip
ANN = standing("suspended", "law", person="ann", since=AT, drift=DRIFT,
               attempts=(attempt(1, 40, gate_result(True, 0.91)),))  # fmt: skip
TEAM = TeamGate(
    domain="everyday",
    open=False,
    people=3,
    sentence="Alpha among 3 who qualified is 0.710; 0.8 is asked.",
    agreement=agreement(0.71, coefficient="alpha", people=3),
    labels=(agreement(0.5, coefficient="alpha", people=3, label="redundant"),),
)
NO_TEAM = TeamGate(domain="law", open=True, people=0, sentence="This project asks no agreement of the team.")
BOARD = Board(
    standings=(
        standing("qualified", "everyday", person="bob", until=AT + DAY, attempts=(attempt(1, 40, gate_result(True)),)),
        standing("calibrating", "law", person="bob", attempts=(attempt(1, 18),)),
        standing("new", "everyday", person="ann"),
        ANN,
    ),
    teams=(TEAM, NO_TEAM),
)
RECHECK = Recheck(
    id="r1", person="ann", domain="law", since=AT, traces_in_doubt=60, traces_drawn=12, traces_finished=5,
    steps_compared=30, steps_differing=6,
)  # fmt: skip


def gold_item(number: int, domain: str = "everyday", **fields: Any) -> GoldItem:
    said = {"guideline_version": "step-correctness 1.1"}
    given: dict[str, Any] = {
        "item_id": f"g{number}", "external_id": None, "domain": domain, "tags": (), "problem": f"Problem {number} [b]",
        "origin": GoldOrigin.IMPORTED, "calibration": False, "exposure": 4, "missed": number,
        "steps": (
            GoldStep(position=1, text="So x = 1.", label="correct", justification="It follows.", number=1, **said),
            GoldStep(position=2, text="So x = 2.", label="incorrect", justification="x is 1.", number=2, **said),
        ),
    }  # fmt: skip
    return GoldItem(**(given | fields))


GOLD = [gold_item(1), gold_item(2, "law"), gold_item(3, calibration=True, exposure=9)]
PAIR_SAID = {"guideline_version": "preference 1.0", "number": 1}
GOLD_PAIR = gold_item(
    4, task="pairs", responses=("It is 4,806 m high.", "It is 8,848 m high."),
    steps=(GoldStep(position=1, text="", label="better", justification="8,848 m is Everest.", **PAIR_SAID),),
    criteria=(GoldCriterion(criterion="clarity", choice="tie", justification="Both at one reading.", **PAIR_SAID),),
)  # fmt: skip
SUSPECT = Suspect(
    item_id="g2",
    external_id=None,
    domain="law",
    problem="Problem 2 [b]",
    position=2,
    kind=SuspectKind.MISSED_ALIKE,
    sentence="3 of 4 who labelled step 2 said redundant.",
)


def gold_pages(query: dict[str, list[str]]) -> dict[str, Any]:
    """Two pages: two items, then the last."""
    items, cursor = (GOLD[2:], None) if "cursor" in query else (GOLD[:2], "more")
    return {"items": [dump(item) for item in items], "total": len(GOLD), "next_cursor": cursor}


def lead(server: FakeServer) -> FakeServer:
    """The same server to somebody who leads its project."""
    server.entry = {"roles": ["lead"], "alarms": 2}
    suggestion = GoldSuggestion(candidates=(), labels_missing=(), suspects=(SUSPECT,))
    receipt = {"receipt": "0" * 64}
    server.replies |= {
        ("GET", f"{HERE}/policy"): dump(Policy(team_bar=0.8)),
        ("GET", f"{HERE}/calibration"): dump(BOARD),
        ("POST", f"{HERE}/calibration/decisions"): receipt,
        ("GET", f"{HERE}/rechecks"): [dump(RECHECK)],
        ("POST", f"{HERE}/rechecks"): dump(RECHECK),
        ("GET", f"{HERE}/gold"): gold_pages,
        ("GET", f"{HERE}/gold/suggestions"): dump(suggestion),
        ("POST", f"{HERE}/gold/g2/corrections"): receipt,
        ("POST", f"{HERE}/gold/g2/retire"): receipt,
    }
    return server
