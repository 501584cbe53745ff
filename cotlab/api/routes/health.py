"""Whether the server answers, for those who watch it."""

from typing import Any

from litestar import Response, get

from cotlab.api.access import ANYONE
from cotlab.api.replies import answers, reply
from cotlab.domain.work.views import Health


@get("/health", access=ANYONE, responses=answers(Health))
async def health() -> Response[Any]:
    """That requests are answered; nothing of the database is looked at."""
    return reply(Health())


ROUTES = (health,)
