"""Correct steps altered in a named way, a module a way: text in; altered text, and what was changed in it, out. Ways
for a model to go, where no template is exact, are in prose.py.

A way alters only what it can read exactly, and offers nothing where it cannot. What it offers is the same for the same
text, in the same order; which of it is taken is drawn by the caller's seed.
"""

from cotlab.drafting.altering.circular import Circular
from cotlab.drafting.altering.dropped_condition import DroppedCondition
from cotlab.drafting.altering.off_by_one import OffByOne
from cotlab.drafting.altering.offering import Offer, offered, places
from cotlab.drafting.altering.prose import PROSE, PROSE_BY_NAME, PROSE_VERSION, Prose, rewritten
from cotlab.drafting.altering.restatement import Restatement
from cotlab.drafting.altering.sign import Sign
from cotlab.drafting.altering.texts import Altered, Meant, StepToAlter, Way, drawn, lot
from cotlab.drafting.altering.unit_slip import UnitSlip
from cotlab.drafting.altering.wrong_operation import WrongOperation

VERSION = "1.0"
"""Of the ways here. Where another version may alter any step otherwise, it has another number."""

WAYS: tuple[Way, ...] = (
    WrongOperation(),
    UnitSlip(),
    DroppedCondition(),
    Circular(),
    Restatement(),
    Sign(),
    OffByOne(),
)
BY_NAME = {way.name: way for way in WAYS}

__all__ = [
    "BY_NAME", "PROSE", "PROSE_BY_NAME", "PROSE_VERSION", "VERSION", "WAYS", "Altered", "Meant", "Offer", "Prose",
    "StepToAlter", "Way", "drawn", "lot", "offered", "places", "rewritten",
]  # fmt: skip
