"""How far people agreed on what is in an export: first, blind labels of the steps and pairs whose labels its rows hold,
up to the sequence that it reads.
"""

from collections.abc import Sequence

from cotlab.agreement.ratings import build
from cotlab.agreement.streamed import StreamedAlpha
from cotlab.domain.datasets.manifests import ManifestAgreement
from cotlab.domain.guidelines.senses import NO_RULES, Senses
from cotlab.services.datasets.items import Item
from cotlab.storage.agreement import agreement_labels as stored
from cotlab.storage.engine.database import Reading, Row


class ExportAgreement:
    """Takes the items that go out, some at a time. Labels that are stale, whatever they cite, are not counted."""

    def __init__(self, senses: Senses) -> None:
        self._senses = senses
        names = {label.name for head in senses.heads.values() for label in head.labels.top}
        self._labels = {name: code for code, name in enumerate(sorted(names))}
        self._alpha = StreamedAlpha(tuple(self._labels))

    def add(self, rows: Sequence[Row], items: Sequence[Item]) -> None:
        """`rows` are the first labels of these items."""
        clusters = {one: (code, item) for code, item in enumerate(items) for one, _ in item.held}
        units: dict[tuple[str, int], int] = {}
        people: dict[str, int] = {}
        found: dict[tuple[int, int], tuple[int, int]] = {}
        for row in rows:
            cluster, item = clusters[row["item_id"]]
            if (row["item_id"], row["position"]) not in item.held:
                continue
            sense = self._senses.at(item.facts.domain, item.facts.tags)[
                row["guideline_version_id"], row["value"], NO_RULES
            ]
            unit = units.setdefault((row["item_id"], row["position"]), len(units))
            place = unit, people.setdefault(row["actor_id"], len(people))
            found.pop(place, None)
            if not sense.stale and sense.value in self._labels:
                found[place] = self._labels[sense.value], cluster
        if len(people) > 1:
            self._alpha.add(build(
                [unit for unit, _ in found], [person for _, person in found], [label for label, _ in found.values()],
                [cluster for _, cluster in found.values()], people=tuple(people), labels=tuple(self._labels),
            ))  # fmt: skip

    def results(self) -> tuple[ManifestAgreement, ...]:
        return self._alpha.results()


def first_labels(db: Reading, items: Sequence[Item], as_of: int, version: str | None) -> list[Row]:
    """Of some items, under one guideline version or (None) all. No draft was in sight of any of them."""
    held = sorted({one for item in items for one, _ in item.held})
    return list(stored.first_labels_of(db, held, as_of, version))
