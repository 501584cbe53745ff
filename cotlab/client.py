"""A typed client of the HTTP API, for the terminal UI, the command line and API users."""

import json
import os
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ValidationError

from cotlab import __version__
from cotlab.domain.agreement import (
    AgreementChange,
    AgreementReport,
    CohortBody,
    CohortMember,
    Diagnosis,
    DisputedSteps,
    GoOnBody,
    TakenAgreement,
)
from cotlab.domain.answers import AlternativeBody, EndingBody, FinishBody, LabelBody
from cotlab.domain.cases import (
    CaseEntry,
    CaseFile,
    CaseList,
    CaseReport,
    CaseView,
    ChoiceBody,
    Chosen,
    ClaimCaseBody,
    ClaimedCase,
    Decided,
    DecidedCase,
    DecidedEntry,
    DecisionBody,
    PassBody,
)
from cotlab.domain.errors import BadInput
from cotlab.domain.exports import ExportOrder, Manifest
from cotlab.domain.gold import CorrectBody, GoldList, GoldReport, GoldSuggestion, PromoteBody, RetireBody
from cotlab.domain.people import Member
from cotlab.domain.pilots import HardCase, OpenBody, Opened, Pilot, PilotBody, PilotReport, SignOffBody
from cotlab.domain.policy import Policy
from cotlab.domain.projects import ClosingBody, ImportReport, MemberBody, NewProject, Project
from cotlab.domain.publishing import GuidelineList, Impact, ImpactBody, PublishBody, Published, StaleCounts
from cotlab.domain.questions import AnswerBody, QuestionBody, QuestionView
from cotlab.domain.standing import (
    Board,
    CalibrationDecisionBody,
    CalibrationSet,
    CalibrationSetBody,
    Recheck,
    RecheckBody,
    Standing,
)
from cotlab.domain.views import (
    AcknowledgeBody,
    AssignmentView,
    Claimed,
    Committed,
    GuidelineChanges,
    GuidelineView,
    PastLabels,
    Queue,
    Receipt,
    ServerInfo,
    StepView,
)

M = TypeVar("M", bound=BaseModel)
NDJSON = "application/x-ndjson"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class ApiError(Exception):
    """The server answered with a problem: its status, slug, sentence and details."""

    def __init__(self, status: int, slug: str, sentence: str, details: Mapping[str, Any]) -> None:
        self.status, self.slug, self.sentence, self.details = status, slug, sentence, details
        super().__init__(sentence)


class ServerGone(Exception):
    """The server cannot be reached, or cannot answer just now; `retry_after` is in seconds."""

    def __init__(self, sentence: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(sentence)


def new_key() -> str:
    """An idempotency key: the same request sent again with it is answered and not done twice."""
    return uuid.uuid4().hex


def checked_server(url: str, allow_plain_http: bool = False) -> str:
    """Return `url` without a closing slash; raise BadInput where a token would travel in clear."""
    try:
        parts = urlsplit(url)
        named = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        named = False
    if not named:
        raise BadInput(f"{url}: a server is named as https://host or http://127.0.0.1:port")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK and not allow_plain_http:
        raise BadInput(f"{url}: plain http would send your token in clear; use https, or allow it explicitly")
    return url.rstrip("/")


def problem_of(response: httpx.Response) -> ApiError | ServerGone:
    """The exception for a response that is no success."""
    try:
        body = response.json()
        slug, sentence = str(body["slug"]), str(body["detail"])
    except (ValueError, KeyError, TypeError):
        body, slug, sentence = {}, "unknown", f"the server answered {response.status_code} without a reason"
    if response.status_code in (502, 503, 504):
        wait = response.headers.get("Retry-After", "")
        return ServerGone(sentence, float(wait) if wait.isdigit() else None)
    return ApiError(response.status_code, slug, sentence, body)


class Client:
    """One server, one token. Methods raise ApiError where it refuses and ServerGone where it is not there."""

    def __init__(
        self,
        server: str,
        token: str | None = None,
        *,
        allow_plain_http: bool = False,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout: float = 10.0,
    ) -> None:
        self.server = checked_server(server, allow_plain_http)
        headers = {"Cotlab-Version": __version__, "Accept": "application/json"}
        if token is not None:
            if not token.isascii() or not token.isprintable():
                raise BadInput("The token holds characters that no token has; copy it anew.")
            headers["Authorization"] = f"Bearer {token}"
        self._http = httpx.AsyncClient(base_url=self.server, headers=headers, transport=transport, timeout=timeout)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    async def server_info(self) -> ServerInfo:
        return await self._get("/v1/server", ServerInfo)

    async def queue(self, day_starts_at: int) -> Queue:
        """My projects and my day; `day_starts_at` is when today began here (microseconds UTC)."""
        return await self._get("/v1/queue", Queue, {"day_starts_at": day_starts_at})

    async def claim(self, project_id: str, key: str) -> Claimed:
        return await self._post(f"/v1/projects/{project_id}/claim", None, Claimed, key)

    async def assignment(self, assignment_id: str) -> AssignmentView:
        return await self._get(f"/v1/assignments/{assignment_id}", AssignmentView)

    async def step(self, assignment_id: str, position: int) -> StepView:
        """A step of my open trace that was shown, with my label: where taking back starts."""
        return await self._get(f"/v1/assignments/{assignment_id}/steps/{position}", StepView)

    async def commit(self, assignment_id: str, label: LabelBody, key: str) -> Committed:
        return await self._post(f"/v1/assignments/{assignment_id}/labels", label, Committed, key)

    async def alternative(self, assignment_id: str, body: AlternativeBody, key: str) -> Receipt:
        return await self._post(f"/v1/assignments/{assignment_id}/alternatives", body, Receipt, key)

    async def finish(self, assignment_id: str, body: FinishBody, key: str) -> Receipt:
        return await self._post(f"/v1/assignments/{assignment_id}/finish", body, Receipt, key)

    async def end(self, assignment_id: str, body: EndingBody, key: str) -> Receipt:
        return await self._post(f"/v1/assignments/{assignment_id}/end", body, Receipt, key)

    async def guideline(self, project_id: str) -> GuidelineView:
        return await self._get(f"/v1/projects/{project_id}/guideline", GuidelineView)

    async def assignment_guideline(self, assignment_id: str) -> GuidelineView:
        """The version that this assignment was claimed under, also when a newer one is in force."""
        return await self._get(f"/v1/assignments/{assignment_id}/guideline", GuidelineView)

    async def guideline_changes(self, project_id: str, version_id: str) -> GuidelineChanges:
        """What changed up to a version, for me, since the one that I acknowledged last."""
        return await self._get(f"/v1/projects/{project_id}/guidelines/{version_id}/changes", GuidelineChanges)

    async def acknowledge(self, project_id: str, version_id: str) -> Receipt:
        """Say that I have read a version; said again it changes nothing."""
        body = AcknowledgeBody(guideline_version_id=version_id)
        return await self._post(f"/v1/projects/{project_id}/acknowledgements", body, Receipt)

    async def ask(self, project_id: str, body: QuestionBody, key: str) -> Receipt:
        """Ask the lead about the guideline."""
        return await self._post(f"/v1/projects/{project_id}/questions", body, Receipt, key)

    async def ask_about_step(self, assignment_id: str, body: QuestionBody, key: str) -> Receipt:
        """Ask the lead about a step of my open trace."""
        return await self._post(f"/v1/assignments/{assignment_id}/questions", body, Receipt, key)

    async def my_questions(self, project_id: str) -> list[QuestionView]:
        """What I asked in a project, the newest first, with the lead's answers."""
        rows = await self._json("GET", f"/v1/projects/{project_id}/my-questions")
        return [QuestionView.model_validate(row) for row in rows]

    async def my_labels(self, project_id: str, cursor: str | None = None) -> PastLabels:
        query = {} if cursor is None else {"cursor": cursor}
        return await self._get(f"/v1/projects/{project_id}/my-labels", PastLabels, query)

    async def projects(self) -> list[Project]:
        return [Project.model_validate(row) for row in await self._json("GET", "/v1/projects")]

    async def add_project(self, body: NewProject) -> Project:
        return await self._post("/v1/projects", body, Project)

    async def close_project(self, project_id: str, body: ClosingBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/close", body, Receipt)

    async def policy(self, project_id: str) -> Policy:
        return await self._get(f"/v1/projects/{project_id}/policy", Policy)

    async def set_policy(self, project_id: str, policy: Policy) -> Receipt:
        return await self._send("PUT", f"/v1/projects/{project_id}/policy", policy, Receipt)

    async def members(self, project_id: str) -> list[Member]:
        return [Member.model_validate(row) for row in await self._json("GET", f"/v1/projects/{project_id}/members")]

    async def add_member(self, project_id: str, body: MemberBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/members", body, Receipt)

    async def remove_member(self, project_id: str, body: MemberBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/members/remove", body, Receipt)

    async def publish_guideline(self, body: PublishBody) -> Published:
        return await self._post("/v1/guidelines", body, Published)

    async def impact(self, body: ImpactBody) -> list[Impact]:
        """What publishing would do in each project; nothing is changed."""
        return [Impact.model_validate(row) for row in await self._json("POST", "/v1/guidelines/impact", body)]

    async def guidelines(self) -> GuidelineList:
        """The versions stored, and what is in force in my projects."""
        return await self._get("/v1/guidelines", GuidelineList)

    async def guideline_version(self, version_id: str) -> GuidelineView:
        return await self._get(f"/v1/guidelines/{version_id}", GuidelineView)

    async def stale(self, project_id: str) -> StaleCounts:
        """The labels of a project that are to be given anew and are not yet."""
        return await self._get(f"/v1/projects/{project_id}/stale", StaleCounts)

    async def questions(self, project_id: str, only_open: bool = False) -> list[QuestionView]:
        """What everybody asked in a project that I lead, the newest first."""
        rows = await self._json("GET", f"/v1/projects/{project_id}/questions?open={str(only_open).lower()}")
        return [QuestionView.model_validate(row) for row in rows]

    async def answer_question(self, project_id: str, question_id: str, body: AnswerBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/questions/{question_id}/answer", body, Receipt)

    async def start_pilot(self, project_id: str, body: PilotBody) -> Pilot:
        """Draw a sample that several people label before production opens."""
        return await self._post(f"/v1/projects/{project_id}/pilots", body, Pilot)

    async def pilot_report(self, project_id: str) -> PilotReport:
        """How the newest pilot stands."""
        response = await self._request("GET", f"/v1/projects/{project_id}/pilots/report", timeout=None)
        return _read(PilotReport, response)

    async def sign_off(self, project_id: str, body: SignOffBody) -> Receipt:
        """Sign a schema, as an expert whom the pilot names."""
        return await self._post(f"/v1/projects/{project_id}/sign-offs", body, Receipt)

    async def open_production(self, project_id: str, body: OpenBody) -> Opened:
        return await self._post(f"/v1/projects/{project_id}/open", body, Opened)

    async def hard_cases(self, project_id: str, most: int = 50) -> list[HardCase]:
        """The steps nearest a boundary between labels, the nearest first."""
        response = await self._request("GET", f"/v1/projects/{project_id}/hard-cases?most={most}", timeout=None)
        return [HardCase.model_validate(row) for row in response.json()]

    async def hard_case(self, project_id: str, case_id: str) -> HardCase:
        return await self._get(f"/v1/projects/{project_id}/hard-cases/{case_id}", HardCase)

    async def agreement(self, project_id: str, query: Mapping[str, Any]) -> AgreementReport:
        """How far people agree in a project; `query` as the route takes it (by, version, coefficient, kinds, ...)."""
        return await self._measured(f"/v1/projects/{project_id}/agreement", AgreementReport, query)

    async def diagnosis(self, project_id: str, query: Mapping[str, Any]) -> Diagnosis:
        """Where disagreement sits in a project, the largest part first (by, version)."""
        return await self._measured(f"/v1/projects/{project_id}/agreement/diagnosis", Diagnosis, query)

    async def agreement_change(self, project_id: str, query: Mapping[str, Any]) -> AgreementChange:
        """How much agreement rose from one guideline version to another (before, after, coefficient, ...)."""
        return await self._measured(f"/v1/projects/{project_id}/agreement/change", AgreementChange, query)

    async def disputed_steps(self, project_id: str, query: Mapping[str, Any]) -> DisputedSteps:
        """The steps behind a cell of disagreement (labels, where, rule, version, offset)."""
        return await self._measured(f"/v1/projects/{project_id}/agreement/steps", DisputedSteps, query)

    async def taken_agreement(self, project_id: str) -> list[TakenAgreement]:
        """Agreement as the server took it, the newest first."""
        found = await self._json("GET", f"/v1/projects/{project_id}/agreement/taken")
        return [TakenAgreement.model_validate(one) for one in found]

    async def go_on(self, project_id: str, body: GoOnBody) -> Receipt:
        """Decide that a domain below the bar goes on."""
        return await self._post(f"/v1/projects/{project_id}/agreement/go-on", body, Receipt)

    async def cohorts(self, project_id: str) -> list[CohortMember]:
        found = await self._json("GET", f"/v1/projects/{project_id}/cohorts")
        return [CohortMember.model_validate(one) for one in found]

    async def set_cohort(self, project_id: str, body: CohortBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/cohorts", body, Receipt)

    async def cases(self, project_id: str, query: Mapping[str, Any] | None = None) -> CaseList:
        """The cases that I can adjudicate, or did (state, reason, domain, cursor)."""
        return await self._get(f"/v1/projects/{project_id}/cases", CaseList, query)

    async def claim_case(self, project_id: str, body: ClaimCaseBody, key: str) -> ClaimedCase:
        return await self._post(f"/v1/projects/{project_id}/cases/claim", body, ClaimedCase, key)

    async def case(self, assignment_id: str) -> CaseView:
        """The case that I have in my hands."""
        return await self._get(f"/v1/assignments/{assignment_id}/case", CaseView)

    async def choose(self, assignment_id: str, body: ChoiceBody, key: str) -> Chosen:
        """My own choice on a case; the labels of others come with the answer."""
        return await self._post(f"/v1/assignments/{assignment_id}/choice", body, Chosen, key)

    async def decide(self, assignment_id: str, body: DecisionBody, key: str) -> Decided:
        return await self._post(f"/v1/assignments/{assignment_id}/decision", body, Decided, key)

    async def pass_on(self, assignment_id: str, body: PassBody, key: str) -> Receipt:
        """Hand on the case that I have."""
        return await self._post(f"/v1/assignments/{assignment_id}/pass", body, Receipt, key)

    async def assign_case(self, project_id: str, case_id: str, body: PassBody) -> Receipt:
        """Hand on a case as its project's lead."""
        return await self._post(f"/v1/projects/{project_id}/cases/{case_id}/pass", body, Receipt)

    async def all_cases(self, project_id: str, query: Mapping[str, Any] | None = None) -> list[CaseEntry]:
        """The cases of a project that I lead, the oldest first (state, reason, domain, most)."""
        found = await self._request("GET", f"/v1/projects/{project_id}/cases/all", params=dict(query or {}))
        return [CaseEntry.model_validate(one) for one in found.json()]

    async def case_file(self, project_id: str, case_id: str) -> CaseFile:
        return await self._get(f"/v1/projects/{project_id}/cases/{case_id}", CaseFile)

    async def case_report(self, project_id: str) -> CaseReport:
        return await self._get(f"/v1/projects/{project_id}/cases/report", CaseReport)

    async def my_cases(self, project_id: str) -> list[DecidedEntry]:
        """Decided cases on steps that I labelled, the newest first."""
        found = await self._json("GET", f"/v1/projects/{project_id}/my-cases")
        return [DecidedEntry.model_validate(one) for one in found]

    async def my_case(self, project_id: str, case_id: str) -> DecidedCase:
        """Read a decision on a step of mine, which is recorded."""
        return await self._post(f"/v1/projects/{project_id}/my-cases/{case_id}", None, DecidedCase)

    async def import_gold(
        self, project_id: str, lines: AsyncIterator[bytes], query: Mapping[str, str] | None = None
    ) -> GoldReport:
        """Send traces with verified labels as JSON lines (format, source, map, first_line)."""
        response = await self._request(
            "POST", f"/v1/projects/{project_id}/gold/import", params=query, content=lines,
            headers={"Content-Type": NDJSON}, timeout=None,
        )  # fmt: skip
        return GoldReport.model_validate_json(response.content)

    async def gold(self, project_id: str, query: Mapping[str, Any] | None = None) -> GoldList:
        """The gold of a project (domain, cursor)."""
        return await self._get(f"/v1/projects/{project_id}/gold", GoldList, query)

    async def promote(self, project_id: str, body: PromoteBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/gold", body, Receipt)

    async def correct_gold(self, project_id: str, item_id: str, body: CorrectBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/gold/{item_id}/corrections", body, Receipt)

    async def retire_gold(self, project_id: str, item_id: str, body: RetireBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/gold/{item_id}/retire", body, Receipt)

    async def suggest_gold(self, project_id: str, query: Mapping[str, Any] | None = None) -> GoldSuggestion:
        """What could become gold, and what in gold may be wrong (domain, most)."""
        return await self._measured(f"/v1/projects/{project_id}/gold/suggestions", GoldSuggestion, query or {})

    async def set_calibration(self, project_id: str, body: CalibrationSetBody) -> CalibrationSet:
        return await self._post(f"/v1/projects/{project_id}/calibration/sets", body, CalibrationSet)

    async def board(self, project_id: str) -> Board:
        """People by domains, and the gates of teams."""
        return await self._get(f"/v1/projects/{project_id}/calibration", Board)

    async def standings(self, project_id: str, person_id: str) -> list[Standing]:
        """Where one person stands in each domain, and why."""
        found = await self._json("GET", f"/v1/projects/{project_id}/calibration/{person_id}")
        return [Standing.model_validate(one) for one in found]

    async def my_standings(self, project_id: str) -> list[Standing]:
        found = await self._json("GET", f"/v1/projects/{project_id}/my-calibration")
        return [Standing.model_validate(one) for one in found]

    async def decide_calibration(self, project_id: str, body: CalibrationDecisionBody) -> Receipt:
        return await self._post(f"/v1/projects/{project_id}/calibration/decisions", body, Receipt)

    async def draw_recheck(self, project_id: str, body: RecheckBody) -> Recheck:
        return await self._post(f"/v1/projects/{project_id}/rechecks", body, Recheck)

    async def rechecks(self, project_id: str) -> list[Recheck]:
        found = await self._json("GET", f"/v1/projects/{project_id}/rechecks")
        return [Recheck.model_validate(one) for one in found]

    async def import_lines(
        self, project_id: str, lines: AsyncIterator[bytes], format_name: str | None = None, first_line: int = 1
    ) -> ImportReport:
        """Send JSON lines as a stream. `first_line` is the number of the first one in its file."""
        query = {"first_line": str(first_line)} | ({"format": format_name} if format_name else {})
        response = await self._request(
            "POST",
            f"/v1/projects/{project_id}/import",
            params=query,
            content=lines,
            headers={"Content-Type": NDJSON},
            timeout=None,
        )
        return ImportReport.model_validate_json(response.content)

    @asynccontextmanager
    async def export(self, project_id: str, order: ExportOrder) -> AsyncIterator["ExportStream"]:
        """Stream an export. Its manifest can be read once the last byte has come."""
        request = self._http.build_request(
            "POST", f"/v1/projects/{project_id}/exports", json=order.model_dump(mode="json"), timeout=None
        )
        try:
            response = await self._http.send(request, stream=True)
        except httpx.HTTPError as error:
            raise ServerGone(f"{self.server} cannot be reached: {type(error).__name__}") from error
        try:
            if response.is_error:
                await response.aread()
                raise problem_of(response)
            yield ExportStream(self, project_id, response)
        finally:
            await response.aclose()

    async def manifest(self, project_id: str, export_id: str) -> Manifest:
        return await self._get(f"/v1/projects/{project_id}/exports/{export_id}/manifest", Manifest)

    async def _get(self, path: str, model: type[M], query: Mapping[str, Any] | None = None) -> M:
        response = await self._request("GET", path, params=query)
        return _read(model, response)

    async def _measured(self, path: str, model: type[M], query: Mapping[str, Any]) -> M:
        """The same for what takes the server a while over a million labels."""
        return _read(model, await self._request("GET", path, params=query, timeout=None))

    async def _json(self, method: str, path: str, body: BaseModel | None = None) -> Any:
        if body is None:
            return (await self._request(method, path)).json()
        headers = {"Content-Type": "application/json"}
        return (await self._request(method, path, headers=headers, content=body.model_dump_json().encode())).json()

    async def _post(self, path: str, body: BaseModel | None, model: type[M], key: str | None = None) -> M:
        return await self._send("POST", path, body, model, key)

    async def _send(self, method: str, path: str, body: BaseModel | None, model: type[M], key: str | None = None) -> M:
        headers = {} if key is None else {"Idempotency-Key": key}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = body.model_dump_json().encode()
        return _read(model, await self._request(method, path, headers=headers, content=content))

    async def _request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        try:
            response = await self._http.request(method, path, **arguments)
        except httpx.HTTPError as error:
            raise ServerGone(f"{self.server} cannot be reached: {type(error).__name__}") from error
        if response.is_error:
            raise problem_of(response)
        return response


class ExportStream:
    """The bytes of an export as they come, then its manifest."""

    def __init__(self, client: Client, project_id: str, response: httpx.Response) -> None:
        self._client, self._project_id, self._response = client, project_id, response

    async def bytes(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.aiter_bytes():
                yield chunk
        except httpx.HTTPError as error:
            raise ServerGone(f"the export broke off: {type(error).__name__}") from error

    async def manifest(self) -> Manifest:
        return await self._client.manifest(self._project_id, self._response.headers["Cotlab-Export"])


def _read(model: type[M], response: httpx.Response) -> M:
    try:
        return model.model_validate_json(response.content)
    except ValidationError as error:
        version = response.headers.get("Cotlab-Version", "unknown")
        raise ApiError(
            response.status_code, "other-version",
            f"the server (cotlab {version}) answered what cotlab {__version__} does not know", {},
        ) from error  # fmt: skip


class Credentials(BaseModel):
    """Where a person is signed in."""

    server: str
    token: str


def load_credentials(path: Path) -> Credentials | None:
    """Read a credentials file; None where there is none. Raises BadInput where others can read it."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return None
    if mode & 0o077:
        raise BadInput(f"{path}: others can read this file; run chmod 600 on it, or sign in anew")
    try:
        return Credentials.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise BadInput(f"{path}: this is no file that sign-in wrote") from error


def save_credentials(path: Path, credentials: Credentials) -> None:
    """Write a file that its owner alone can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = path.with_suffix(".part")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(credentials.model_dump(), file)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
