"""The canonical text of events: the quick way writes what the library of RFC 8785 writes."""

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from cotlab.storage.engine.chain import canonical

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text(st.characters(max_codepoint=127))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | TEXTS
    | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=12)


@given(VALUES)
def test_it_is_the_text_of_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value).decode()


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"b": 1, "a": 2}, "names in order"),
        ({"\ue000": 1, "\U00010000": 2}, "names by UTF-16, where the second comes first"),
        ({"a": "\x00\x1f\x7f\"\\/\b\f\n\r\t"}, "escapes"),
        ({"a": 1e21, "b": 0.000001, "c": -0.0}, "fractions as ECMAScript writes them"),
        ({"a": True, "b": [1, {"c": None}], "d": {}}, "nested"),
    ],
)  # fmt: skip
def test_what_the_two_could_differ_in(value: Any, why: str) -> None:
    assert canonical(value) == rfc8785.dumps(value).decode(), why


@pytest.mark.parametrize("value", [2**53, -(2**53), float("nan"), "\ud800", {"a": {"b": 2**60}}, {"\udc00": 1}])
def test_what_has_no_canonical_text_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        canonical(value)
