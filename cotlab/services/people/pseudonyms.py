"""What people and sources are called in exports: pseudonyms, and the names of sources."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from cotlab.storage.engine.database import Reading
from cotlab.storage.labels import exports
from cotlab.storage.people import actors

SETTLED = "settled"


PSEUDONYM = "annotator-"


@dataclass(frozen=True, slots=True)
class Names:
    """What stands for ids in an export: pseudonyms for people, names for sources, versions and their schemas."""

    project_id: str
    sources: Mapping[str, str]
    versions: Mapping[str, str]

    def of(self, actor_id: str) -> str:
        if actor_id in self.sources:
            name = self.sources[actor_id]
            return f"imported {name}" if name == SETTLED or name.startswith(PSEUDONYM) else name
        return PSEUDONYM + hashlib.sha256(f"{self.project_id} {actor_id}".encode()).hexdigest()[:12]


def own_names(db: Reading, project_id: str) -> frozenset[str]:
    """What an export of a project calls what was settled there, its people, and sources that are called like these."""
    sources = exports.source_names(db)
    names = Names(project_id, sources, {})
    written = ((one, names.of(one)) for one in actors.names(db))
    return frozenset({SETTLED, *(name for one, name in written if name != sources.get(one))})
