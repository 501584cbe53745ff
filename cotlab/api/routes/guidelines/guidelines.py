"""Guideline versions: published, in force, what they change, and who has read them.

What takes long runs in a thread, and a text is read only for who may publish it.
"""

import asyncio
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody

from cotlab.api.access import LABELLER, LEAD, MEMBER, SIGNED_IN
from cotlab.api.context import person_of, server_of
from cotlab.api.replies import answers, listed, reply
from cotlab.api.requests import StrictRequest
from cotlab.domain.guidelines.publishing import GuidelineList, Impact, ImpactBody, PublishBody, Published, StaleCounts
from cotlab.domain.work.views import AcknowledgeBody, GuidelineChanges, GuidelineView, Receipt
from cotlab.services.guidelines import publishing, staleness, versions
from cotlab.storage.engine.database import SERVER


@get("/guidelines", access=SIGNED_IN, responses=answers(GuidelineList))
async def list_guidelines(request: StrictRequest) -> Response[Any]:
    person, store = person_of(request), server_of(request).store
    return reply(await asyncio.to_thread(store.read, lambda db: versions.listed(db, person)))


@get("/guidelines/{version_id:str}", access=SIGNED_IN, responses=answers(GuidelineView))
async def show_guideline(request: StrictRequest, version_id: FromPath[str]) -> Response[Any]:
    """A version that was put in force in a project of mine; any for an admin."""
    person, store = person_of(request), server_of(request).store
    return reply(await store.read_async(lambda db: versions.shown(db, person, version_id)))


@post("/guidelines", access=SIGNED_IN, status_code=200, responses=answers(Published))
async def publish(request: StrictRequest, data: JSONBody[PublishBody]) -> Response[Any]:
    """Publish a version in projects that the caller leads."""
    person, store = person_of(request), server_of(request).store
    ids = await store.read_async(lambda db: publishing.led_projects(db, person, data.projects))
    checked = await asyncio.to_thread(publishing.checked, data.text, data.file_name)
    published = await store.write_async(
        [SERVER, *ids], lambda db: publishing.publish(db, person.id, checked, ids, data.domain)
    )
    return reply(await asyncio.to_thread(store.read, lambda db: publishing.with_stale(db, published, ids)))


@post("/guidelines/impact", access=SIGNED_IN, status_code=200, responses=answers(list[Impact]))
async def impact(request: StrictRequest, data: JSONBody[ImpactBody]) -> Response[Any]:
    """What publishing would do, in projects that the caller leads; nothing is changed."""
    person, store = person_of(request), server_of(request).store
    await store.read_async(lambda db: publishing.led_projects(db, person, data.projects))
    checked = await asyncio.to_thread(publishing.checked, data.text, data.file_name)
    return listed(await asyncio.to_thread(store.read, lambda db: publishing.impact(db, person, checked, data)))


@get("/projects/{project_id:str}/guideline", access=MEMBER, responses=answers(GuidelineView))
async def guideline(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    return reply(await server_of(request).store.read_async(lambda db: versions.in_force_view(db, project_id)))


@get("/projects/{project_id:str}/guidelines/{version_id:str}/changes", access=LABELLER,
     responses=answers(GuidelineChanges))  # fmt: skip
async def changes(request: StrictRequest, project_id: FromPath[str], version_id: FromPath[str]) -> Response[Any]:
    """What changed, for me, since the version that I acknowledged last."""
    person, store = person_of(request), server_of(request).store
    return reply(await store.read_async(lambda db: versions.changes(db, person, project_id, version_id)))


@post("/projects/{project_id:str}/acknowledgements", access=LABELLER, status_code=200, responses=answers(Receipt))
async def acknowledge(
    request: StrictRequest, project_id: FromPath[str], data: JSONBody[AcknowledgeBody]
) -> Response[Any]:
    """Said again it answers the same receipt, so that it needs no key."""
    person, store = person_of(request), server_of(request).store
    version_id = data.guideline_version_id
    return reply(
        await store.write_async(project_id, lambda db: versions.acknowledge(db, person, project_id, version_id))
    )


@get("/projects/{project_id:str}/stale", access=LEAD, responses=answers(StaleCounts))
async def stale(request: StrictRequest, project_id: FromPath[str]) -> Response[Any]:
    """The labels that a guideline version asks for anew, and that nobody has given yet."""
    store = server_of(request).store
    return reply(
        await asyncio.to_thread(store.read, lambda db: staleness.counts(db, staleness.stale_in(db, project_id)))
    )


ROUTES = (
    list_guidelines, show_guideline, publish, impact, guideline, changes, acknowledge, stale,
)  # fmt: skip
