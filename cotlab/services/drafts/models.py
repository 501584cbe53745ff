"""The models that a server knows, and what one of them can do."""

import json
import time
from collections.abc import Mapping

from cotlab.domain.drafts.requests import KnownModel, ModelCheck, ModelEntry, ModelOptions, NewModel
from cotlab.domain.errors import AlreadyExists, NotFound
from cotlab.domain.provenance import Message, Prompt, Sampling
from cotlab.domain.text import folded
from cotlab.drafting import driver_named, open_driver
from cotlab.drafting.driver import Driver, Surroundings
from cotlab.services.audit import event_data
from cotlab.storage.drafts import models as stored
from cotlab.storage.engine.chain import canonical
from cotlab.storage.engine.database import Db, Reading, Row

STEPS = 3
"""That a check has drafted."""
ASKED = (
    "A baker bakes 12 loaves an hour for 5 hours and sells 48 of them. How many loaves are left? Write only the first "
    "step of the solution, in one line."
)
JUDGED = "Is it true that 2 + 2 = 5? Answer with one letter. A: yes, B: no."


def add(
    db: Db, by: str, model: NewModel, surroundings: Surroundings, sha256: Mapping[str, str] | None = None
) -> KnownModel:
    """Make a model known, with the SHA-256 of its files by their names, as its driver's `fingerprint` gives them.

    Raises BadInput for one that may not be used here, and AlreadyExists for a name that is taken, or that another model
    drafted under.
    """
    driver_named(model.driver).check(model, surroundings)
    if any(folded(row["name"]) == folded(model.name) for row in stored.models(db)):
        raise AlreadyExists(f"There is a model named {model.name} already.")
    _refuse_other(db, model, dict(sha256 or {}))
    columns = {
        "id": db.new_id(), "name": model.name, "driver": model.driver, "place": model.place,
        "options": model.options.model_dump_json(), "sha256": canonical(dict(sha256 or {})),
        "actor_id": by,
    }  # fmt: skip
    appended = event_data.tell(db, event_data.MODEL, columns)
    stored.add(db, **columns, at=db.now, sequence=appended.sequence)
    return named(db, model.name)


def _refuse_other(db: Reading, model: NewModel, sha256: dict[str, str]) -> None:
    """Drafts are told apart by their model's name: what one was found to be worth is not to count for another."""
    for row in stored.that_drafted(db):
        earlier = _known(row)
        if folded(earlier.name) == folded(model.name) and not _same(earlier, model, sha256):
            raise AlreadyExists(
                f"Another model drafted under the name {earlier.name}; name this one otherwise, as {model.name}-2."
            )


def _same(earlier: KnownModel, model: NewModel, sha256: dict[str, str]) -> bool:
    """By the hashes of its files; an endpoint, of which there are none, by its address and what it calls the model."""
    called = (earlier.driver, earlier.options.model) == (model.driver, model.options.model)
    return called and earlier.sha256 == sha256 and (bool(sha256) or earlier.place == model.place)


def remove(db: Db, by: str, name: str) -> KnownModel:
    """Forget a model: nothing is asked of it any more; what it drafted stays. Raises NotFound."""
    found = named(db, name)
    appended = event_data.tell(db, event_data.MODEL_END, {"model_id": found.id, "actor_id": by})
    stored.remove(db, model_id=found.id, actor_id=by, at=db.now, sequence=appended.sequence)
    return found


def listed(db: Reading) -> list[KnownModel]:
    return [_known(row) for row in stored.models(db)]


def entries(db: Reading) -> list[ModelEntry]:
    """The models as leads may see them."""
    return [ModelEntry(name=row["name"], driver=row["driver"]) for row in stored.models(db)]


def named(db: Reading, name: str) -> KnownModel:
    """Raises NotFound."""
    for row in stored.models(db):
        if folded(row["name"]) == folded(name):
            return _known(row)
    raise NotFound(f"There is no model named {name}; cotlab model list says which there are.")


def known(db: Reading, model_id: str) -> KnownModel | None:
    """The model of that id, unless it was removed."""
    row = stored.model(db, model_id)
    return None if row is None else _known(row)


def _known(row: Row) -> KnownModel:
    return KnownModel(
        id=row["id"], name=row["name"], driver=row["driver"], place=row["place"],
        options=ModelOptions.model_validate_json(row["options"]), sha256=json.loads(row["sha256"]),
        added_at=row["at"], added_by=row["added_by"],
    )  # fmt: skip


def checked(model: NewModel, surroundings: Surroundings) -> ModelCheck:
    """Have a model draft three steps, and say what it can do. Raises BadInput and ModelFailed."""
    began = time.monotonic()
    driver = open_driver(model, surroundings)
    sampling = Sampling(max_tokens=100)
    prompts = [_prompt(ASKED, seed) for seed in range(1, STEPS + 1)]
    answers = list(driver.generate(prompts, sampling, lambda: False))
    tokens, seconds = [answer.tokens for answer in answers], sum(answer.seconds for answer in answers)
    counted = [one for one in tokens if one is not None]
    return ModelCheck(
        name=model.name, log_probabilities=_can_judge(driver),
        tokens_per_second=round(sum(counted) / seconds, 1) if len(counted) == len(tokens) and seconds > 0 else None,
        seconds=round(time.monotonic() - began, 2), peak_memory_mb=_peak_memory_mb(),
        steps=tuple(answer.text.strip() for answer in answers),
        provenance=driver.describe().of(prompts[-1], sampling, answers[-1]),
    )  # fmt: skip


def _prompt(text: str, seed: int) -> Prompt:
    said = (Message(role="system", content="You are concise."), Message(role="user", content=text))
    return Prompt(messages=said, seed=seed)


def _can_judge(driver: Driver) -> bool:
    return driver.option_log_probabilities(_prompt(JUDGED, 1), ("A", "B")) is not None


def _peak_memory_mb() -> float:
    """Of this process so far; what an endpoint takes is not known."""
    try:
        import resource
    except ImportError:
        return 0.0
    import sys

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(used / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)
