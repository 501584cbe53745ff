"""Which labels a guideline version asks for anew: read off the versions in force, never written on a label."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from cotlab.domain.guidelines.schema import Affects, Change, FrontMatter


@dataclass(frozen=True, slots=True)
class InForce:
    """A version that came into force for one domain (empty: all), at a sequence of the project's chain."""

    sequence: int
    domain: str
    version_id: str
    head: FrontMatter


@dataclass(frozen=True, slots=True)
class Standing:
    """What a label is today: its name by the schema of `version_id`, and whether it is to be given anew."""

    label: str
    version_id: str | None
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """The versions of one project and task in the order in which they came into force."""

    rows: Sequence[InForce]
    _chains: dict[str, tuple[InForce, ...]] = field(default_factory=dict)

    @property
    def superseded(self) -> frozenset[str]:
        """The ids of the versions before one that asks for labels anew, or gives labels other names."""
        acting = [place for place, row in enumerate(self.rows) if row.head.acts]
        return frozenset(row.version_id for row in self.rows[: acting[-1]]) if acting else frozenset()

    @property
    def acts(self) -> bool:
        """Whether any label can be stale here, or reads otherwise than it was given."""
        return bool(self.superseded)

    @property
    def errors(self) -> dict[str, frozenset[str]]:
        """Title of a version -> its labels of the first level that are errors."""
        return {
            row.head.title: frozenset(label.name for label in row.head.labels.top if label.error) for row in self.rows
        }

    def chain(self, domain: str) -> tuple[InForce, ...]:
        """The versions that governed a domain one after the other; a narrower one hides those for all domains."""
        if domain not in self._chains:
            governing: list[InForce] = []
            narrow = False
            for row in self.rows:
                if row.domain == domain or (not row.domain and not narrow):
                    governing.append(row)
                    narrow = narrow or bool(row.domain)
            self._chains[domain] = tuple(governing)
        return self._chains[domain]

    def current(self, domain: str) -> InForce | None:
        chain = self.chain(domain)
        return chain[-1] if chain else None

    def strategies(self, domain: str) -> tuple[str, ...]:
        """The strategies that the guideline in force for a domain names."""
        current = self.current(domain)
        return () if current is None else tuple(current.head.strategy_names())

    def until(self, version_id: str) -> "Timeline":
        """As it was when a version came into force last."""
        places = [place for place, row in enumerate(self.rows) if row.version_id == version_id]
        return Timeline(self.rows[: places[-1] + 1]) if places else self

    def with_next(self, row: InForce) -> "Timeline":
        """As it would be with one more version in force."""
        return Timeline((*self.rows, row))

    def suspects(self) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
        """Pairs of version and label, and rules cited, of which a stale label has one: a sieve before `standing`."""
        asking = [row.head.affects for row in self.rows if row.head.acts]
        tags = {tag for affects in asking for tag in affects.tags}
        domains = {"", *(row.domain for row in self.rows), *(one for affects in asking for one in affects.domains)}
        pairs = {
            (row.version_id, label.name)
            for domain in domains
            for row in self.chain(domain)
            for label in row.head.labels.all
            if self.standing(row.version_id, domain, tags, label.name).stale
        }
        return frozenset(pairs), frozenset(rule for affects in asking for rule in affects.rules)

    def standing(
        self, version_id: str | None, domain: str, tags: Collection[str], label: str, rules: Collection[str] = ()
    ) -> Standing:
        """What became of a label given under a version, for a problem of a domain with tags, citing rules.

        What a version changes counts where it follows one of the same guideline. A label that is split keeps the name
        it was given.
        """
        chain = self.chain(domain)
        given = max((place for place, row in enumerate(chain) if row.version_id == version_id), default=None)
        if given is None:
            return Standing(label, version_id)
        before = named = chain[given].head
        stale = False
        for row in chain[given + 1 :]:
            asks = row.head.change is Change.LABEL_CHANGING and row.head.guideline == before.guideline
            if asks and _there(row.head.affects, domain, tags):
                names = {label, named.labels.parent(label)}
                stale = stale or bool(names & set(row.head.affects.labels) or set(rules) & set(row.head.affects.rules))
            if row.head.label_map:
                becomes = _becomes(named, row.head, label)
                if len(becomes) > 1:
                    return Standing(label, version_id, stale=True)
                label, version_id, named = becomes[0], row.version_id, row.head
            before = row.head
        return Standing(label, version_id, stale)


def _becomes(old: FrontMatter, new: FrontMatter, label: str) -> tuple[str, ...]:
    """What the map makes of a label; a kind that the newer guideline does not have becomes what its parent does."""
    if label in new.label_map or new.labels.label(label) is not None:
        return new.label_map.get(label, (label,))
    parent = old.labels.parent(label)
    return new.label_map.get(parent, (parent,))


def _there(affects: Affects, domain: str, tags: Collection[str]) -> bool:
    """Whether a problem of this domain with these tags is meant; all are where none is listed."""
    anywhere = not affects.domains and not affects.tags
    return anywhere or domain in affects.domains or bool(set(tags) & set(affects.tags))
