"""No model: nothing is drafted."""

from collections.abc import Iterator, Sequence

from cotlab.domain.drafts.requests import NewModel
from cotlab.domain.errors import BadInput, ModelFailed
from cotlab.domain.provenance import Completion, Prompt, Provenance, Sampling
from cotlab.drafting.driver import Cancelled, Driver, DriverKind, Scores, Surroundings, never


class Nothing:
    """See the protocol Driver."""

    def generate(self, prompts: Sequence[Prompt], sampling: Sampling, cancelled: Cancelled) -> Iterator[Completion]:
        raise ModelFailed("The driver none drafts nothing; cotlab model add makes a model known.")

    def option_log_probabilities(
        self, prompt: Prompt, options: Sequence[str], cancelled: Cancelled = never
    ) -> Scores | None:
        return None

    def describe(self) -> Provenance:
        return Provenance(driver="none")


def check(model: NewModel, _: Surroundings) -> None:
    if model.place is not None:
        raise BadInput("place: the driver none takes none")


def open_nothing(_: NewModel, __: Surroundings) -> Driver:
    return Nothing()


KIND = DriverKind("none", check, open_nothing, leaves=lambda _: False)
