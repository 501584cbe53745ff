"""Any endpoint that speaks as OpenAI's chat completions do: vLLM, llama.cpp's server, `transformers serve`."""

from cotlab.domain.drafts.requests import NewModel
from cotlab.domain.errors import BadInput
from cotlab.drafting.driver import Driver, DriverKind, Surroundings
from cotlab.drafting.endpoint import check_place, host_of, is_loopback


def check(model: NewModel, surroundings: Surroundings) -> None:
    if model.place is None:
        raise BadInput("place: the driver openai takes the address of an endpoint, such as http://127.0.0.1:8000/v1")
    if model.options.key_env and model.options.key_file:
        raise BadInput("options: a key comes from the environment or from a file, not from both")
    check_place(model.place, model.options, surroundings.hosts)


def open_endpoint(model: NewModel, _: Surroundings) -> Driver:
    from cotlab.drafting.chat import Endpoint

    return Endpoint(model)


def leaves(model: NewModel) -> bool:
    return not is_loopback(host_of(str(model.place)))


KIND: DriverKind = DriverKind("openai", check, open_endpoint, leaves, outside=True)
