"""The drawing in docs/architecture.md: floors and rooms with the imports between them, counted in the code."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import grimp

FLOORS = (
    "api", "cli", "services", "storage", "agreement", "checks", "drafting", "exchange", "domain", "client",
)  # fmt: skip
ROOMS = (
    "audit", "consequences", "people", "projects", "guidelines", "checks", "traces", "labels", "coverage", "drafts",
    "agreement", "gold", "calibration", "evaluations", "queue", "work", "cases", "datasets", "reports",
)  # fmt: skip
"""In the order of the contracts: a room imports those before it."""
START, END = "<!-- drawing: made by python -m cotlab.documentation --write -->", "<!-- end of the drawing -->"

Imports = Counter[tuple[str, str]]
Place = Callable[[str], str]


def with_drawing(page: str) -> str:
    """The page with the drawing of the code as it is, between its two marks."""
    before, rest = page.split(START)
    return f"{before}{START}\n{drawing()}\n{END}{rest.split(END)[1]}"


def drawing() -> str:
    """The floors as a mermaid flowchart, then the rooms of services as a table of counts."""
    graph = grimp.build_graph("cotlab", "tui", cache_dir=None)
    edges = [(one, other) for one in graph.modules for other in graph.find_modules_directly_imported_by(one)]
    return "\n".join([*_floors(_counted(edges, _floor)), "", *_rooms(_counted(edges, _room))])


def _counted(edges: Iterable[tuple[str, str]], place: Place) -> Imports:
    places = [(place(one), place(other)) for one, other in edges]
    return Counter((one, other) for one, other in places if one and other and one != other)


def _floor(module: str) -> str:
    first, *below = module.split(".")
    return "tui" if first == "tui" else below[0] if below and below[0] in FLOORS else ""


def _room(module: str) -> str:
    place = module.split(".")
    return place[2] if place[:2] == ["cotlab", "services"] and place[2:3] and place[2] in ROOMS else ""


def _floors(counts: Imports) -> Iterator[str]:
    yield from ("```mermaid", "flowchart TD")
    yield from (f"    {one} -->|{count}| {other}" for (one, other), count in sorted(counts.items()))
    yield "```"


def _rooms(counts: Imports) -> Iterator[str]:
    yield "| imports in services, from | " + " | ".join(ROOMS) + " |"
    yield "| --- |" + " ---: |" * len(ROOMS)
    for one in ROOMS:
        yield f"| {one} | " + " | ".join(str(counts[one, other] or "") for other in ROOMS) + " |"
