"""The native format of pairs: one domain `Pair` a line."""

from collections.abc import Iterable

from cotlab.domain.pairs import Pair
from cotlab.exchange.records import Record, validated


class NativePairReader:
    """Reads a prompt with two responses in any order; no field is converted or guessed."""

    name = "native-pairs"

    def recognises(self, record: Record) -> bool:
        return isinstance(record.get("problem"), dict) and isinstance(record.get("responses"), list)

    def traces(self, record: Record) -> Iterable[Pair]:
        return (validated(Pair, record),)
