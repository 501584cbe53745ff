"""Gold by HTTP: imported with broken lines named, listed, promoted, corrected, retired; nobody else sees any of it."""

from typing import Any

import pytest

from tests.api.conftest import Site
from tests.services.gold.test_gold import gold_trace, item_of, line

GOLD = "/v1/projects/{project}/gold"
NDJSON = {"Content-Type": "application/x-ndjson"}


async def bring(site: Site, content: bytes, query: str = "") -> Any:
    return await site.done("lea", "POST", f"{GOLD}/import{query}", content=content, headers=NDJSON)


async def test_gold_from_the_import_to_its_end(site: Site) -> None:
    content = b"\n".join([line(gold_trace("g", ("1", "-1"))), b"{", line(gold_trace("h", ("1", "?")))])
    report = await bring(site, content, "?map=1%3Dcorrect,-1%3Dincorrect&first_line=11&source=experts&format=native")
    assert {name: report[name] for name in ("format", "lines", "items", "steps", "duplicates")} == {
        "format": "native", "lines": 3, "items": 1, "steps": 2, "duplicates": 0,
    }  # fmt: skip
    assert [(one["line"], one["field"]) for one in report["broken"]] == [(12, ""), (13, "steps.1")]
    listed = await site.done("lea", "GET", GOLD)
    assert listed["total"] == 1 and listed["next_cursor"] is None
    (item,) = listed["items"]
    assert (item["exposure"], item["missed"], item["calibration"], item["origin"]) == (0, 0, False, "imported")
    body = {"position": 2, "label": "incomplete", "justification": "a part is missing"}
    await site.done("lea", "POST", f"{GOLD}/{item['item_id']}/corrections", body)
    (item,) = (await site.done("lea", "GET", f"{GOLD}?domain=mathematics"))["items"]
    assert item["steps"][1] == {
        "position": 2, "text": "g, step 2", "label": "incomplete", "justification": "a part is missing", "number": 2,
        "guideline_version": "step-correctness 1.0", "stale": False,
    }  # fmt: skip
    await site.done("lea", "POST", f"{GOLD}/{item['item_id']}/retire", {"reason": "ambiguous"})
    assert (await site.done("lea", "GET", GOLD))["items"] == []
    again = await site.call("lea", "POST", f"{GOLD}/{item['item_id']}/retire", {"reason": "ambiguous"})
    assert (again.status_code, again.json()["slug"]) == (409, "conflict")


async def test_promotion_and_suggestions(site: Site) -> None:
    for name in ("ann", "bob"):
        for _ in range(3):
            site.world.expert(name).label_all()
    found = await site.done("lea", "GET", f"{GOLD}/suggestions?most=2")
    assert len(found["candidates"]) == 2 and found["labels_missing"] == ["redundant", "incorrect", "incomplete"]
    item = item_of(site.world, "a")
    refused = await site.call("lea", "POST", GOLD, {"item_id": item})
    assert refused.status_code == 422 and "at step 1, 2, 3" in refused.json()["detail"]
    body = {"item_id": item, "justifications": {"1": "so", "2": "so", "3": "so"}}
    await site.done("lea", "POST", GOLD, body)
    found = await site.done("lea", "GET", f"{GOLD}/suggestions?domain=mathematics")
    assert len(found["candidates"]) == 2 and item not in {one["item_id"] for one in found["candidates"]}
    assert (await site.done("lea", "GET", f"{GOLD}/suggestions?domain=law"))["candidates"] == []


@pytest.mark.parametrize(
    ("content", "media_type", "query", "expected"),
    [
        (b"", "application/x-ndjson", "", 422), (b"{}", "application/json", "", 415),
        (b"{}", "application/x-ndjson", "?format=none", 422), (b"{}", "application/x-ndjson", "?map=x", 422),
        (b"[1]", "application/x-ndjson", "?format=native", 200),
        (b'{"justifications":[' * 3000, "application/x-ndjson", "?format=native", 200),
        (b"\xef\xbb\xbf" + line(gold_trace("g"), justifications=["\ud800"]), "application/x-ndjson", "", 200),
    ],
)  # fmt: skip
async def test_bad_imports(site: Site, content: bytes, media_type: str, query: str, expected: int) -> None:
    headers = {"Content-Type": media_type}
    response = await site.call("lea", "POST", f"{GOLD}/import{query}", content=content, headers=headers)
    assert response.status_code == expected, response.text[:300]
    assert expected != 200 or (response.json()["items"] == 0 and len(response.json()["broken"]) == 1)
    assert (await site.done("lea", "GET", GOLD))["total"] == 0
