"""Who may call what: one table, every cell of it asserted."""

import re

import pytest
from litestar import Litestar, get

from cotlab.api.access import Access, guard
from cotlab.api.replies import known_error
from cotlab.domain.errors import CotlabError
from cotlab.domain.people import Role
from cotlab.services.people import accounts
from cotlab.storage import SERVER
from tests.api.conftest import Site, in_process
from tests.api.routes import DOCUMENT, routes
from tests.world import DAYS, World, guideline_text, token_of

A, J, L, X, R = Role.ANNOTATOR, Role.ADJUDICATOR, Role.LEAD, Role.EXPORTER, Role.ADMIN
EVERYBODY = frozenset(Role)
ANYONE = EVERYBODY | {None}
LABELLERS, LEADS, EXPORTERS = frozenset({A, J}), frozenset({L, R}), frozenset({X, R})
READERS = LEADS | EXPORTERS

TABLE: dict[tuple[str, str], frozenset[Role | None]] = {
    ("GET", "/health"): ANYONE,
    ("GET", "/v1/server"): ANYONE,
    ("GET", "/v1/queue"): EVERYBODY,
    ("GET", "/v1/projects"): EVERYBODY,
    ("POST", "/v1/projects"): frozenset({R}),
    ("GET", "/v1/guidelines"): EVERYBODY,
    ("GET", "/v1/guidelines/{version_id}"): EVERYBODY,
    ("POST", "/v1/guidelines"): LEADS,
    ("POST", "/v1/guidelines/impact"): LEADS,
    ("GET", "/v1/projects/{project_id}/guidelines/{version_id}/changes"): LABELLERS,
    ("POST", "/v1/projects/{project_id}/acknowledgements"): LABELLERS,
    ("GET", "/v1/projects/{project_id}/stale"): LEADS,
    ("GET", "/v1/projects/{project_id}/agreement"): LEADS,
    ("GET", "/v1/projects/{project_id}/agreement/diagnosis"): LEADS,
    ("GET", "/v1/projects/{project_id}/agreement/change"): LEADS,
    ("GET", "/v1/projects/{project_id}/agreement/steps"): LEADS,
    ("GET", "/v1/projects/{project_id}/agreement/taken"): LEADS,
    ("POST", "/v1/projects/{project_id}/agreement/go-on"): LEADS,
    ("GET", "/v1/projects/{project_id}/evidence"): LEADS,
    ("GET", "/v1/projects/{project_id}/evidence/kinds"): LEADS,
    ("GET", "/v1/projects/{project_id}/evidence/progress"): LEADS,
    ("GET", "/v1/projects/{project_id}/evidence/revisions"): LEADS,
    ("GET", "/v1/projects/{project_id}/quality/traces"): LEADS,
    ("GET", "/v1/projects/{project_id}/quality/two-level"): LEADS,
    ("GET", "/v1/projects/{project_id}/cohorts"): LEADS,
    ("POST", "/v1/projects/{project_id}/cohorts"): LEADS,
    ("POST", "/v1/projects/{project_id}/close"): LEADS,
    ("GET", "/v1/projects/{project_id}/policy"): READERS,
    ("GET", "/v1/projects/{project_id}/policy/work"): EVERYBODY,
    ("PUT", "/v1/projects/{project_id}/policy"): LEADS,
    ("GET", "/v1/projects/{project_id}/members"): LEADS,
    ("POST", "/v1/projects/{project_id}/members"): LEADS,
    ("POST", "/v1/projects/{project_id}/members/remove"): LEADS,
    ("GET", "/v1/projects/{project_id}/guideline"): EVERYBODY,
    ("POST", "/v1/projects/{project_id}/import"): LEADS,
    ("POST", "/v1/projects/{project_id}/exports"): EXPORTERS,
    ("GET", "/v1/projects/{project_id}/exports/{export_id}/manifest"): EXPORTERS,
    ("GET", "/v1/projects/{project_id}/releases"): READERS,
    ("GET", "/v1/projects/{project_id}/releases/{release_id}"): READERS,
    ("GET", "/v1/projects/{project_id}/release-diff"): READERS,
    ("GET", "/v1/projects/{project_id}/lineage"): READERS,
    ("POST", "/v1/projects/{project_id}/archive"): LEADS,
    ("POST", "/v1/archives"): frozenset({R}),
    ("POST", "/v1/projects/{project_id}/claim"): LABELLERS,
    ("GET", "/v1/projects/{project_id}/my-labels"): LABELLERS,
    ("POST", "/v1/projects/{project_id}/questions"): LABELLERS,
    ("GET", "/v1/projects/{project_id}/my-questions"): LABELLERS,
    ("GET", "/v1/projects/{project_id}/questions"): LEADS,
    ("POST", "/v1/projects/{project_id}/questions/{question_id}/answer"): LEADS,
    ("POST", "/v1/projects/{project_id}/pilots"): LEADS,
    ("GET", "/v1/projects/{project_id}/pilots/report"): LEADS,
    # Who is named as an expert, the service decides; a body that says nothing comes no further than here.
    ("POST", "/v1/projects/{project_id}/sign-offs"): EVERYBODY,
    ("POST", "/v1/projects/{project_id}/open"): LEADS,
    ("GET", "/v1/projects/{project_id}/hard-cases"): LEADS,
    ("GET", "/v1/projects/{project_id}/hard-cases/{case_id}"): LEADS,
    ("GET", "/v1/projects/{project_id}/cases"): frozenset({J}),
    ("POST", "/v1/projects/{project_id}/cases/claim"): frozenset({J}),
    ("GET", "/v1/projects/{project_id}/my-cases"): LABELLERS,
    ("POST", "/v1/projects/{project_id}/my-cases/{case_id}"): LABELLERS,
    ("GET", "/v1/projects/{project_id}/cases/report"): LEADS,
    ("GET", "/v1/projects/{project_id}/cases/all"): LEADS,
    ("GET", "/v1/projects/{project_id}/cases/{case_id}"): LEADS,
    ("POST", "/v1/projects/{project_id}/cases/{case_id}/pass"): LEADS,
    ("POST", "/v1/projects/{project_id}/calibration/sets"): LEADS,
    ("GET", "/v1/projects/{project_id}/calibration"): LEADS,
    ("GET", "/v1/projects/{project_id}/calibration/{person_id}"): LEADS,
    ("GET", "/v1/projects/{project_id}/my-calibration"): LABELLERS,
    ("POST", "/v1/projects/{project_id}/calibration/decisions"): LEADS,
    ("GET", "/v1/projects/{project_id}/rechecks"): LEADS,
    ("POST", "/v1/projects/{project_id}/rechecks"): LEADS,
    ("POST", "/v1/projects/{project_id}/pairs"): LEADS,
    ("POST", "/v1/projects/{project_id}/altered"): LEADS,
    ("GET", "/v1/projects/{project_id}/batches"): LEADS,
    ("POST", "/v1/projects/{project_id}/batches"): LEADS,
    ("GET", "/v1/projects/{project_id}/batches/{batch_id}"): LEADS,
    ("POST", "/v1/projects/{project_id}/batches/{batch_id}/withdraw"): LEADS,
    ("GET", "/v1/projects/{project_id}/evaluations"): LEADS,
    ("POST", "/v1/projects/{project_id}/evaluations"): LEADS,
    ("GET", "/v1/projects/{project_id}/evaluations/{evaluation_id}"): LEADS,
    ("POST", "/v1/projects/{project_id}/evaluations/{evaluation_id}/estimate"): LEADS,
    ("POST", "/v1/projects/{project_id}/evaluations/{evaluation_id}/reopen"): LEADS,
    ("GET", "/v1/projects/{project_id}/models"): LEADS,
    ("GET", "/v1/projects/{project_id}/drafting"): LEADS,
    ("GET", "/v1/projects/{project_id}/drafting/totals"): LEADS,
    # For what adjudicators may ask too, the policy says; by default the service refuses them.
    ("POST", "/v1/projects/{project_id}/drafting"): LEADS | {J},
    ("GET", "/v1/projects/{project_id}/drafting/{request_id}"): LEADS,
    ("GET", "/v1/projects/{project_id}/drafting/{request_id}/status"): LEADS | {J},
    ("GET", "/v1/projects/{project_id}/drafting/{request_id}/events"): LEADS | {J},
    ("POST", "/v1/projects/{project_id}/drafting/{request_id}/cancel"): LEADS | {J},
    ("POST", "/v1/projects/{project_id}/drafting/{request_id}/accept"): LEADS,
    ("POST", "/v1/projects/{project_id}/drafting/{request_id}/decline"): LEADS,
    ("GET", "/v1/projects/{project_id}/opinions"): LEADS,
    ("GET", "/v1/projects/{project_id}/reports/drafts"): LEADS,
    ("POST", "/v1/projects/{project_id}/opinions"): LEADS,
    ("GET", "/v1/projects/{project_id}/queue"): LEADS,
    ("GET", "/v1/projects/{project_id}/queue/{trace_id}"): LEADS,
    ("GET", "/v1/projects/{project_id}/reports/accuracy"): LEADS,
    ("GET", "/v1/projects/{project_id}/reports/sessions"): LEADS,
    ("GET", "/v1/projects/{project_id}/reports/pace"): LEADS,
    ("GET", "/v1/projects/{project_id}/reports/drift"): LEADS,
    ("GET", "/v1/projects/{project_id}/reports/selection"): LEADS,
    ("GET", "/v1/projects/{project_id}/reports/comparing"): LEADS,
    ("GET", "/v1/projects/{project_id}/reports/generators"): LEADS,
    ("GET", "/v1/projects/{project_id}/reports/ranking"): LEADS,
    ("GET", "/v1/projects/{project_id}/reports/anchoring"): LEADS,
    ("GET", "/v1/projects/{project_id}/reports/alarms"): LEADS,
    ("POST", "/v1/projects/{project_id}/alarms/{alarm_id}/decision"): LEADS,
    ("POST", "/v1/projects/{project_id}/gold/import"): LEADS,
    ("POST", "/v1/projects/{project_id}/gold"): LEADS,
    ("POST", "/v1/projects/{project_id}/gold/{item_id}/corrections"): LEADS,
    ("POST", "/v1/projects/{project_id}/gold/{item_id}/retire"): LEADS,
    ("GET", "/v1/projects/{project_id}/gold"): LEADS,
    ("GET", "/v1/projects/{project_id}/gold/suggestions"): LEADS,
    ("GET", "/v1/projects/{project_id}/gold/pool"): LEADS,
    ("POST", "/v1/projects/{project_id}/coverage"): LEADS,
    ("GET", "/v1/projects/{project_id}/coverage/paths"): LEADS,
    ("GET", "/v1/projects/{project_id}/coverage/tasks"): LEADS,
    ("POST", "/v1/projects/{project_id}/coverage/tasks"): LEADS,
    ("POST", "/v1/projects/{project_id}/coverage/tasks/withdraw"): LEADS,
    ("POST", "/v1/projects/{project_id}/writing/claim"): LABELLERS,
    # Whose an assignment is, the service decides; nobody here has one.
    ("GET", "/v1/assignments/{assignment_id}"): EVERYBODY,
    ("GET", "/v1/assignments/{assignment_id}/steps/{position}"): EVERYBODY,
    ("POST", "/v1/assignments/{assignment_id}/steps/{position}/draft"): EVERYBODY,
    ("POST", "/v1/assignments/{assignment_id}/steps/{position}/rationale"): EVERYBODY,
    ("GET", "/v1/assignments/{assignment_id}/guideline"): EVERYBODY,
    ("POST", "/v1/assignments/{assignment_id}/labels"): EVERYBODY,
    ("POST", "/v1/assignments/{assignment_id}/questions"): EVERYBODY,
    ("POST", "/v1/assignments/{assignment_id}/preference"): EVERYBODY,
    ("GET", "/v1/assignments/{assignment_id}/preference"): EVERYBODY,
    ("POST", "/v1/assignments/{assignment_id}/alternatives"): EVERYBODY,
    ("POST", "/v1/assignments/{assignment_id}/finish"): EVERYBODY,
    ("POST", "/v1/assignments/{assignment_id}/end"): EVERYBODY,
    ("GET", "/v1/assignments/{assignment_id}/writing"): EVERYBODY,
    ("POST", "/v1/assignments/{assignment_id}/path"): EVERYBODY,
    ("POST", "/v1/assignments/{assignment_id}/return"): EVERYBODY,
    ("GET", "/v1/assignments/{assignment_id}/case"): EVERYBODY,
    ("POST", "/v1/assignments/{assignment_id}/choice"): EVERYBODY,
    ("POST", "/v1/assignments/{assignment_id}/decision"): EVERYBODY,
    ("POST", "/v1/assignments/{assignment_id}/pass"): EVERYBODY,
    ("GET", "/v1/openapi"): ANYONE,
    ("GET", "/v1/openapi/openapi.json"): ANYONE,
    ("GET", "/v1/openapi/{path}"): ANYONE,
}

POSTED = ("/v1/guidelines", "/v1/guidelines/impact", "/v1/projects")
"""Where the body names the project."""
HERE = {A: "ann", J: "adj", L: "lea", X: "exp", R: "root"}
THERE = {role: f"other {role}" for role in (A, J, L, X)}


@pytest.fixture
def peopled(world: World) -> World:
    """A second project with one person a role, who have none in the first; and a lead whose tokens have ended."""
    other = world.add_project("other")
    for role, name in THERE.items():
        world.add_person(name)
        world.join(name, role, other)
    world.add_person("late")
    world.join("late", L)
    world.tokens["expired"] = world.write(
        lambda db: accounts.issue_token(db, world.host, "late", "old", 0), SERVER
    ).token
    revoked = world.write(lambda db: accounts.issue_token(db, world.host, "late", "gone", DAYS), SERVER).token
    world.write(lambda db: accounts.revoke_token(db, world.host, token_of(revoked)), SERVER)
    world.tokens["revoked"] = revoked
    return world


def test_every_route_says_who_may_call_it_and_stands_in_the_table(site: Site) -> None:
    found = {(method, path) for method, path, _ in routes(site.app)}
    assert found == set(TABLE)
    for method, path, handler in routes(site.app):
        access = handler.opt.get("access")
        assert isinstance(access, Access), (method, path)
        assert (not access.signed_in) == (None in TABLE[method, path]), (method, path)
        assert not path.startswith(DOCUMENT) or not access.signed_in


async def _status(site: Site, who: str | None, method: str, path: str) -> int:
    """What a call answers that would change nothing, were it let in: its body is empty or names nothing."""
    site.world.clock.advance(minutes=1)  # so that the table does not run into the limit of attempts
    body = {"text": guideline_text(), "projects": ["pilot"]} if path.startswith("/v1/guidelines") else {}
    path += {"/v1/queue": "?day_starts_at=0"}.get(path, "?before=a&after=b" if path.endswith("/change") else "")
    path = path.replace("{project_id}", site.world.project).replace("{position}", "1").replace("{path}", "nothing")
    path = re.sub(r"\{\w+\}", "0" * 32, path)
    response = await site.call(who, method, path, body if method != "GET" else None)
    assert response.status_code < 500, (who, method, path, response.text)
    return response.status_code


async def test_every_cell(site: Site, peopled: World) -> None:
    for (method, path), roles in TABLE.items():
        for who in (None, "cot_x", "cot_00000000_" + "x" * 43, "expired", "revoked"):
            status = await _status(site, who, method, path)
            assert (status == 401) == (None not in roles), (who, method, path, status)
        for role, name in HERE.items():
            status = await _status(site, name, method, path)
            assert (status == 403) == (role not in roles) and status != 401, (name, method, path, status)
        for role, name in THERE.items():
            status = await _status(site, name, method, path)
            bound = "{project_id}" in path or (path in POSTED and method == "POST")
            refused = bound or role not in roles
            assert (status == 403) == refused and status != 401, (name, method, path, status)


async def test_a_token_ends_when_its_time_or_its_owner_says_so(site: Site, world: World) -> None:
    queue = "/v1/queue?day_starts_at=0"
    await site.done("ann", "GET", queue)
    token = world.tokens["ann"]
    world.clock.advance(minutes=DAYS * 24 * 60 - 0.001)
    await site.done("ann", "GET", queue)
    world.clock.advance(minutes=0.001)
    assert (await site.call("ann", "GET", queue)).status_code == 401
    world.write(lambda db: accounts.issue_token(db, world.host, "ann", "new", 1), SERVER)
    fresh = world.write(lambda db: accounts.issue_token(db, world.host, "ann", "new", 1), SERVER)
    await site.done(fresh.token, "GET", queue)
    world.write(lambda db: accounts.revoke_token(db, world.host, fresh.id), SERVER)
    refused = await site.call(fresh.token, "GET", queue)
    assert refused.status_code == 401 and refused.headers["WWW-Authenticate"] == "Bearer"
    assert token not in refused.text and fresh.token not in refused.text


@pytest.mark.parametrize("scheme", ["Basic {}", "{}", "Bearer", "Bearer  {}", "Bearer {} x", "Token {}"])
async def test_only_a_bearer_token_counts(site: Site, scheme: str) -> None:
    headers = {"Authorization": scheme.format(site.world.tokens["ann"])}
    assert (await site.call(None, "GET", "/v1/projects", headers=headers)).status_code == 401


async def test_a_project_that_is_not_there_is_not_found(site: Site) -> None:
    nowhere = "/v1/projects/" + "0" * 32
    for method, path, body in (
        ("GET", "policy", None), ("GET", "policy/work", None), ("GET", "members", None), ("GET", "guideline", None),
        ("PUT", "policy", {}),
        ("POST", "members", {"person": "ann", "role": "annotator"}), ("POST", "close", {"reason": "x"}),
        ("POST", "members/remove", {"person": "ann", "role": "annotator"}),
        ("POST", "exports", {"format": "native", "labels": "each"}),
        ("GET", "questions", None), ("POST", "pilots", {}), ("GET", "pilots/report", None), ("POST", "open", {}),
        ("GET", "agreement/taken", None), ("GET", "agreement/steps", None), ("GET", "cohorts", None),
        ("POST", "agreement/go-on", {"domain": "law", "reason": "x"}),
        ("POST", "cohorts", {"person": "ann", "cohort": "x", "since": 1}),
        ("GET", "hard-cases", None), ("GET", "hard-cases/" + "0" * 32 + "-1", None),
        ("POST", "questions/" + "0" * 32 + "/answer", {"resolution": "no_change", "text": "x"}),
        ("GET", "cases/report", None), ("GET", "cases/all", None), ("GET", "cases/" + "0" * 32, None),
        ("POST", "cases/" + "0" * 32 + "/pass", {"panel": 3, "reason": "x"}),
        ("GET", "calibration", None), ("GET", "calibration/" + "0" * 32, None),
        ("POST", "calibration/sets", {"domain": "law"}),
        ("POST", "calibration/decisions", {"domain": "law", "kind": "suspend", "person": "ann", "reason": "x"}),
        ("GET", "queue", None), ("GET", "queue/" + "0" * 32, None),
        ("GET", "releases/" + "0" * 32, None), ("GET", "release-diff?before=a&after=b", None),
        ("GET", "lineage?id=" + "0" * 32, None), ("GET", "releases", None),
        ("GET", "evaluations", None), ("GET", "evaluations/" + "0" * 32, None),
        ("POST", "evaluations/" + "0" * 32 + "/estimate", {"where": "domain=law"}),
        ("POST", "evaluations/" + "0" * 32 + "/reopen", {"where": "domain=law"}),
        ("GET", "rechecks", None), ("POST", "rechecks", {"person": "ann", "domain": "law"}),
        *(("GET", f"reports/{name}", None) for name in (
            "accuracy", "sessions", "pace", "drift", "comparing", "ranking", "alarms")),
        ("POST", "alarms/" + "0" * 32 + "/decision", {"decision": "explained", "reason": "x"}),
        ("GET", "gold", None), ("GET", "gold/suggestions", None), ("GET", "gold/pool", None),
        ("POST", "gold", {"item_id": "0" * 32}),
        ("POST", "gold/" + "0" * 32 + "/corrections", {"position": 1, "label": "x", "justification": "x"}),
        ("POST", "gold/" + "0" * 32 + "/retire", {"reason": "x"}),
    ):  # fmt: skip
        response = await site.call("root", method, f"{nowhere}/{path}", body)
        assert (response.status_code, response.json()["slug"]) == (404, "not-found"), (method, path, response.text)


async def test_who_leads_no_project_learns_no_project_names(site: Site) -> None:
    answers = [
        (await site.call("ann", "POST", "/v1/guidelines", {"text": guideline_text(), "projects": [name]})).text
        for name in ("pilot", "there is none")
    ]
    assert answers[0].replace("pilot", "there is none") == answers[1]


async def test_a_route_without_a_declaration_is_refused(site: Site) -> None:
    @get("/open")
    async def handler() -> str:
        return "secret"

    app = Litestar([handler], before_request=guard, exception_handlers={CotlabError: known_error}, openapi_config=None)
    app.state.server = site.server
    async with in_process(app) as http:
        token = {"Authorization": f"Bearer {site.world.tokens['root']}"}
        for headers in ({}, token):
            response = await http.get("/open", headers=headers)
            assert response.status_code == 403 and "secret" not in response.text
