"""What labels say today: label and kind by the schema that their names belong to, and whether they are stale."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from cotlab.domain.guidelines.schema import Change
from cotlab.domain.guidelines.staleness import Standing, Timeline

Pattern = tuple[str | None, str, frozenset[str]]
"""The version that a label was given under, the label, and the rules that it cites."""
NO_RULES: frozenset[str] = frozenset()


class Sense(NamedTuple):
    """A label of the first level with its kind, as the schema of `version_id` names them."""

    value: str
    kind: str | None
    version_id: str | None
    stale: bool


class Senses:
    """The senses of a project's labels. Few patterns come up in many labels, so each is worked out once."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline, self.acts = timeline, timeline.acts
        changing = [row.head.affects for row in timeline.rows if self.acts and row.head.change is Change.LABEL_CHANGING]
        self.rules = frozenset(rule for affects in changing for rule in affects.rules)
        """The rules for which a citation matters."""
        self.heads = {row.version_id: row.head for row in timeline.rows}
        self.calculation = {version_id: frozenset(head.calculation) for version_id, head in self.heads.items()}
        """Version's id -> its rules about calculation."""
        self._tags = frozenset(tag for affects in changing for tag in affects.tags)
        self._places: dict[tuple[str, frozenset[str]], SensesAt] = {}

    def at(self, domain: str, tags: Collection[str]) -> "SensesAt":
        """The senses of labels on a problem of that domain with these tags."""
        place = (domain, self._tags.intersection(tags)) if self.acts else ("", NO_RULES)
        found = self._places.get(place)
        if found is None:
            found = self._places[place] = SensesAt(self, *place)
        return found

    def versions(self, stale: bool) -> frozenset[str]:
        """The ids of the versions whose schemas a label can be read by; of stale labels where these are let in."""
        return frozenset(sense.version_id for sense in self._all() if sense.version_id and (stale or not sense.stale))

    @property
    def by_citation(self) -> bool:
        """Whether anything hangs on what a label cites."""
        return bool(self.rules) or any(self.calculation.values())

    def is_error(self, sense: Sense) -> bool:
        """Whether a label is an error; one without a schema is none."""
        head = self.heads.get(sense.version_id or "")
        return head is not None and head.labels.is_error(sense.value)

    def _all(self) -> Iterator[Sense]:
        """The senses of all labels of all versions, in each domain with a version of its own and in any other."""
        for domain in {row.domain for row in self.timeline.rows}:
            for row in self.timeline.chain(domain):
                for label in row.head.labels.all:
                    yield self.at(domain, ())[row.version_id, label.name, NO_RULES]


class SensesAt(dict[Pattern, Sense]):
    """The senses of labels on problems of one domain with the same tags, each worked out when it is asked for."""

    def __init__(self, senses: Senses, domain: str, tags: frozenset[str]) -> None:
        super().__init__()
        self._senses, self._domain, self._tags = senses, domain, tags

    def __missing__(self, pattern: Pattern) -> Sense:
        self[pattern] = self._work_out(*pattern)
        return self[pattern]

    def _work_out(self, version_id: str | None, label: str, rules: frozenset[str]) -> Sense:
        heads, timeline = self._senses.heads, self._senses.timeline
        given = heads.get(version_id or "")
        if given is None:
            return Sense(label, None, version_id, False)
        standing = Standing(label, version_id)
        if self._senses.acts:
            standing = timeline.standing(version_id, self._domain, self._tags, label, rules)
        schema = heads[standing.version_id or ""].labels
        value = schema.parent(standing.label)
        return Sense(value, None if value == standing.label else standing.label, standing.version_id, standing.stale)
