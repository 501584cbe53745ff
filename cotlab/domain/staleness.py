"""Which labels a guideline version asks for anew: read off the versions in force, never written on a label."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from cotlab.domain.guidelines import Affects, Change, FrontMatter


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

    def until(self, version_id: str) -> "Timeline":
        """As it was when a version came into force last."""
        places = [place for place, row in enumerate(self.rows) if row.version_id == version_id]
        return Timeline(self.rows[: places[-1] + 1]) if places else self

    def with_next(self, row: InForce) -> "Timeline":
        """As it would be with one more version in force."""
        return Timeline((*self.rows, row))

    def standing(
        self, version_id: str | None, domain: str, tags: Collection[str], label: str, rules: Collection[str] = ()
    ) -> Standing:
        """What became of a label given under a version, for a problem of a domain with tags, citing rules."""
        chain = self.chain(domain)
        given = max((place for place, row in enumerate(chain) if row.version_id == version_id), default=None)
        if given is None:
            return Standing(label, version_id)
        head, stale = chain[given].head, False
        for row in chain[given + 1 :]:
            same = row.head.guideline == head.guideline
            if same and row.head.change is Change.LABEL_CHANGING and _there(row.head.affects, domain, tags):
                named = {label, head.labels.parent(label)} & set(row.head.affects.labels)
                stale = stale or bool(named or set(rules) & set(row.head.affects.rules))
            if row.head.label_map:
                becomes = _becomes(head, row.head, label)
                stale = stale or len(becomes) > 1
                label, version_id = becomes[0], row.version_id
            head = row.head
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
