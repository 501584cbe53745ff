"""Projects over HTTP, through the client."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from cotlab.api.app import create_app
from cotlab.client import ApiError, Client
from cotlab.domain.projects.archives import ArchiveOrder
from cotlab.services.people import accounts
from cotlab.storage import SERVER, Db
from tests.api.conftest import Site
from tests.services.projects import moving
from tests.support import SIGNER, Clock


def over(app: Any) -> httpx.ASGITransport:
    return httpx.ASGITransport(app)


async def sent(content: bytes, piece: int = 5_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), piece):
        yield content[start : start + piece]


async def downloaded(client: Client, project: str, order: ArchiveOrder) -> bytes:
    async with client.project_archive(project, order) as stream:
        content = b"".join([piece async for piece in stream.bytes()])
        assert len(content) == stream.size
    return content


async def test_a_project_moves_between_servers(site: Site, make_database: Callable[[], str], clock: Clock) -> None:
    world = site.world
    moving.known_key(world.store, SIGNER)
    world.expert("ann").label_all()
    transport = over(site.app)
    async with Client("http://localhost", world.tokens["lea"], transport=transport) as client:
        content = await downloaded(client, world.project, ArchiveOrder())
        nameless = await downloaded(client, world.project, ArchiveOrder(pseudonyms=True))
    assert content == moving.out(world.store, world.project) and b'"bob"' in content
    assert nameless == moving.out(world.store, world.project, named=False) and b'"bob"' not in nameless
    assert world.kinds(SERVER)[-2:] == ["project.exported"] * 2
    with moving.another(make_database(), clock) as there:
        by = moving.host(there)

        def admin(db: Db) -> str:
            accounts.add_person(db, by, "boss", admin=True)
            return accounts.issue_token(db, by, "boss", "test", 1).token

        token = there.write(SERVER, admin)
        app = create_app(there)
        app.state.server.refusals.clock = clock
        async with Client("http://localhost", token, transport=over(app)) as client:
            with pytest.raises(ApiError, match="it is cut off at") as refused:
                await client.take_project_in(sent(content[:-600]))
            assert refused.value.status == 422
            report = await client.take_project_in(sent(content))
            assert report.project_id == world.project
            with pytest.raises(ApiError, match="is here already") as refused:
                await client.take_project_in(sent(content))
            assert (refused.value.status, refused.value.slug) == (409, "already-exists")
            assert await downloaded(client, world.project, ArchiveOrder()) == content


async def test_the_content_type_is_that_of_an_archive(site: Site) -> None:
    response = await site.call("root", "POST", "/v1/archives", content=b"x", headers={"Content-Type": "text/plain"})
    assert response.status_code == 415
