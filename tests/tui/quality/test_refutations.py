"""What checks found, on its lead's screens: refuted steps with who said what, and what each kind was worth."""

from typing import Any

import pytest

from cotlab.domain.agreement.coefficients import NamedLabel
from cotlab.domain.checks import Claim, StepVerdict, Verdict
from cotlab.domain.reports.checks import (
    CheckerCount,
    EvidenceKinds,
    EvidenceProgress,
    EvidenceRevisions,
    KindCount,
    KindPrecision,
    RefutedStep,
    RevisionRate,
    ShownAgreement,
)
from tests.tui.conftest import Desktop, running
from tests.tui.fakes.calibration import lead
from tests.tui.fakes.lead import AT, CASE, dump, result
from tests.tui.fakes.server import PROJECT, FakeServer, Refusal
from tui.app.settings import Settings
from tui.quality.refutation_rows import ORDERS, in_order, precision_lines, searched
from tui.quality.refutations import NOTHING, OFF
from tui.widgets.listing import Rows

SIZES = [(60, 16), (80, 24), (160, 50)]
HERE = f"projects/{PROJECT}"
CHECKER = "checks-1 default"


def refuted(number: int, kind: str = "arithmetic", case: str | None = None, **fields: Any) -> RefutedStep:
    claim = Claim(
        start=0, end=9, kind=kind, normalised="", verdict=Verdict.REFUTED, reason=f"7 * 6 is 42, not {number}"
    )
    said = {"guideline_version": "step-correctness 1.1", "given_at": AT, "unsure": False}
    label = NamedLabel(person="ann", label="correct", rationale="it is said above", **said)
    given = {
        "item_id": f"i{number}", "position": 2, "domain": "everyday", "problem": f"Problem {number} [b]",
        "step": f"7 * 6 = {number} jars.", "labels": (label,), "case_id": case, "case_state": "open" if case else None,
        "evidence": StepVerdict(verdict=Verdict.REFUTED, claims=(claim,), reason=claim.reason),
    } | fields  # fmt: skip
    return RefutedStep.model_validate(given)


STEPS = [refuted(48, case="c1"), refuted(49, "units", labels=()), refuted(50, domain="law")]
PROGRESS = EvidenceProgress(
    checker=CHECKER, steps=5000, checked=3412,
    checkers=(CheckerCount(checker="checks-0 default", verified=9, refuted=1, undecided=2),
              CheckerCount(checker=CHECKER, verified=2000, refuted=3, undecided=1409)),
)  # fmt: skip
KINDS = EvidenceKinds(
    checker=CHECKER,
    kinds=(
        KindCount(kind="arithmetic", domain="everyday", claims=2400, verified=2388, refuted=2, undecided=10),
        KindCount(kind="percent", domain="law", claims=7, verified=7, refuted=0, undecided=0),
        KindCount(kind="units", domain="everyday", claims=40, verified=30, refuted=9, undecided=1),
    ),
    precision=(
        KindPrecision(kind="arithmetic", refuted=2, decided=0, wrong=0),
        KindPrecision(kind="units", refuted=9, decided=8, wrong=6, precision=0.75, interval=(0.41, 0.93), below=True),
    ),
)
REVISIONS = EvidenceRevisions(
    revisions=(RevisionRate(evidence="refuted", labels=40, revised=10, share=0.25, interval=(0.14, 0.4)),
               RevisionRate(evidence="verified", labels=0, revised=0)),
    agreement=(ShownAgreement(evidence="shown", steps=96, first=result(0.45, 0.3, 0.6), latest=result(None)),),
)  # fmt: skip


def pages(steps: list[RefutedStep], checker: str | None = CHECKER) -> Any:
    def page(query: dict[str, list[str]]) -> dict[str, Any]:
        first, most = int(query["offset"][0]), int(query["limit"][0])
        return {"checker": checker, "total": len(steps), "steps": [dump(one) for one in steps[first : first + most]]}

    return page


@pytest.fixture
def server(server: FakeServer) -> FakeServer:
    """The same server to somebody who leads its project."""
    server.entry = {"roles": ["lead"]}
    server.replies |= {
        ("GET", f"{HERE}/evidence"): pages(STEPS), ("GET", f"{HERE}/evidence/progress"): dump(PROGRESS),
        ("GET", f"{HERE}/evidence/kinds"): dump(KINDS), ("GET", f"{HERE}/evidence/revisions"): dump(REVISIONS),
        ("GET", f"{HERE}/cases/c1"): dump(CASE),
    }  # fmt: skip
    return server


async def open_refuted(ui: Desktop) -> None:
    await ui.until(lambda: "algebra-pilot" in ui.text())
    await ui.press("E")
    await ui.until(lambda: ui.shows("RefutedScreen") and ui.status == "")


async def open_kinds(ui: Desktop) -> None:
    await open_refuted(ui)
    await ui.press("K")
    await ui.until(lambda: ui.shows("KindsScreen") and ui.status == "")


ORDERED = [("by trace and step", "48 49 50"), ("no case first", "49 50 48"), ("by kind", "48 50 49"),
           ("by domain", "48 49 50")]  # fmt: skip


@pytest.mark.parametrize(("order", "expected"), ORDERED)
def test_orders(order: str, expected: str) -> None:
    assert [one.item_id for one in in_order(STEPS, order)] == [f"i{number}" for number in expected.split()]
    assert [order for order, _ in ORDERED] == list(ORDERS)


@pytest.mark.parametrize("words", ["units", "no case", "not 49", "Problem 49", "everyday"])
def test_what_a_step_is_found_by(words: str) -> None:
    assert words in searched(STEPS[1])
    assert "case open" in searched(STEPS[0]) and "correct" in searched(STEPS[0])


@pytest.mark.parametrize("size", SIZES)
async def test_refuted_steps(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(server, settings, size) as ui:
        await open_refuted(ui)
        assert "what checks found · algebra-pilot" in ui.text()
        assert "3 · by trace and step · 3,412 of 5,000 steps checked"[:58] in ui.text()
        assert "▸   2  arithmetic    ✓ correct" in ui.text() and "Problem 48 [b]" in ui.text()
        if size[0] >= 80:
            assert "case open     7 * 6 is 42" in ui.text() and "everyday · case open (enter)" in ui.text()
            assert "⊬ arithmetic   7 * 6 = 4" in ui.text() and "a sum does not hold: 7 * 6 is 42, not 48" in ui.text()
            assert "ann  ✓ correct  “it is said above”  no rule" in ui.text()
        await ui.press("j")
        await ui.until(lambda: "no label yet" in ui.words() or size[1] < 20)
        await ui.press("enter")
        assert ui.status == "there is no case on this step"
        await ui.press("k", "enter")
        await ui.until(lambda: ui.shows("CaseFileScreen"))
        await ui.press("escape")
        await ui.until(lambda: ui.shows("RefutedScreen"))
        await ui.press("s")
        assert "no case first" in ui.text() and "Problem 48 [b]" not in ui.text().splitlines()[4]
        await ui.press("/")
        await ui.type("law")
        await ui.until(lambda: "1 of 3 match “law”" in ui.text() and "Problem 50 [b]" in ui.text())
        await ui.press(*["backspace"] * 3)
        await ui.type("nothing")
        await ui.until(lambda: "Nothing here holds these words." in ui.text())
        await ui.press("enter", "enter")
        assert ui.status == "there is no step here"


async def test_a_page_after_the_other(server: FakeServer, settings: Settings) -> None:
    server.replies["GET", f"{HERE}/evidence"] = pages([refuted(number) for number in range(230)])
    async with running(server, settings) as ui:
        await open_refuted(ui)
        assert "100 · by trace and step · 130 more on the server" in ui.text()
        await ui.hold("j", 92)
        await ui.until(lambda: "200 · by trace and step · 30 more on the server" in ui.text())
        assert ui.screen.query_one(Rows).marked == 92, "the mark stays"
        await ui.hold("j", 107)
        await ui.until(lambda: "230 · by trace and step · 3,412" in ui.text())
    offsets = [query["offset"] for path, query, _ in server.heard if path == f"{HERE}/evidence"]
    assert offsets == [["0"], ["100"], ["200"]]


@pytest.mark.parametrize("size", SIZES)
async def test_kinds(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(server, settings, size) as ui:
        await open_kinds(ui)
        assert "3 · most refuted first · 1 kind below 95 %"[:50] in ui.text()
        if size[0] >= 80:
            assert "▸ units         everyday         40       30        9        1   75.0 %  ! below" in ui.text()
            assert "of 8 that were decided, 6 were decided to be wrong: 75.0 % (41.0 % to 93.0 %)." in ui.words()
            assert "├" in ui.text() and "┊" in ui.text() and "! below 95 %: look at its steps" in ui.text()
        await ui.press("j")
        await ui.until(lambda: "arithmetic refuted a claim in 2 steps, none of which was decided." in ui.words())
        await ui.press("j")
        await ui.until(lambda: "it refuted nothing" in ui.text())
        await ui.press(*["space"] * 4)
        if size[1] > 20:
            await ui.until(lambda: "evidence refuted: 10 of 40 labels revised, 25.0 % (14.0 % to 40.0 %)" in ui.words())
            assert f"▸ {CHECKER} 2,000 verified, 3 refuted" in ui.words()
            assert "alpha of first labels 0.45, of latest none, on 96 steps" in ui.words()
        await ui.press("k", "k", "enter")
        await ui.until(lambda: ui.shows("RefutedScreen") and "1 of 3 match “units”" in ui.text())
        assert "Problem 49 [b]" in ui.text()


def test_the_warning_stands_in_words() -> None:
    found = KINDS.precision[1]
    assert any("! below 95 %" in line.plain for line in precision_lines(found, 70))
    fine = found.model_copy(update={"below": False, "precision": 1.0})
    assert not any("below" in line.plain for line in precision_lines(fine, 70))


async def test_from_the_board(server: FakeServer, settings: Settings) -> None:
    async with running(lead(server), settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("B")
        await ui.until(lambda: ui.shows("BoardScreen") and "! drift" in ui.text())
        await ui.press("E")
        await ui.until(lambda: ui.shows("RefutedScreen") and "Problem 48" in ui.text())
        await ui.press("escape")
        await ui.until(lambda: ui.shows("BoardScreen"))


EMPTY = [(CHECKER, PROGRESS, NOTHING), (None, PROGRESS.model_copy(update={"checker": None, "checkers": ()}), OFF)]


@pytest.mark.parametrize(("checker", "progress", "said"), EMPTY)
async def test_nothing_was_refuted(
    server: FakeServer, settings: Settings, checker: str | None, progress: EvidenceProgress, said: str
) -> None:
    server.replies["GET", f"{HERE}/evidence"] = pages([], checker)
    server.replies["GET", f"{HERE}/evidence/progress"] = dump(progress)
    server.replies["GET", f"{HERE}/evidence/kinds"] = dump(EvidenceKinds(checker=checker, kinds=(), precision=()))
    async with running(server, settings) as ui:
        await open_refuted(ui)
        assert said in ui.words() and ("checks are off in the policy" in ui.text()) == (checker is None)
        await ui.press("K")
        await ui.until(lambda: ui.shows("KindsScreen") and "Nothing that can be computed was found yet." in ui.text())
        await ui.press("enter", "j", "escape")
        await ui.until(lambda: ui.shows("RefutedScreen"))


async def test_who_does_not_lead_it(server: FakeServer, settings: Settings) -> None:
    server.entry = {"roles": ["annotator"]}
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("E")
        assert ui.status == "this is for the lead of a project, and you do not lead this one"


async def test_a_refusal(server: FakeServer, settings: Settings) -> None:
    server.replies["GET", f"{HERE}/evidence"] = Refusal(409, "conflict", "It broke.")
    async with running(server, settings) as ui:
        await ui.until(lambda: "algebra-pilot" in ui.text())
        await ui.press("E")
        await ui.until(lambda: ui.status == "It broke; enter asks again")
        server.replies["GET", f"{HERE}/evidence"] = pages(STEPS)
        await ui.press("enter")
        await ui.until(lambda: "Problem 48 [b]" in ui.text())
