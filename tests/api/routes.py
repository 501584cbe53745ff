"""The routes of the application, as the tests walk them."""

from collections.abc import Iterator
from typing import Any

from litestar import Litestar
from litestar.routes import HTTPRoute

DOCUMENT = "/v1/openapi"
"""Routes below it are Litestar's own: the OpenAPI document."""


def routes(app: Litestar) -> Iterator[tuple[str, str, Any]]:
    """Method, path (as `/v1/projects/{project_id}/claim`) and handler of every route but OPTIONS."""
    for route in app.routes:
        assert isinstance(route, HTTPRoute), route
        path = route.path.replace(":str}", "}")
        for method, (handler, _) in route.route_handler_map.items():
            if method != "OPTIONS":
                yield str(method), path, handler
