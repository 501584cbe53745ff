"""Words: a name or a phrase, without case, articles and punctuation."""

from cotlab.checks.answers.findings import Comparison, doubtful, equal
from cotlab.checks.answers.plain import plain
from cotlab.checks.answers.stated import Stated


class Words:
    """The same words. Others never refute: "Paris, France" may be Paris."""

    name = "words"

    def compare(self, answer: Stated, reference: Stated) -> Comparison | None:
        one, two = plain(answer.text), plain(reference.text)
        if not one or not two:
            return None
        if one == two:
            return equal("both say the same")
        return doubtful("they are not the same words, and nothing else can be compared")
