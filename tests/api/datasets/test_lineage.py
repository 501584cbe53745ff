"""Releases and lineage over HTTP and through the client: what each reader is told."""

from typing import Any

import httpx

from cotlab.client import Client
from cotlab.domain.datasets.exports import ExportOrder, LabelChoice
from tests.api.conftest import Site
from tests.services.calibration import doubting


def client_of(site: Site, who: str) -> Client:
    app: Any = site.app
    return Client("http://server", site.world.tokens[who], transport=httpx.ASGITransport(app), allow_plain_http=True)


async def test_a_release_is_made_compared_and_traced_through_the_client(site: Site) -> None:
    site.world.set_policy(overlap=1)
    project = site.world.project
    async with client_of(site, "exp") as client:
        for name in ("v1", "v2"):
            site.world.expert("ann").label_all()
            order = ExportOrder(format="native", labels=LabelChoice.SETTLED, release=name)
            async with client.export(project, order) as stream:
                lines = [line async for line in stream.lines()]
                assert (await stream.manifest()).release == name
        one, two = await client.releases(project)
        assert (one.name, two.name, two.rows) == ("v1", "v2", 2)
        shown = await client.release(project, two.id)
        assert shown.release == two and shown.manifest.sha256 == two.sha256
        found = await client.release_diff(project, "v1", "v2", most=0)
        assert (found.added, found.unchanged, found.rows, found.more) == ({"new_label": 1}, 1, (), True)
        row_id = next(part for part in lines[0].decode().split('"') if part.endswith(".settled"))
        history = await client.lineage(project, row_id, thorough=True)
        assert [event.release for event in history.events if event.release][-1] == "v2"


async def test_a_name_that_is_taken_is_refused_before_anything_is_sent(site: Site) -> None:
    site.world.set_policy(overlap=1)
    site.world.expert("ann").label_all()
    order = {"format": "native", "labels": "settled", "release": "v1"}
    assert (await site.call("exp", "POST", "/v1/projects/{project}/exports", order)).status_code == 200
    refused = await site.call("exp", "POST", "/v1/projects/{project}/exports", order | {"labels": "each"})
    assert refused.status_code == 409 and "There is a release v1 already" in refused.json()["detail"]
    bad = await site.call("exp", "POST", "/v1/projects/{project}/exports", order | {"release": "a b"})
    assert bad.status_code == 422 and "release" in bad.json()["detail"]


async def test_exporters_are_not_told_what_is_gold(site: Site) -> None:
    doubting.prepare(site.world)
    doubting.qualify(site.world, "ann")
    path = "/v1/projects/{project}/lineage?id=g1"
    for who, gold in (("lea", True), ("exp", False)):
        reply = await site.call(who, "GET", path)
        assert reply.status_code == 200 and (b"gold" in reply.content) == gold, who
        assert (b"calibration" in reply.content) == gold
    assert (await site.call("ann", "GET", path)).status_code == 403
