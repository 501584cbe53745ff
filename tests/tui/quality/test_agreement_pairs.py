"""The lead's agreement on pairs: by question, on the sign and on the scale, down to the pairs behind a number."""

from typing import Any

import pytest

from cotlab.agreement.coefficients import ALPHA_ORDINAL, NOMINAL
from cotlab.domain.agreement.coefficients import Contingency, Diagnosis, Disputed, DisputedStep, NamedLabel, Split
from cotlab.domain.guidelines.schema import CHOICES
from tests.tui.conftest import Desktop, running
from tests.tui.fakes.lead import AT, CASE, dump, lead, report, result, taken
from tests.tui.fakes.pairs import in_force
from tests.tui.fakes.server import PROJECT, FakeServer
from tui.app.settings import Settings
from tui.widgets.agreement import coefficients_of, detail, slices_of

HERE = f"projects/{PROJECT}"
SIZES = [(80, 24), (120, 40)]
SIGNS = ("first", "tie", "second")
GRID = Contingency(title="coincidences", labels=SIGNS, counts=((8.0, 3.0, 2.0), (3.0, 4.0, 0.0), (2.0, 0.0, 6.0)))
SCALE = Contingency(title="coincidences", labels=CHOICES, counts=tuple(
    tuple(float(row == column) * 4 + float(abs(row - column) == 1) for column in range(7)) for row in range(7)
))  # fmt: skip
DIAGNOSIS = Diagnosis(
    value=0.5, splits=(Split(labels=("first", "tie"), disagreements=3),),
    without_citation=(Disputed(labels=("first", "tie"), disagreements=3),),
)  # fmt: skip


def measured(ratings: int = 120) -> Any:
    """Steps that nobody labelled, and pairs on which people agree overall more than on clarity."""

    def answer(query: dict[str, list[str]]) -> dict[str, Any]:
        coefficient = query["coefficient"][0]
        of_pairs = query.get("task") == ["pairs"]
        tables = (SCALE if coefficient == ALPHA_ORDINAL.name else GRID,)
        fields = {"coefficient": coefficient, "units": 40, "tables": tables}
        rows = [result(0.47, 0.3, 0.6, **fields)]
        for by in query["by"][0].split(","):
            values = {"question": ("overall", "clarity"), "label": SIGNS, "version": ("preference 1.0",)}
            for at, value in enumerate(values.get(by, ("law",))):
                label = {"label": value} if by == "label" else {}
                rows.append(result(0.47 - at / 5, 0.0, 0.6, slice={by: value}, **label, **fields))
        said = report(*rows).model_copy(update={"ratings": ratings if of_pairs else 0, "units": 40})
        return said.model_dump(mode="json")

    return answer


def disputed(query: dict[str, list[str]]) -> dict[str, Any]:
    said = {"guideline_version": "preference 1.0", "given_at": AT, "unsure": False, "rationale": "it is so"}
    pair = DisputedStep(
        item_id="i1", position=1, domain="law", problem="How high is Mont Blanc?", step="first: … second: …",
        responses=("It is 4,806 m high.", "It is 8,848 m high."), case_id="c1", case_state="open",
        labels=(
            NamedLabel(person="ann", label="first", kind="much-better", **said),
            NamedLabel(person="bob", label="tie", kind=None, **said),
        ),
    )  # fmt: skip
    return {"total": 1, "steps": [dump(pair)]}


def of_pairs(server: FakeServer, *tasks: str) -> FakeServer:
    case = CASE.model_copy(update={"step": None, "responses": ("It is 4,806 m high.", "It is 8,848 m high.")})
    server.replies |= lead(server).replies | in_force(*tasks) | {
        ("GET", f"{HERE}/agreement"): measured(), ("GET", f"{HERE}/agreement/diagnosis"): dump(DIAGNOSIS),
        ("GET", f"{HERE}/agreement/steps"): disputed, ("GET", f"{HERE}/cases/c1"): dump(case),
    }  # fmt: skip
    return server


def asked(server: FakeServer, what: str = "") -> list[dict[str, list[str]]]:
    return [query for path, query, _ in server.heard if path == f"{HERE}/agreement{what}"]


async def open_agreement(ui: Desktop) -> None:
    await ui.until(lambda: "algebra-pilot" in ui.text())
    await ui.press("A")
    await ui.until(lambda: ui.shows("AgreementScreen") and "3 of 3 splits" in ui.text() and ui.status == "")


def test_slices_and_coefficients_are_those_that_pairs_have() -> None:
    assert slices_of("pairs", "alpha")[:2] == ("question", "label")
    assert "label" not in slices_of("pairs", ALPHA_ORDINAL.name) and "position" not in slices_of("pairs", "alpha")
    assert "question" not in slices_of("steps", "alpha")
    assert set(coefficients_of("pairs", "domain")) == {*(one.name for one in NOMINAL), ALPHA_ORDINAL.name}
    assert ALPHA_ORDINAL.name not in (*coefficients_of("pairs", "label"), *coefficients_of("steps", "domain"))


def test_units_are_called_what_they_are() -> None:
    assert detail(result(0.5, units=40, clusters=40), "pairs").endswith("40 pairs · 3 people")
    assert detail(result(0.5, units=1, clusters=12)).endswith("1 step · 3 people · 12 traces")


@pytest.mark.parametrize("tasks", [("pairs",), ("steps", "pairs")])
@pytest.mark.parametrize("size", SIZES)
async def test_it_starts_with_what_there_is(
    server: FakeServer, settings: Settings, size: tuple[int, int], tasks: tuple[str, ...]
) -> None:
    async with running(of_pairs(server, *tasks), settings, size) as ui:
        await open_agreement(ui)
        for words in ("agreement · algebra-pilot · 1.0 · 3 people · 40 pairs", "2 · by question · overall · alpha",
                      "overall: alpha 0.470, 0.00 to 0.60 · 40 pairs · 3 people"):  # fmt: skip
            assert words in ui.words(), words
        assert " all " not in ui.text(), "questions have no whole"
        await ui.press("p")
        if "steps" not in tasks:
            assert ui.status == "no guideline but the one for pairs is in force here"
            return
        await ui.until(lambda: "by label · alpha" in ui.text() and ui.status == "")
        await ui.press("p")
        await ui.until(lambda: "by question · overall · alpha" in ui.text())
    assert [query.get("task") for query in asked(server)] == [None, ["pairs"]], "each is asked once"


async def test_on_the_scale_and_by_criterion(server: FakeServer, settings: Settings) -> None:
    async with running(of_pairs(server), settings) as ui:
        await open_agreement(ui)
        assert "no rule cited" in ui.text()
        await ui.press("%")
        await ui.until(lambda: "alpha-ordinal" in ui.text() and ui.status == "")
        await ui.press(".")
        assert ui.status == "on the scale each strength is a place of its own"
        await ui.press("l")
        await ui.until(lambda: "by domain · overall · alpha-ordinal" in ui.text() and ui.status == "")
        await ui.press("2")
        await ui.until(lambda: "by domain · on clarity · alpha-ordinal" in ui.text() and ui.status == "")
        assert "no rule cited" not in ui.text(), "no rule is cited on a criterion"
        await ui.press("7")
        assert ui.status == "nothing is on 7 here; 0 overall, 1 correctness, 2 clarity"
        await ui.press("0")
        await ui.until(lambda: "by domain · overall" in ui.text() and ui.status == "")
    questions = [(query["question"], query["coefficient"]) for query in asked(server) if "task" in query]
    assert questions == [
        (["overall"], ["alpha"]), (["overall"], ["alpha-ordinal"]), (["overall"], ["alpha-ordinal"]),
        (["clarity"], ["alpha-ordinal"]),
    ]  # fmt: skip
    of = [(query["question"], query["by"]) for query in asked(server, "/diagnosis") if "task" in query]
    assert of == [(["overall"], ["domain"]), (["clarity"], ["domain"])]


@pytest.mark.parametrize("size", SIZES)
async def test_down_to_the_pairs_and_their_case(server: FakeServer, settings: Settings, size: tuple[int, int]) -> None:
    async with running(of_pairs(server), settings, size) as ui:
        await open_agreement(ui)
        await ui.press("j", "enter")
        await ui.until(lambda: ui.shows("DisputedScreen") and "1 of 1 pairs · clarity · by id" in ui.text())
        for words in ("the pairs behind it · algebra-pilot", "← first = tie case open How high is Mont Blanc?",
                      "ann ← first · much-better “it is so”", "first response", "It is 4,806 m high."):  # fmt: skip
            assert words in ui.words(), words
        beside = "It is 4,806 m high." in next(line for line in ui.text().splitlines() if "8,848" in line)
        assert beside is (size[0] >= 120), ui.text()
        await ui.press("enter")
        await ui.until(lambda: ui.shows("CaseFileScreen") and "second response" in ui.text())
        await ui.press("escape", "escape", "tab", "j", "enter")
        await ui.until(lambda: ui.shows("DisputedScreen") and "no rule cited" in ui.text())
    page = {"offset": ["0"], "limit": ["50"], "task": ["pairs"]}
    assert asked(server, "/steps") == [
        page | {"question": ["clarity"]}, page | {"question": ["overall"], "labels": ["first,tie"], "rule": ["none"]},
    ]  # fmt: skip


async def test_the_grid_of_the_scale_leads_to_strengths(server: FakeServer, settings: Settings) -> None:
    async with running(of_pairs(server), settings) as ui:
        await open_agreement(ui)
        await ui.press("%")
        await ui.until(lambda: "alpha-ordinal" in ui.text() and ui.status == "")
        await ui.press("j", "#", "l")
        await ui.until(lambda: ui.shows("ConfusionScreen") and "much-better met better 1 time," in ui.text())
        assert "40 pairs" in ui.text() and "who meets whom · algebra-pilot · clarity" in ui.text()
        await ui.press("enter")
        await ui.until(lambda: ui.shows("DisputedScreen") and "← much-better" in ui.text())
    assert asked(server, "/steps")[-1] == {
        "task": ["pairs"], "question": ["clarity"], "labels": ["much-better,better"], "kinds": ["true"],
        "offset": ["0"], "limit": ["50"],
    }  # fmt: skip


async def test_what_the_server_took_of_pairs(server: FakeServer, settings: Settings) -> None:
    of_pairs(server).replies["GET", f"{HERE}/agreement/taken"] = [dump(taken("pairs: law", True))]
    server.replies["POST", f"{HERE}/agreement/go-on"] = {"receipt": "0" * 64}
    async with running(server, settings) as ui:
        await open_agreement(ui)
        await ui.press("t")
        await ui.until(lambda: "pairs: law  alpha 0.48" in ui.text())
        assert "300 choices" in ui.words() and "1,204 pairs · 3 people" in ui.text()
        await ui.press("enter")
        await ui.until(lambda: ui.shows("DisputedScreen") and "← first" in ui.text())
        await ui.press("escape", "r")
        await ui.until(lambda: ui.shows("SayingWhyScreen"))
        await ui.type("known")
        await ui.press("ctrl+s")
        await ui.until(lambda: ui.status == "pairs: law goes on")
    assert asked(server, "/steps")[-1]["where"] == ["domain=law"] and asked(server, "/steps")[-1]["task"] == ["pairs"]
    assert [body["domain"] for path, _, body in server.heard if path.endswith("go-on")] == ["pairs: law"]
