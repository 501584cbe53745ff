"""A quantity with another unit of the same dimension, its number as it was."""

import re
from collections.abc import Sequence

from cotlab.drafting.altering.texts import Altered, StepToAlter, altered

SLIPS = {
    "km": "m", "cm": "mm", "mm": "cm", "kg": "g", "mg": "g", "ml": "l", "mL": "L",
    "kilometer": "meter", "meter": "centimeter", "centimeter": "millimeter", "millimeter": "centimeter",
    "kilometre": "metre", "metre": "centimetre", "centimetre": "millimetre", "millimetre": "centimetre",
    "mile": "yard", "yard": "mile", "kilogram": "gram", "gram": "kilogram", "milligram": "gram",
    "litre": "millilitre", "millilitre": "litre", "liter": "milliliter", "milliliter": "liter",
    "gallon": "quart", "quart": "gallon", "ton": "kilogram", "ounce": "pound",
    "hour": "minute", "minute": "hour", "day": "week", "week": "day", "month": "year", "year": "month",
    "dollar": "cent", "cent": "dollar",
}  # fmt: skip
"""Unit -> the one that is taken for it."""
PLURALS = {one: f"{one}s" for one in SLIPS if len(one) > 2} | {"second": "seconds", "inch": "inches", "foot": "feet"}
WRITTEN = {
    **{one: other for one, other in SLIPS.items()},
    **{PLURALS[one]: PLURALS.get(other, f"{other}s") for one, other in SLIPS.items() if one in PLURALS},
    "seconds": "minutes", "inches": "feet", "feet": "inches",
}  # fmt: skip
_QUANTITY = re.compile(
    rf"(?<![\w.,^{{\\$])(?P<number>(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?)(?P<gap>[ \u00a0-]?)"
    rf"(?P<unit>{'|'.join(sorted(WRITTEN, key=len, reverse=True))})(?![\w'’^²³-])"
)


class UnitSlip:
    """`12 minutes` becomes `12 hours`."""

    name = "unit-slip"
    label = "incorrect"
    kinds: frozenset[str] | None = frozenset({"units"})

    def alterations(self, step: StepToAlter) -> Sequence[Altered]:
        found = (one for one in _QUANTITY.finditer(step.text) if one["number"].strip("0.,"))
        return [altered(step.text, [(one.start("unit"), one.end("unit"), WRITTEN[one["unit"]])]) for one in found]
