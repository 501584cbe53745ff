"""Models that draft: a driver a module. None imports a machine-learning library before it is opened."""

from cotlab.domain.drafts.requests import NewModel
from cotlab.domain.errors import BadInput
from cotlab.drafting import local, none, openai
from cotlab.drafting.driver import Driver, DriverKind, Surroundings

DRIVERS: tuple[DriverKind, ...] = (none.KIND, openai.KIND, local.KIND)


def driver_named(name: str) -> DriverKind:
    """The driver of that name. Raises BadInput."""
    for kind in DRIVERS:
        if kind.name == name:
            return kind
    raise BadInput(f"driver: there is no {name}; there are {', '.join(kind.name for kind in DRIVERS)}")


def open_driver(model: NewModel, surroundings: Surroundings) -> Driver:
    """Make a model ready. Raises BadInput for one that may not be used here, and ModelFailed for one that cannot."""
    kind = driver_named(model.driver)
    kind.check(model, surroundings)
    return kind.open(model, surroundings)


def fingerprint(model: NewModel, surroundings: Surroundings) -> dict[str, str]:
    """SHA-256 (hex) of a model's files by their names; reads them. Raises BadInput for what is no model here."""
    kind = driver_named(model.driver)
    kind.check(model, surroundings)
    return kind.fingerprint(model)
