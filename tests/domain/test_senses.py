"""What a label says today: a table of versions in force and labels."""

import pytest

from cotlab.domain.guidelines.schema import FrontMatter
from cotlab.domain.guidelines.senses import NO_RULES, Sense, Senses
from cotlab.domain.guidelines.staleness import InForce, Timeline

TOP = {"correct": False, "incorrect": True, "incomplete": True}


def head(
    version: str, labels: dict[str, bool] = TOP, kinds: str = "", guideline: str = "g", **fields: object
) -> FrontMatter:
    """Labels of the first level -> whether they are errors; `kinds` as `slip:incorrect gap:incomplete`."""
    schema = [
        {"name": name, "key": str(number), "meaning": name, "error": error, "values": {"both": not error}}
        for number, (name, error) in enumerate(labels.items(), 1)
    ]
    for number, (name, parent) in enumerate((kind.split(":") for kind in kinds.split()), 1):
        schema.append({"name": name, "parent": parent, "key": str(number), "meaning": name})
    change = "label-changing" if fields else "initial"
    return FrontMatter.model_validate(
        {"guideline": guideline, "version": version, "change": change, "authors": ("a",), "schema": {"labels": schema},
         **fields}
    )  # fmt: skip


def senses(*heads: FrontMatter | tuple[str, FrontMatter]) -> Senses:
    """Of versions one after the other, for all domains or the one named; a version's id is its number."""
    pairs = [one if isinstance(one, tuple) else ("", one) for one in heads]
    return Senses(
        Timeline([InForce(number, domain, one.version, one) for number, (domain, one) in enumerate(pairs, 1)])
    )


FIRST = head("1", kinds="slip:incorrect gap:incomplete")
RENAMED = {"right": False, "wrong": True, "incomplete": True}
MAP = {"correct": ("right",), "incorrect": ("wrong",), "incomplete": ("incomplete",)}
LISTED = head("2", kinds="slip:incorrect gap:incomplete", affects={"labels": ("incomplete",)})
LISTED_KIND = head("2", kinds="slip:incorrect gap:incomplete", affects={"labels": ("gap",)})
NEW_NAMES = head("2", RENAMED, "slip:wrong gap:incomplete", label_map={**MAP, "slip": ("slip",), "gap": ("gap",)})
SPLIT = head(
    "2", {"correct": False, "false": True, "invented": True}, "slip:false",
    label_map={"correct": ("correct",), "incorrect": ("false", "invented"), "slip": ("slip",),
               "incomplete": ("false",), "gap": ("false",)},
)  # fmt: skip
ELSEWHERE = head("9", RENAMED, guideline="other", label_map=MAP)
TAGGED = head("2", affects={"labels": ("incomplete",), "tags": ("proof",)})
CITING = head("2", affects={"rules": ("M1",)})
CASES: list[tuple[str, Senses, str, str, Sense]] = [
    # what it shows; the versions in force; the version it was given under, and the label; what it says
    ("a label of the first level", senses(FIRST), "1", "incorrect", Sense("incorrect", None, "1", False)),
    ("a kind has its parent", senses(FIRST), "1", "slip", Sense("incorrect", "slip", "1", False)),
    ("a version that was never in force", senses(FIRST), "0", "odd", Sense("odd", None, "0", False)),
    ("a listed label", senses(FIRST, LISTED), "1", "incomplete", Sense("incomplete", None, "1", True)),
    ("a kind of a listed label", senses(FIRST, LISTED), "1", "gap", Sense("incomplete", "gap", "1", True)),
    ("another label", senses(FIRST, LISTED), "1", "correct", Sense("correct", None, "1", False)),
    ("given under the newer version", senses(FIRST, LISTED), "2", "incomplete", Sense("incomplete", None, "2", False)),
    ("a new name", senses(FIRST, NEW_NAMES), "1", "incorrect", Sense("wrong", None, "2", False)),
    ("a kind under a new name", senses(FIRST, NEW_NAMES), "1", "slip", Sense("wrong", "slip", "2", False)),
    ("one label that became two", senses(FIRST, SPLIT), "1", "incorrect", Sense("incorrect", None, "1", True)),
    ("two labels that became one", senses(FIRST, SPLIT), "1", "incomplete", Sense("false", None, "2", False)),
    ("a kind that became a label", senses(FIRST, SPLIT), "1", "gap", Sense("false", None, "2", False)),
    ("a kind that another guideline has no word for", senses(FIRST, ELSEWHERE), "1", "slip",
     Sense("wrong", None, "9", False)),
    ("a stale kind that another guideline has no word for", senses(FIRST, LISTED, ELSEWHERE), "1", "gap",
     Sense("incomplete", None, "9", True)),
    ("a listed kind that another guideline has no word for", senses(FIRST, LISTED_KIND, ELSEWHERE), "1", "gap",
     Sense("incomplete", None, "9", True)),
    ("a problem without the listed tag", senses(FIRST, TAGGED), "1", "incomplete",
     Sense("incomplete", None, "1", False)),
    ("a label that cites nothing", senses(FIRST, CITING), "1", "correct", Sense("correct", None, "1", False)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("of", "version_id", "label", "sense"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_what_a_label_says(of: Senses, version_id: str, label: str, sense: Sense) -> None:
    assert of.at("law", ("other tag",))[version_id, label, NO_RULES] == sense


def test_a_sense_depends_on_domain_tags_and_rules() -> None:
    def stale(of: Senses, domain: str = "law", tags: tuple[str, ...] = (), *rules: str) -> bool:
        return of.at(domain, tags)["1", "incomplete", frozenset(rules)].stale

    of = senses(FIRST, TAGGED)
    assert [stale(of, tags=("proof", "x")), stale(of), stale(of, tags=("proof",))] == [True, False, True]
    of = senses(FIRST, CITING)
    assert of.rules == {"M1"}
    assert [stale(of), stale(of, "law", (), "M1"), stale(of)] == [False, True, False]
    of = senses(FIRST, ("law", LISTED))
    assert [stale(of, "law"), stale(of, "finance")] == [True, False]


def test_problems_that_no_version_tells_apart_share_their_senses() -> None:
    of = senses(FIRST, TAGGED)
    assert of.at("law", ("a", "proof")) is of.at("law", ("b", "proof"))
    assert of.at("law", ("a",)) is not of.at("law", ("proof",))
    of = senses(FIRST)
    assert of.at("law", ("proof",)) is of.at("finance", ()) and not of.acts


@pytest.mark.parametrize(
    ("of", "fresh", "all_"),
    [
        (senses(FIRST), {"1"}, {"1"}),
        (senses(FIRST, LISTED), {"1", "2"}, {"1", "2"}),
        (senses(FIRST, NEW_NAMES), {"2"}, {"2"}),
        (senses(FIRST, head("2", affects={"labels": tuple(TOP)})), {"2"}, {"1", "2"}),
        (senses(FIRST, head("2", affects={"labels": tuple(TOP), "domains": ("law",)})), {"1", "2"}, {"1", "2"}),
        (senses(FIRST, head("2", affects={"labels": tuple(TOP), "tags": ("proof",)})), {"1", "2"}, {"1", "2"}),
        (senses(FIRST, ("law", NEW_NAMES)), {"1", "2"}, {"1", "2"}),
        (senses(("law", FIRST), ("law", NEW_NAMES)), {"2"}, {"2"}),
        (senses(), set(), set()),
    ],
)
def test_the_versions_by_which_labels_are_read(of: Senses, fresh: set[str], all_: set[str]) -> None:
    assert of.versions(stale=False) == fresh
    assert of.versions(stale=True) == all_
