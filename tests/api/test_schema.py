"""The OpenAPI document against the application: schemathesis looks for answers that it does not describe."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from litestar import Litestar
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cotlab.api.app import create_app
from cotlab.storage import open_store
from tests.support import SIGNER, Clock, Ids
from tests.world import World, people_and_project, trace

EXAMPLES = 8
STATUSES = {"200", "400", "401", "403", "404", "409", "413", "415", "422", "429", "503"}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


class Bare:
    """No store: the document needs none."""


DOCUMENT: dict[str, Any] = create_app(Bare()).openapi_schema.to_schema()  # type: ignore[arg-type]
schema = schemathesis.openapi.from_dict(json.loads(json.dumps(DOCUMENT)))


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One application for all examples, with somebody who may do everything, and who has a trace open."""
    path = tmp_path_factory.mktemp("schema") / "cotlab.db"
    shutil.copyfile(sqlite_template, path)
    clock = Clock()
    store = open_store(path, signer=SIGNER, clock=clock, new_id=Ids())
    world = people_and_project(store, clock)
    world.add_traces(*(trace(f"{number}") for number in range(60)))
    yield world
    store.close()


@pytest.fixture(scope="module")
def own_app(served: World) -> Litestar:
    return create_app(served.store)


@schema.parametrize()
@settings(max_examples=EXAMPLES, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_document_describes(
    case: Any, served: World, own_app: Litestar
) -> None:  # fmt: skip
    path = case.operation.path
    who = (
        "ann" if path.startswith("/v1/assignments") or path.endswith(("claim", "my-labels", "my-questions")) else "root"
    )
    if "project_id" in (case.path_parameters or {}) and not path.endswith("close"):
        case.path_parameters["project_id"] = served.project
    if "assignment_id" in (case.path_parameters or {}):
        case.path_parameters["assignment_id"] = served.expert("ann").take().id
    case.call_and_validate(app=own_app, headers={"Authorization": f"Bearer {served.tokens[who]}"}, checks=CHECKS)


def test_a_model_takes_no_field_that_it_does_not_name() -> None:
    for name, model in DOCUMENT["components"]["schemas"].items():
        if "properties" in model and name != "ProblemBody":
            assert model["additionalProperties"] is False, name


@pytest.mark.parametrize(
    ("model", "field", "expected"),
    [
        ("LabelBody", "position", {"minimum": 1}),
        ("LabelBody", "label", {"pattern": r"^\S(.*\S)?$", "maxLength": 200}),
        ("LabelBody", "elapsed_ms", {"maximum": 86_400_000, "minimum": 0}),
        ("LabelBody", "citations", {"maxItems": 20}),
        ("LabelBody", "replaces", {"pattern": r"^\S(.*\S)?$"}),
        ("AlternativeBody", "steps", {"minItems": 1, "maxItems": 20}),
        ("Policy", "overlap", {"minimum": 1, "maximum": 20}),
        ("EndingBody", "ending", {"enum": ["bad_problem", "give_up"]}),
    ],
)
def test_bounds_are_in_the_document(model: str, field: str, expected: dict[str, Any]) -> None:
    found = DOCUMENT["components"]["schemas"][model]["properties"][field]
    for each in found.pop("anyOf", []):
        found = {**each, **found} if each != {"type": "null"} else found
    assert expected.items() <= found.items()


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for methods in DOCUMENT["paths"].values() for operation in methods.values()]
    assert {"work_claim", "exchange_export", "writing_claim"} < set(names)
    assert len(set(names)) == len(names) and all(re.fullmatch(r"[a-z]+(_[a-z]+)+", name) for name in names)


def test_every_reference_is_there_and_every_operation_says_what_it_answers() -> None:
    text = json.dumps(DOCUMENT)
    for name in DOCUMENT["components"]["schemas"]:
        assert f"#/components/schemas/{name}" in text
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            assert set(operation["responses"]) >= STATUSES, (method, path)
