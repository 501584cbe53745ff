"""Words of a closed list: yes and no, true and false, days, months, even and odd."""

import re

from cotlab.checks.answers.findings import Comparison, differ, doubtful, equal
from cotlab.checks.answers.plain import plain
from cotlab.checks.answers.stated import Stated

TRUTH = {"yes": True, "no": False, "true": True, "false": False}
FIRST = re.compile(r"^(yes|no|true|false)\s*[,;:.–—]", re.IGNORECASE)
"""The word with its reason after it; "no solution" is none."""
LISTS = (
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
     "december"),
    ("even", "odd", "neither"),
    ("north", "south", "east", "west"),
    ("rational", "irrational"),
)  # fmt: skip


class Categories:
    """The same word of one list. Yes is true and no is false, but "yes" and "false" leave it open."""

    name = "category"

    def compare(self, answer: Stated, reference: Stated) -> Comparison | None:
        one, two = _word(answer.text), _word(reference.text)
        if one in TRUTH and two in TRUTH:
            if TRUTH[one] is TRUTH[two]:
                return equal(f"“{one}” is “{two}”")
            alike = (one in ("yes", "no")) is (two in ("yes", "no"))
            words = f"“{one}” is not “{two}”"
            return differ(words) if alike else doubtful(f"{words}, but the question may be put the other way round")
        if any(one in words and two in words for words in LISTS):
            return equal(f"both say “{one}”") if one == two else differ(f"“{one}” is not “{two}”")
        return None


def _word(text: str) -> str:
    first = FIRST.match(text)
    return first[1].lower() if first else plain(text)
