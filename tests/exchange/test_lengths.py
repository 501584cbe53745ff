"""The estimate of tokens is the same however it is counted."""

from hypothesis import example, given
from hypothesis import strategies as st

from cotlab.exchange.lengths import PIECE, estimated

ASCII = st.text(st.characters(max_codepoint=127))
WORDS = st.lists(st.sampled_from(["word", "lengthening", "extraordinarily", "12", "x_1", " ", "\t", "-", "é"])).map(
    "".join
)


@given(ASCII | WORDS)
@example("abcdefabcdef")
@example("abcdefg a1\x1cb")
def test_an_estimate_is_the_number_of_pieces(text: str) -> None:
    assert estimated().count(text) == len(PIECE.findall(text))
