"""Exports over HTTP: a file at a time, all by one manifest, through the client and without it."""

import json
from typing import Any

import httpx
import pytest

from cotlab.client import Client, ServerGone
from cotlab.domain.datasets.exports import ExportOrder, LabelChoice
from cotlab.domain.datasets.splits import Benchmark
from tests.api.conftest import Site, site_over
from tests.services.datasets.splitting import labelled_project, splits, told
from tests.support import Clock

ORDER = {
    "format": "trl-stepwise", "labels": "settled", "mapping": "correctness", "paired": True,
    "splits": {"shares": [{"name": "train", "share": 0.75}, {"name": "test", "share": 0.25}]},
}  # fmt: skip
EXPORTS = "/v1/projects/{project}/exports"


@pytest.fixture
def split_site(store: Any) -> Site:
    return site_over(labelled_project(store, Clock()))


async def test_each_file_is_a_download_of_its_own_under_the_same_manifest(split_site: Site) -> None:
    seen, as_of = {}, None
    for split in ("train", "test"):
        for outcome in (False, True):
            body = ORDER | {"split": split, "outcome": outcome, "as_of": as_of}
            sent = await split_site.call("exp", "POST", EXPORTS, body)
            assert sent.status_code == 200, sent.text
            export_id = sent.headers["Cotlab-Export"]
            manifest = await split_site.done("exp", "GET", f"{EXPORTS}/{export_id}/manifest")
            as_of = manifest["as_of"]
            (told_,) = [one for one in manifest["files"] if one["path"] == sent.headers["Cotlab-File"]]
            assert len(sent.content) == told_["bytes"] and len(sent.content.splitlines()) == told_["rows"]
            seen[told_["path"]] = {name: value for name, value in manifest.items() if name != "made_at"}
    assert [*seen] == ["train.jsonl", "train.outcome-reward.jsonl", "test.jsonl", "test.outcome-reward.jsonl"]
    assert len({json.dumps(one) for one in seen.values()}) == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, "split: say which split is to be sent; there is train, test"),
        ({"split": "dev"}, "split: "),
        ({"splits": {"shares": [{"name": "train", "share": 0.9}]}}, "sum to 0.9, and must sum to 1"),
        ({"splits": {"by": "colour"}}, "splits.by"),
        ({"where": [{"facet": "colour", "value": "red"}]}, "where.0.facet"),
        ({"against": [{"name": "x", "sha256": "0", "problems": ["a"]}]}, "against.0.sha256"),
        ({"format": "outcome-reward", "mapping": None}, "paired: the format outcome-reward"),
    ],
)
async def test_a_wrong_order_is_refused_before_anything_is_sent(
    split_site: Site, change: dict[str, Any], says: str
) -> None:
    reply = await split_site.call("exp", "POST", EXPORTS, ORDER | change)
    assert reply.status_code == 422 and says in reply.text


def client_of(site: Site, app: Any) -> Client:
    return Client("http://server", site.world.tokens["exp"], transport=httpx.ASGITransport(app), allow_plain_http=True)


async def test_the_client_reads_all_files_as_of_one_sequence(split_site: Site) -> None:
    benchmark = Benchmark(name="known.jsonl", sha256="0" * 64, problems=(told(3),))
    order = ExportOrder(format="native", labels=LabelChoice.SETTLED, splits=splits(), against=(benchmark,))
    content: dict[str, bytes] = {}
    project = split_site.world.project
    async with client_of(split_site, split_site.app) as client, client.export_files(project, order) as stream:
        async for path, piece in stream.pieces():
            content[path] = content.get(path, b"") + piece
        manifest = await stream.manifest()
    assert {path: len(one) for path, one in content.items()} == {file.path: file.bytes for file in manifest.files}
    assert manifest.rows == 22 and manifest.benchmarks[0].left_out == 2


async def test_the_client_tells_where_a_file_is_not_what_was_counted(
    split_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = ExportOrder(format="native", labels=LabelChoice.SETTLED, splits=splits())
    async with client_of(split_site, split_site.app) as client:
        whole = client.manifest

        async def changed(project_id: str, export_id: str) -> Any:
            manifest = await whole(project_id, export_id)
            files = tuple(file.model_copy(update={"sha256": "0" * 64}) for file in manifest.files)
            return manifest.model_copy(update={"files": files})

        monkeypatch.setattr(client, "manifest", changed)
        async with client.export_files(split_site.world.project, order) as stream:
            with pytest.raises(ServerGone, match="not what the server sent"):
                async for _ in stream.pieces():
                    pass
