"""Which events each route that changes something writes, and that one that fails writes none."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from cotlab.domain.people import Role
from cotlab.domain.projects.gates import PaceTest
from cotlab.domain.projects.projects import NewProject
from cotlab.domain.traces.records import Problem
from cotlab.services.agreement.recording import take_agreement
from cotlab.services.projects import projects
from cotlab.storage import SERVER, create
from tests.api.conftest import Site
from tests.api.routes import routes
from tests.services.calibration import doubting
from tests.services.cases.adjudicating import case_on, decide, open_cases
from tests.services.drafts import drafted, revealed
from tests.services.projects import moving
from tests.services.work import comparing, writing
from tests.support import SIGNER, Clock
from tests.world import guideline_text, trace

Case = tuple[str, Any, dict[str, list[str]]]
PROJECT, NEW = "project", "new project"

EVENTS: dict[str, dict[str, list[str]]] = {
    "POST /v1/projects": {SERVER: ["project.added", "member.added"], PROJECT: [], NEW: ["policy.set"]},
    "POST /v1/guidelines": {SERVER: ["guideline.published"], PROJECT: ["guideline.in_force"]},
    "POST /v1/guidelines/impact": {SERVER: [], PROJECT: []},
    "POST /v1/projects/{project_id}/acknowledgements": {SERVER: [], PROJECT: ["guideline.acknowledged"]},
    "POST /v1/projects/{project_id}/close": {SERVER: [], PROJECT: ["project.closed"]},
    "PUT /v1/projects/{project_id}/policy": {SERVER: [], PROJECT: ["policy.set"]},
    "POST /v1/projects/{project_id}/members": {SERVER: [], PROJECT: ["member.added"]},
    "POST /v1/projects/{project_id}/members/remove": {SERVER: [], PROJECT: ["member.removed"]},
    "POST /v1/projects/{project_id}/import": {SERVER: ["source.named"], PROJECT: ["traces.imported"]},
    "POST /v1/projects/{project_id}/exports": {SERVER: [], PROJECT: ["export.begun", "export.made"]},
    "POST /v1/projects/{project_id}/archive": {SERVER: ["project.exported"], PROJECT: []},
    "POST /v1/archives": {SERVER: ["project.imported"], PROJECT: [], NEW: ["policy.set"]},
    "POST /v1/projects/{project_id}/pairs": {SERVER: [], PROJECT: ["pairs.imported"]},
    "POST /v1/projects/{project_id}/altered": {SERVER: ["source.named"], PROJECT: ["traces.imported"]},
    "POST /v1/projects/{project_id}/agreement/go-on": {SERVER: [], PROJECT: ["agreement.decided"]},
    "POST /v1/projects/{project_id}/cohorts": {SERVER: [], PROJECT: ["cohort.joined"]},
    "POST /v1/projects/{project_id}/calibration/sets": {SERVER: [], PROJECT: ["calibration.set"]},
    "POST /v1/projects/{project_id}/calibration/decisions": {SERVER: [], PROJECT: ["calibration.decided"]},
    "POST /v1/projects/{project_id}/batches": {SERVER: [], PROJECT: ["batch.made"]},
    "POST /v1/projects/{project_id}/batches/{batch_id}/withdraw": {
        SERVER: [],
        PROJECT: ["assignment.ended", "batch.withdrawn"],
    },
    "POST /v1/projects/{project_id}/rechecks": {SERVER: [], PROJECT: ["recheck.drawn"]},
    "POST /v1/projects/{project_id}/alarms/{alarm_id}/decision": {SERVER: [], PROJECT: ["pace.decided"]},
    "POST /v1/projects/{project_id}/evaluations": {SERVER: [], PROJECT: ["evaluation.made"]},
    "POST /v1/projects/{project_id}/evaluations/{evaluation_id}/estimate": {SERVER: [], PROJECT: []},
    "POST /v1/projects/{project_id}/evaluations/{evaluation_id}/reopen": {SERVER: [], PROJECT: ["slice.reopened"]},
    "POST /v1/projects/{project_id}/drafting": {SERVER: [], PROJECT: ["drafts.requested"]},
    "POST /v1/projects/{project_id}/drafting/{request_id}/cancel": {SERVER: [], PROJECT: ["drafts.ended"]},
    "POST /v1/projects/{project_id}/drafting/{request_id}/accept": {SERVER: [], PROJECT: ["draft.decided"]},
    "POST /v1/projects/{project_id}/drafting/{request_id}/decline": {SERVER: [], PROJECT: ["draft.decided"]},
    "POST /v1/projects/{project_id}/opinions": {SERVER: [], PROJECT: ["drafts.requested"]},
    "POST /v1/projects/{project_id}/claim": {SERVER: [], PROJECT: ["assignment.claimed"]},
    "POST /v1/projects/{project_id}/questions": {SERVER: [], PROJECT: ["question.asked"]},
    "POST /v1/projects/{project_id}/questions/{question_id}/answer": {SERVER: [], PROJECT: ["question.answered"]},
    "POST /v1/projects/{project_id}/pilots": {SERVER: [], PROJECT: ["pilot.started"]},
    "POST /v1/projects/{project_id}/sign-offs": {SERVER: [], PROJECT: ["schema.signed_off"]},
    "POST /v1/projects/{project_id}/open": {SERVER: [], PROJECT: ["production.opened"]},
    "POST /v1/projects/{project_id}/my-cases/{case_id}": {SERVER: [], PROJECT: ["decision.seen"]},
    "POST /v1/projects/{project_id}/cases/{case_id}/pass": {SERVER: [], PROJECT: ["case.passed_on"]},
    "POST /v1/projects/{project_id}/gold/import": {
        SERVER: ["source.named"],
        PROJECT: ["traces.imported", "gold.added", "gold.labelled"],
    },
    "POST /v1/projects/{project_id}/gold": {SERVER: [], PROJECT: ["gold.added", *["gold.labelled"] * 3]},
    "POST /v1/projects/{project_id}/gold/{item_id}/corrections": {SERVER: [], PROJECT: ["gold.labelled"]},
    "POST /v1/projects/{project_id}/gold/{item_id}/retire": {SERVER: [], PROJECT: ["gold.retired"]},
    "POST /v1/projects/{project_id}/coverage": {SERVER: [], PROJECT: []},
    "POST /v1/projects/{project_id}/coverage/tasks": {SERVER: [], PROJECT: ["writing.asked"]},
    "POST /v1/projects/{project_id}/coverage/tasks/withdraw": {SERVER: [], PROJECT: ["writing.withdrawn"]},
    "POST /v1/projects/{project_id}/writing/claim": {SERVER: [], PROJECT: ["assignment.claimed"]},
    "POST /v1/assignments/{assignment_id}/path": {SERVER: [], PROJECT: ["path.written", "assignment.ended"]},
    "POST /v1/assignments/{assignment_id}/return": {SERVER: [], PROJECT: ["writing.returned", "assignment.ended"]},
    "POST /v1/assignments/{assignment_id}/questions": {SERVER: [], PROJECT: ["question.asked"]},
    "POST /v1/assignments/{assignment_id}/labels": {SERVER: [], PROJECT: ["answer.given"]},
    "POST /v1/assignments/{assignment_id}/steps/{position}/draft": {SERVER: [], PROJECT: ["drafts.revealed"]},
    "POST /v1/assignments/{assignment_id}/steps/{position}/rationale": {
        SERVER: [],
        PROJECT: ["drafts.requested", "rationale.requested"],
    },
    "POST /v1/assignments/{assignment_id}/preference": {
        SERVER: [],
        PROJECT: [*["answer.given"] * (1 + len(comparing.CRITERIA)), "assignment.ended"],
    },
    "POST /v1/assignments/{assignment_id}/alternatives": {SERVER: [], PROJECT: ["alternative.written"]},
    "POST /v1/assignments/{assignment_id}/finish": {SERVER: [], PROJECT: ["answer.given", "assignment.ended"]},
    "POST /v1/assignments/{assignment_id}/end": {SERVER: [], PROJECT: ["answer.given", "assignment.ended"]},
    "POST /v1/projects/{project_id}/cases/claim": {SERVER: [], PROJECT: ["assignment.claimed"]},
    "POST /v1/assignments/{assignment_id}/choice": {SERVER: [], PROJECT: ["answer.given"]},
    "POST /v1/assignments/{assignment_id}/decision": {
        SERVER: [],
        PROJECT: ["answer.given", "gap.marked", "case.decided", "assignment.ended"],
    },
    "POST /v1/assignments/{assignment_id}/pass": {SERVER: [], PROJECT: ["case.passed_on", "assignment.ended"]},
}


async def nothing(site: Site) -> str:
    return ""


async def claimed(site: Site) -> str:
    return str((await site.done("ann", "POST", "/v1/projects/{project}/claim"))["assignment"]["id"])


async def published(site: Site) -> str:
    """A version that nobody has read."""
    return site.world.publish(guideline_text("1.1", "clarification"), acknowledged=False).guideline_version_id


async def asked(site: Site) -> str:
    await site.done("ann", "POST", "/v1/projects/{project}/questions", {"text": "which rule?"})
    return str((await site.done("lea", "GET", "/v1/projects/{project}/questions"))[0]["id"])


async def strategic(site: Site) -> str:
    """A problem of a guideline with strategies."""
    writing.prepare(site.world)
    return writing.problem_id(site.world, "w1")


async def wanted(site: Site) -> str:
    """A path that was asked for."""
    await strategic(site)
    return writing.ask(site.world, "w1", "drawing")[0]


async def being_written(site: Site) -> str:
    await wanted(site)
    return writing.take(site.world, "ann").id


async def two_paths(site: Site) -> str:
    """Two traces of one problem."""
    problem = Problem(text="Two paths?", domain="mathematics")
    site.world.add_traces(trace("one", problem=problem), trace("two", problem=problem))
    return ""


async def sums(site: Site) -> str:
    """A trace with a sum."""
    problem = Problem(text="How many?", domain="mathematics", source="book")
    site.world.add_traces(trace("sum", problem=problem, texts=["3*4 = 12"]))
    return ""


async def compared(site: Site) -> str:
    """A pair in ann's hands."""
    comparing.prepare(site.world)
    comparing.add(site.world, comparing.pair("a"))
    return comparing.take(site.world.expert("ann"))[0].id


async def opened(site: Site) -> str:
    """A case on the first step of a trace that ann and bob have finished; nobody has it."""
    for name, label in (("ann", "redundant"), ("bob", "correct")):
        site.world.expert(name).label_all([label])
    open_cases(site.world)
    return case_on(site.world, 1)


async def decided(site: Site) -> str:
    """The case, decided; nobody has read the decision."""
    decide(site.world, case_id := await opened(site), "correct", rules=("M4",))
    return case_id


async def piloted(site: Site) -> str:
    await site.done("lea", "POST", "/v1/projects/{project}/pilots", {"traces": 1, "experts": ["adj"]})
    return ""


def walked(*labels: str) -> Any:
    each = dict.fromkeys(("needed", "told_apart", "used_for"), "x")
    return {
        "guideline": "step-correctness",
        "version": "1.0",
        "use_cases": ["x"],
        "labels": dict.fromkeys(labels, each),
    }


async def in_hand(site: Site) -> str:
    """The case, in the hands of adj; dan adjudicates too."""
    site.world.set_policy(second_adjudicator_share=0)
    site.world.join("dan", Role.ADJUDICATOR)
    await opened(site)
    return str((await site.done("adj", "POST", "/v1/projects/{project}/cases/claim", {}))["case"]["id"])


async def chosen(site: Site) -> str:
    assignment = await in_hand(site)
    await site.done("adj", "POST", f"/v1/assignments/{assignment}/choice", {"label": "correct"})
    return assignment


async def fell_below(site: Site) -> str:
    """The domain of the traces is below the bar."""
    site.world.set_policy(agreement_after=2, agreement_bar=1.0)
    for who, labels in (("ann", ("correct", "redundant", "correct")), ("bob", ("correct", "correct", "redundant"))):
        site.world.expert(who).label_all(labels)
    take_agreement(site.world.store, site.world.project)
    return ""


async def fallen(site: Site) -> str:
    """Ann's gold became worse after she had labelled a trace."""
    doubting.prepare(site.world)
    doubting.qualify(site.world, "ann")
    doubting.label(site.world, "ann", "w1")
    doubting.fall(site.world, "ann", "g3", "g4")
    return ""


async def hurried(site: Site) -> str:
    """An alarm that ann labels faster than she can read."""
    site.world.set_policy(pace_alarm=PaceTest(labels=5))
    for _ in range(2):
        site.world.expert("ann").label_all()
    site.world.catch_up()
    return str(site.world.value("SELECT id FROM pace_alarms"))


async def batched(site: Site) -> str:
    """A batch of one trace, which its person has in hand."""
    body = {"people": ["ann"], "count": 1, "due": 2**52}
    made = await site.done("lea", "POST", "/v1/projects/{project}/batches", body)
    await claimed(site)
    return str(made["id"])


async def labelled(site: Site) -> str:
    assignment = await claimed(site)
    for position in (1, 2, 3):
        body = {"position": position, "label": "correct"}
        await site.done("ann", "POST", f"/v1/assignments/{assignment}/labels", body)
    return assignment


async def agreed(site: Site) -> str:
    """A trace on which people agree, with reasons."""
    for name in ("ann", "bob"):
        mine = site.world.expert(name).label_all(rationale="so")
    return str(site.world.value("SELECT item_id FROM assignments WHERE id = :id", id=mine.id))


async def settled(site: Site) -> str:
    """A trace that is settled, whose problem says what the predictions name."""
    for name in ("ann", "bob"):
        site.world.expert(name).label_all()
    return ""


async def evaluated(site: Site) -> str:
    """An evaluation of it."""
    await settled(site)
    return str((await site.done("lea", "POST", "/v1/projects/{project}/evaluations", **PREDICTED))["id"])


async def with_model(site: Site) -> str:
    """A model that may be asked, and a problem."""
    drafted.add_model(site.world)
    return str(site.world.value("SELECT id FROM problems WHERE text = 'Problem a'"))


async def draft_asked(site: Site) -> str:
    """A request for drafts that waits."""
    await with_model(site)
    return drafted.ask(site.world).id


async def with_draft(site: Site) -> str:
    """A request with a draft about which nothing is decided."""
    await with_model(site)
    made = drafted.ask(site.world, number=1)
    drafted.worker(site.world, drafted.Scripted(drafted.by_seed)).draft_next()
    return made.id


async def drafted_step(site: Site) -> str:
    """A trace whose first step is labelled, and has an opinion to be seen on a key."""
    site.world.set_policy(drafts=[{"reveal": "on_key", "blind_share": 0.0, "rationales": "judge"}])
    assignment = await claimed(site)
    revealed.leave(site.world, revealed.item_of(site.world, assignment), 1, revealed.opinion("correct"))
    body = {"position": 1, "label": "correct"}
    await site.done("ann", "POST", f"/v1/assignments/{assignment}/labels", body)
    return assignment


async def golden(site: Site) -> str:
    """A gold item."""
    await site.done("lea", "POST", "/v1/projects/{project}/gold/import", **GOLD)
    return str((await site.done("lea", "GET", "/v1/projects/{project}/gold"))["items"][0]["item_id"])


def verified() -> bytes:
    one = trace("gold", 1).model_dump(mode="json")
    one["steps"][0]["labels"] = [{"source": "a file", "value": "correct", "rationale": "so"}]
    return json.dumps(one).encode()


def imported() -> bytes:
    one = trace("new").model_dump(mode="json")
    one["steps"][0]["labels"] = [{"source": "a file", "value": "1"}]
    return json.dumps(one).encode()


def moved() -> bytes:
    """The archive of a project without anything in it, from another server."""
    with TemporaryDirectory() as folder:
        create(Path(folder) / "elsewhere.db")
        with moving.another(str(Path(folder) / "elsewhere.db"), Clock()) as store:
            project = projects.new_project(store, moving.host(store), NewProject(name="moved")).id
            return moving.out(store, project)


async def keyed(site: Site) -> str:
    """The server's key stands in its chain."""
    moving.known_key(site.world.store, SIGNER)
    return ""


MOVED = moved()
TAR = {"content": MOVED, "headers": {"Content-Type": "application/x-tar"}}
NDJSON = {"content": imported(), "headers": {"Content-Type": "application/x-ndjson"}}
PREDICTED = {
    "content": b"".join(
        json.dumps({"problem": f"Problem {name}", "steps": [f"{name}, step {n}" for n in (1, 2, 3)],
                    "scores": [0.9, 0.8, 0.7]}).encode() + b"\n"
        for name in "abc"
    ),
    "headers": NDJSON["headers"],
    "params": {"fewest": "1"},
}  # fmt: skip
GOLD = {"content": verified(), "headers": NDJSON["headers"]}

Before = Callable[[Site], Awaitable[str]]
CALLS: dict[str, tuple[str, Before, Any, Any]] = {
    "POST /v1/projects": ("root", nothing, {"name": "new", "lead": "lea"}, {"name": "pilot"}),
    "POST /v1/guidelines": (
        "lea", nothing, {"text": guideline_text("1.1", "clarification"), "projects": ["pilot"]},
        {"text": guideline_text("1.0", "clarification"), "projects": ["pilot"]},
    ),
    "POST /v1/guidelines/impact": (
        "lea", nothing, {"text": guideline_text("1.1", "clarification")},
        {"text": guideline_text("0.1", "clarification")},
    ),
    "POST /v1/projects/{project_id}/acknowledgements": (
        "ann", published, {"guideline_version_id": "{before}"}, {"guideline_version_id": "0" * 32},
    ),
    "POST /v1/projects/{project_id}/close": ("lea", nothing, {"reason": "done"}, {"reason": " "}),
    "PUT /v1/projects/{project_id}/policy": ("lea", nothing, {"overlap": 3}, {"overlap": 0}),
    "POST /v1/projects/{project_id}/members": (
        "lea", nothing, {"person": "root", "role": "exporter"}, {"person": "nobody", "role": "annotator"},
    ),
    "POST /v1/projects/{project_id}/members/remove": (
        "lea", nothing, {"person": "bob", "role": "annotator"}, {"person": "bob", "role": "lead"},
    ),
    "POST /v1/projects/{project_id}/import": ("lea", nothing, NDJSON, {"content": b"\n", "headers": NDJSON["headers"]}),
    "POST /v1/projects/{project_id}/exports": (
        "exp", nothing, {"format": "native", "labels": "each"}, {"format": "trl-stepwise", "labels": "each"},
    ),
    "POST /v1/projects/{project_id}/archive": ("lea", keyed, {"pseudonyms": True}, {"pseudonyms": 1}),
    "POST /v1/archives": ("root", nothing, TAR, {"content": MOVED[:-1], "headers": TAR["headers"]}),
    "POST /v1/projects/{project_id}/agreement/go-on": (
        "lea", fell_below, {"domain": "mathematics", "reason": "x"}, {"domain": "law", "reason": "x"},
    ),
    "POST /v1/projects/{project_id}/cohorts": (
        "lea", nothing, {"person": "ann", "cohort": "x", "since": 1}, {"person": "ann", "cohort": "x", "until": 1},
    ),
    "POST /v1/projects/{project_id}/calibration/sets": (
        "lea", golden, {"domain": "mathematics"}, {"domain": "law"},
    ),
    "POST /v1/projects/{project_id}/calibration/decisions": (
        "lea", nothing, {"domain": "mathematics", "kind": "suspend", "person": "ann", "reason": "x"},
        {"domain": "mathematics", "kind": "qualify", "person": "ann", "reason": "x"},
    ),
    "POST /v1/projects/{project_id}/rechecks": (
        "lea", fallen, {"person": "ann", "domain": "mathematics"}, {"person": "bob", "domain": "mathematics"},
    ),
    "POST /v1/projects/{project_id}/evaluations": (
        "lea", settled, PREDICTED, {"content": b"\n", "headers": NDJSON["headers"]},
    ),
    "POST /v1/projects/{project_id}/evaluations/{evaluation_id}/estimate": (
        "lea", evaluated, {"where": "domain=mathematics"}, {"where": "domain=law"},
    ),
    "POST /v1/projects/{project_id}/evaluations/{evaluation_id}/reopen": (
        "lea", evaluated, {"where": "domain=mathematics"}, {"where": "domain=law"},
    ),
    "POST /v1/projects/{project_id}/alarms/{alarm_id}/decision": (
        "lea", hurried, {"decision": "explained", "reason": "x"}, {"decision": "explained", "reason": " "},
    ),
    "POST /v1/projects/{project_id}/batches": (
        "lea", nothing, {"people": ["ann"], "count": 1, "due": 2**52}, {"people": ["lea"], "count": 1, "due": 2**52},
    ),
    "POST /v1/projects/{project_id}/batches/{batch_id}/withdraw": ("lea", batched, {"reason": "x"}, {"reason": " "}),
    "POST /v1/projects/{project_id}/drafting": (
        "lea", with_model, {"kind": "path", "model": "small", "problem_id": "{before}"},
        {"kind": "poem", "model": "small", "problem_id": "{before}"},
    ),
    "POST /v1/projects/{project_id}/drafting/{request_id}/cancel": (
        "lea", draft_asked, {"reason": "x"}, {"reason": " "},
    ),
    "POST /v1/projects/{project_id}/drafting/{request_id}/accept": (
        "lea", with_draft, {"drafts": [1]}, {"drafts": [2]},
    ),
    "POST /v1/projects/{project_id}/drafting/{request_id}/decline": (
        "lea", with_draft, {"reason": "x"}, {"reason": " "},
    ),
    "POST /v1/projects/{project_id}/opinions": (
        "lea", with_model, {"kind": "label_opinion", "model": "small", "most": 1},
        {"kind": "label_opinion", "model": "large"},
    ),
    "POST /v1/projects/{project_id}/claim": ("ann", nothing, None, None),
    "POST /v1/projects/{project_id}/questions": ("ann", nothing, {"text": "x"}, {"text": "x", "position": 1}),
    "POST /v1/projects/{project_id}/questions/{question_id}/answer": (
        "lea", asked, {"resolution": "rule", "rule": "M4", "text": "x"},
        {"resolution": "rule", "rule": "M99", "text": "x"},
    ),
    "POST /v1/projects/{project_id}/pilots": ("lea", nothing, {"traces": 2, "people": 2}, {"experts": ["nobody"]}),
    "POST /v1/projects/{project_id}/sign-offs": (
        "adj", piloted, walked("correct", "redundant", "incorrect", "incomplete"), walked("correct"),
    ),
    "POST /v1/projects/{project_id}/open": ("lea", piloted, {"reason": "x"}, {}),
    "POST /v1/projects/{project_id}/my-cases/{case_id}": ("ann", decided, None, None),
    "POST /v1/projects/{project_id}/cases/{case_id}/pass": (
        "lea", opened, {"experts": ["adj"], "reason": "x"}, {"experts": ["ann"], "reason": "x"},
    ),
    "POST /v1/projects/{project_id}/gold/import": (
        "lea", nothing, GOLD, {"content": b"\n", "headers": NDJSON["headers"]},
    ),
    "POST /v1/projects/{project_id}/gold": ("lea", agreed, {"item_id": "{before}"}, {"item_id": "0" * 32}),
    "POST /v1/projects/{project_id}/gold/{item_id}/corrections": (
        "lea", golden, {"position": 1, "label": "redundant", "justification": "x"},
        {"position": 1, "label": "superb", "justification": "x"},
    ),
    "POST /v1/projects/{project_id}/gold/{item_id}/retire": ("lea", golden, {"reason": "x"}, {"reason": " "}),
    "POST /v1/projects/{project_id}/pairs": ("lea", two_paths, {}, {"per_problem": 0}),
    "POST /v1/projects/{project_id}/altered": (
        "lea", sums, {"how": ["sign"], "correct_by": "given", "where": {"source": "book"}}, {"how": ["guess"]},
    ),
    "POST /v1/projects/{project_id}/coverage": ("lea", nothing, {}, {"compare": "colour"}),
    "POST /v1/projects/{project_id}/coverage/tasks": (
        "lea", strategic, {"problem_ids": ["{before}"], "strategies": ["drawing"]},
        {"problem_ids": ["{before}"], "strategies": ["prayer"]},
    ),
    "POST /v1/projects/{project_id}/coverage/tasks/withdraw": (
        "lea", wanted, {"task_ids": ["{before}"], "reason": "x"}, {"task_ids": ["0"], "reason": "x"},
    ),
    "POST /v1/projects/{project_id}/writing/claim": ("ann", wanted, None, None),
    "POST /v1/assignments/{assignment_id}/path": (
        "ann", being_written, {"steps": ["x"], "final_answer": "12"}, {"steps": [], "final_answer": "12"},
    ),
    "POST /v1/assignments/{assignment_id}/return": ("ann", being_written, {"reason": "x"}, {"reason": " "}),
    "POST /v1/assignments/{assignment_id}/questions": (
        "ann", claimed, {"position": 1, "text": "x"}, {"position": 2, "text": "x"},
    ),
    "POST /v1/assignments/{assignment_id}/steps/{position}/draft": ("ann", drafted_step, None, None),
    "POST /v1/assignments/{assignment_id}/steps/{position}/rationale": ("ann", drafted_step, None, None),
    "POST /v1/assignments/{assignment_id}/labels": (
        "ann", claimed, {"position": 1, "label": "correct"}, {"position": 2, "label": "correct"},
    ),
    "POST /v1/assignments/{assignment_id}/preference": (
        "ann", compared, comparing.body("better").model_dump(), {"overall": "better"},
    ),
    "POST /v1/assignments/{assignment_id}/alternatives": (
        "ann", claimed, {"position": 1, "kind": "rewording", "steps": ["x"]},
        {"position": 2, "kind": "rewording", "steps": ["x"]},
    ),
    "POST /v1/assignments/{assignment_id}/finish": ("ann", labelled, {"complete": "yes"}, {}),
    "POST /v1/assignments/{assignment_id}/end": (
        "ann", claimed, {"ending": "give_up", "reason": "x"}, {"ending": "give_up", "reason": " "},
    ),
    "POST /v1/projects/{project_id}/cases/claim": ("adj", opened, {"case_id": "{before}"}, {"case_id": "0" * 32}),
    "POST /v1/assignments/{assignment_id}/choice": ("adj", in_hand, {"label": "redundant"}, {"label": "superb"}),
    "POST /v1/assignments/{assignment_id}/decision": (
        "adj", chosen, {"label": "redundant", "rationale": "x", "gap": "x"}, {"label": "redundant", "rationale": "x"},
    ),
    "POST /v1/assignments/{assignment_id}/pass": (
        "adj", in_hand, {"experts": ["dan"], "reason": "x"}, {"experts": ["ann"], "reason": "x"},
    ),
}  # fmt: skip


def test_every_route_that_changes_something_is_in_the_tables(site: Site) -> None:
    changing = {f"{method} {path}" for method, path, _ in routes(site.app) if method != "GET"}
    assert changing == set(EVENTS) == set(CALLS)


async def _call(site: Site, who: str, route: str, assignment: str, body: Any) -> int:
    method, path = route.split()
    if isinstance(body, dict):
        body = {key: assignment if value == "{before}" else [assignment] if value == ["{before}"] else value
                for key, value in body.items()}  # fmt: skip
    path = path.replace("{project_id}", site.world.project)
    path = path.replace("{assignment_id}", assignment).replace("{question_id}", assignment)
    path = path.replace("{batch_id}", assignment).replace("{case_id}", assignment).replace("{item_id}", assignment)
    path = path.replace("{alarm_id}", assignment).replace("{evaluation_id}", assignment)
    path = path.replace("{request_id}", assignment).replace("{position}", "1")
    more = body if isinstance(body, dict) and "content" in body else {"json": body}
    return (await site.call(who, method, path, **more)).status_code


def _chains(site: Site) -> dict[str, list[str]]:
    rows = site.world.rows("SELECT id FROM projects WHERE id <> :pilot", pilot=site.world.project)
    new = [kind for row in rows for kind in site.world.kinds(row["id"])]
    return {SERVER: site.world.kinds(SERVER), PROJECT: site.world.kinds(), NEW: new}


@pytest.mark.parametrize("route", EVENTS)
async def test_a_change_writes_its_events_and_a_failure_none(site: Site, route: str) -> None:
    who, before, good, bad = CALLS[route]
    assignment = await before(site)
    stood, size = _chains(site), site.world.value("SELECT count(*) AS n FROM events")
    if bad is not None:
        assert 400 <= await _call(site, who, route, assignment, bad) < 500
        assert _chains(site) == stood
    assert await _call(site, who, route, assignment, good) == 200
    now = _chains(site)
    assert {chain: now[chain][len(stood[chain]) :] for chain in now} == {NEW: [], **EVENTS[route]}
    grown = sum(map(len, EVENTS[route].values()))
    assert site.world.value("SELECT count(*) AS n FROM events") == size + grown  # and no other chain grew


async def test_what_is_asked_again_writes_nothing_more(site: Site) -> None:
    await claimed(site)
    stood = _chains(site)
    again = await claimed(site)
    await site.done("ann", "GET", f"/v1/assignments/{again}")
    assert _chains(site) == stood
    key = {"Idempotency-Key": "k"}
    body = {"position": 1, "label": "correct"}
    for _ in range(2):
        await site.done("ann", "POST", f"/v1/assignments/{again}/labels", body, headers=key)
    other = await site.call(
        "ann", "POST", f"/v1/assignments/{again}/labels", {**body, "label": "redundant"}, headers=key
    )
    assert (other.status_code, other.json()["slug"]) == (409, "key-reused")
    assert _chains(site)[PROJECT] == [*stood[PROJECT], "answer.given"]


async def test_taking_over_writes_both_events_and_stopping_early_one(site: Site) -> None:
    site.world.set_policy(overlap=1, stop_at_first_error=True)
    for name in ("ann", "bob", "cyn"):
        await site.done(name, "POST", "/v1/projects/{project}/claim")
    site.world.clock.advance(minutes=61)
    taken = (await site.done("dan", "POST", "/v1/projects/{project}/claim"))["assignment"]["id"]
    assert site.world.kinds()[-2:] == ["assignment.taken_over", "assignment.claimed"]
    wrong = {"position": 1, "label": "incorrect", "rationale": "no"}
    await site.done("dan", "POST", f"/v1/assignments/{taken}/labels", wrong)
    await site.done("dan", "POST", f"/v1/assignments/{taken}/finish", {})
    assert site.world.kinds()[-2:] == ["answer.given", "assignment.ended"]


async def test_an_import_that_brings_nothing_new_writes_nothing(site: Site) -> None:
    for expected in (1, 0):
        size = len(site.world.kinds())
        await _call(site, "lea", "POST /v1/projects/{project_id}/import", "", NDJSON)
        assert len(site.world.kinds()) == size + expected


async def test_the_kinds_of_roles(site: Site) -> None:
    """A lead named with the project gets the role on the server's chain, since the project's does not exist yet."""
    await site.done("root", "POST", "/v1/projects", {"name": "new", "lead": "bob"})
    bob = site.world.person("bob")
    assert {Role.LEAD} in bob.roles.values()
