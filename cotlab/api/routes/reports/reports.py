"""Reports on people's labels, and alarms about them, for a project's lead."""

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from pydantic import BaseModel

from cotlab.api.access import LEAD
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, listed, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.evaluations.anchoring import AnchoringReport
from cotlab.domain.evaluations.draft_quality import DraftQualityReport
from cotlab.domain.reports.generators import GeneratorReport
from cotlab.domain.reports.pairs import ComparingReport, RankedBy, RankingReport
from cotlab.domain.reports.people import (
    AccuracyReport,
    Against,
    Alarm,
    AlarmDecisionBody,
    GroupDrift,
    PaceReport,
    SessionsReport,
)
from cotlab.domain.reports.selection import SelectionReport
from cotlab.domain.work.views import Receipt
from cotlab.services.calibration import alarm_decisions, alarms, group_drift
from cotlab.services.evaluations import anchoring, draft_quality
from cotlab.services.reports import accuracy, generators, pace, pair_choices, random_share, ranking, sessions
from cotlab.storage.engine.database import Reading

M = TypeVar("M", bound=BaseModel)
Whom = Annotated[str | None, QueryParameter(name="person", max_length=200)]
Domain = Annotated[str | None, QueryParameter(name="domain", max_length=200)]
AsOf = Annotated[int | None, QueryParameter(name="as_of", ge=0, lt=2**53)]


async def _measured(request: StrictRequest, read: Callable[[Reading], M]) -> Response[Any]:
    """What takes a while over many labels, beside the requests that do not."""
    return reply(await asyncio.to_thread(server_of(request).store.read, read))


@get("/projects/{project_id:str}/reports/accuracy", access=LEAD, responses=answers(AccuracyReport))
async def accuracy_report(
    request: StrictRequest,
    project_id: FromPath[str],
    against: Annotated[Against, QueryParameter(name="against")] = Against.GOLD,
    by: Annotated[str | None, QueryParameter(name="by", max_length=200)] = None,
    person: Whom = None,
) -> Response[Any]:
    """How often labels are right, against gold or what others have settled; names in `by` are parted by commas."""
    names = accuracy.names_of(by)
    return await _measured(request, lambda db: accuracy.report(db, project_id, against, names, person))


@get("/projects/{project_id:str}/reports/sessions", access=LEAD, responses=answers(SessionsReport))
async def sessions_report(request: StrictRequest, project_id: FromPath[str], person: Whom = None) -> Response[Any]:
    """Sessions of work, and accuracy on gold by how far into one and after how many labels."""
    return await _measured(request, lambda db: sessions.report(db, project_id, person))


@get("/projects/{project_id:str}/reports/pace", access=LEAD, responses=answers(PaceReport))
async def pace_report(request: StrictRequest, project_id: FromPath[str], person: Whom = None) -> Response[Any]:
    """How long labels take by the words of a step, fastest runs, and accuracy on gold by pace."""
    return await _measured(request, lambda db: pace.report(db, project_id, person))


@get("/projects/{project_id:str}/reports/drift", access=LEAD, responses=answers(GroupDrift))
async def drift_report(
    request: StrictRequest,
    project_id: FromPath[str],
    domain: Domain = None,
    steps: Annotated[int, QueryParameter(name="steps", ge=10, le=100_000)] = group_drift.STEPS,
    days: Annotated[int | None, QueryParameter(name="days", ge=1, le=1_000)] = None,
    first: Annotated[int, QueryParameter(name="first", ge=1, le=100)] = 1,
) -> Response[Any]:
    """Accuracy of all people on gold by time, in windows of gold steps or of days, against the first windows."""
    windows = group_drift.Windows(steps, days, first)
    return await _measured(request, lambda db: group_drift.report(db, project_id, windows, domain))


@get("/projects/{project_id:str}/reports/selection", access=LEAD, responses=answers(SelectionReport))
async def selection_report(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """How traces were handed out, and shares of labels that hold for all traces of the queue."""
    return await _measured(request, lambda db: random_share.report(db, project_id))


@get("/projects/{project_id:str}/reports/comparing", access=LEAD, responses=answers(ComparingReport))
async def comparing_report(
    request: StrictRequest, project_id: FromPath[str], person: Whom = None, domain: Domain = None, as_of: AsOf = None
) -> Response[Any]:
    """How people compare pairs: by position, by length, again with the sides swapped, by criteria."""
    return await _measured(request, lambda db: pair_choices.report(db, project_id, person, domain, as_of))


@get("/projects/{project_id:str}/reports/ranking", access=LEAD, responses=answers(RankingReport))
async def ranking_report(
    request: StrictRequest,
    project_id: FromPath[str],
    by: Annotated[RankedBy, QueryParameter(name="by")] = RankedBy.CHOICES,
    domain: Domain = None,
    as_of: AsOf = None,
) -> Response[Any]:
    """Generators ranked by the Bradley-Terry model, by each choice that counts or by what pairs are settled on."""
    return await _measured(request, lambda db: ranking.report(db, project_id, by, domain, as_of))


@get("/projects/{project_id:str}/reports/drafts", access=LEAD, responses=answers(DraftQualityReport))
async def drafts_report(request: StrictRequest, project_id: FromPath[str], as_of: AsOf = None) -> Response[Any]:
    """How good the opinions of models are, and whether they are better than what is guessed without reading."""
    return await _measured(request, lambda db: draft_quality.report(db, project_id, as_of))


@get("/projects/{project_id:str}/reports/generators", access=LEAD, responses=answers(GeneratorReport))
async def generator_report(request: StrictRequest, project_id: FromPath[str], as_of: AsOf = None) -> Response[Any]:
    """What each generator writes beside what people write, and where it differs."""
    return await _measured(request, lambda db: generators.report(db, project_id, as_of))


@get("/projects/{project_id:str}/reports/anchoring", access=LEAD, responses=answers(AnchoringReport))
async def anchoring_report(
    request: StrictRequest,
    project_id: FromPath[str],
    task: Annotated[Literal["steps", "pairs"], QueryParameter(name="task")] = "steps",
    as_of: AsOf = None,
) -> Response[Any]:
    """Whether people take over the drafts that they see, against the random arm that sees none."""
    return await _measured(request, lambda db: anchoring.report(db, project_id, task, as_of))


@get("/projects/{project_id:str}/reports/alarms", access=LEAD, responses=answers(list[Alarm]))
async def list_alarms(
    request: StrictRequest,
    project_id: FromPath[str],
    only_open: Annotated[bool, QueryParameter(name="open")] = False,
) -> Response[Any]:
    """Alarms of drift, of pace and of position, the newest first."""
    store = server_of(request).store
    return listed(await store.read_async(lambda db: alarms.alarms(db, project_id, only_open)))


@post(
    "/projects/{project_id:str}/alarms/{alarm_id:str}/decision", access=LEAD, status_code=200,
    responses=answers(Receipt),
)  # fmt: skip
async def decide(
    request: StrictRequest, project_id: FromPath[str], alarm_id: FromPath[str], data: JSONBody[AlarmDecisionBody]
) -> Response[Any]:
    """Decide about an alarm of pace or of position, with the reason; nothing else follows from it."""
    by, store = person_of(request).id, server_of(request).store
    decided = await store.write_async(
        project_id, lambda db: alarm_decisions.decide(db, by, project_id, alarm_id, data)
    )  # fmt: skip
    return reply(decided)


ROUTES = (
    accuracy_report,
    sessions_report,
    pace_report,
    drift_report,
    selection_report,
    comparing_report,
    ranking_report,
    drafts_report,
    generator_report,
    anchoring_report,
    list_alarms,
    decide,
)
