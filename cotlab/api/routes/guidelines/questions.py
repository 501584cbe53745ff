"""Questions to the lead: asked by who labels, answered by who leads."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from cotlab.api.access import LABELLER, LEAD, SIGNED_IN
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, listed, reply
from cotlab.api.requests import StrictRequest
from cotlab.api.writes import write_in_project, write_mine
from cotlab.domain.guidelines.questions import AnswerBody, QuestionBody, QuestionView
from cotlab.domain.work.views import Receipt
from cotlab.services.guidelines import questions
from cotlab.services.work import step_questions


@post("/assignments/{assignment_id:str}/questions", access=SIGNED_IN, status_code=200, responses=answers(Receipt))
async def ask_about_work(
    request: StrictRequest, assignment_id: FromPath[str], data: JSONBody[QuestionBody]
) -> Response[Any]:
    """Ask about my open trace, or a step of it that was shown."""
    return await write_mine(
        request, assignment_id, data, lambda db, person: step_questions.ask_about_work(db, person, assignment_id, data)
    )


@post("/projects/{project_id:str}/questions", access=LABELLER, status_code=200, responses=answers(Receipt))
async def ask(request: StrictRequest, project_id: FromPath[str], data: JSONBody[QuestionBody]) -> Response[Any]:
    """Ask about the guideline."""
    return await write_in_project(
        request, project_id, data, lambda db, person: questions.ask(db, person, project_id, data)
    )


@get("/projects/{project_id:str}/my-questions", access=LABELLER, responses=answers(list[QuestionView]))
async def my_questions(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    person, store = person_of(request), server_of(request).store
    return listed(await store.read_async(lambda db: questions.mine(db, person, project_id)))


@get("/projects/{project_id:str}/questions", access=LEAD, responses=answers(list[QuestionView]))
async def list_questions(
    request: StrictRequest,
    project_id: FromPath[str],
    only_open: Annotated[bool, QueryParameter(name="open")] = False,
) -> Response[Any]:
    store = server_of(request).store
    return listed(await store.read_async(lambda db: questions.asked(db, project_id, only_open)))


@post(
    "/projects/{project_id:str}/questions/{question_id:str}/answer", access=LEAD, status_code=200,
    responses=answers(Receipt),
)  # fmt: skip
async def answer(
    request: StrictRequest, project_id: FromPath[str], question_id: FromPath[str], data: JSONBody[AnswerBody]
) -> Response[Any]:
    """Answer a question by a rule of the guideline, its default, or that nothing changes."""
    by, store = person_of(request).id, server_of(request).store
    return reply(
        await store.write_async(project_id, lambda db: questions.answer(db, by, project_id, question_id, data))
    )


ROUTES = (ask_about_work, ask, my_questions, list_questions, answer)
