"""Words: a name or a phrase, without case, articles and punctuation."""

from cotlab.evidence.answers.findings import Comparison, doubtful, equal
from cotlab.evidence.answers.plain import plain
from cotlab.evidence.answers.stated import Stated


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
