"""Percent agreement."""

from dataclasses import dataclass

from cotlab.agreement.tables import Floats, coincidences, disagreeing, ratio


@dataclass(frozen=True, slots=True)
class Percent:
    """p = sum_c o_cc / n over coincidences o: the share of a rating's companions on its unit that are the same.

    Between 0 and 1, and not corrected for chance: two people who press keys at random, one label 90 % of the time,
    agree in 82 %. Undefined where no unit has two ratings.

    Without correction for chance; as observed agreement in Fleiss (1971), Psychological Bulletin 76(5), 378-382.
    """

    name: str = "percent"
    counts = staticmethod(coincidences)

    def values(self, tables: Floats) -> Floats:
        table = tables[..., 0, :, :]
        return 1.0 - ratio(disagreeing(table), table.sum(axis=(-2, -1)))
