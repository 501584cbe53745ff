"""Steps that a model alters: which it is asked for, what speaks against what it wrote, and what that becomes."""

import json
from typing import Any

import pytest

from cotlab.domain.drafts.altering import AlterBody, AlterReport
from cotlab.domain.drafts.requests import DraftEdit
from cotlab.domain.errors import BadInput, NotFound
from cotlab.domain.provenance import Prompt
from cotlab.domain.traces.records import Trace
from cotlab.drafting.altering import PROSE_BY_NAME, rewritten
from cotlab.exchange.formats import reader
from cotlab.services.datasets.lineage import lineage
from cotlab.services.drafts import model_altering
from cotlab.services.drafts.worker import Worker
from tests.services.drafts import drafted
from tests.services.drafts.test_accepting import accept, decline, drafts, first, holds, row_of
from tests.services.drafts.test_altering import CHECKER, of_book
from tests.world import World

WRONG = "book: That makes 12*2 = 6 eggs for each."
TOLD = {way.told: name for name, way in PROSE_BY_NAME.items()}


@pytest.fixture
def book(world: World) -> World:
    drafted.add_model(world)
    world.add_traces(of_book("book"))
    return world


def ask(world: World, *how: str, **more: Any) -> AlterReport:
    body = AlterBody.model_validate({
        "how": how, "correct_by": "given", "where": {"source": "book"}, "model": "small", **more
    })  # fmt: skip
    return model_altering.ask(world.store, world.people["lea"], world.project, body)


def worker(world: World, driver: drafted.Scripted) -> Worker:
    """One whose check has its process already."""
    one = drafted.worker(world, driver)
    one._checker = CHECKER
    return one


def rewrite(world: World, text: str, way: str, position: int = 2) -> Any:
    """What comes of a step of the book that the model writes anew: the request."""
    asked = drafted.ask(
        world, kind="altered_step", item_id=first(world, "book"), position=position, number=1, strategy=way
    )
    driver = drafted.Scripted(lambda _: text)
    worker(world, driver).draft_next()
    found = drafted.status(world, asked.id)
    assert found.state == "done", found.sentence
    said = driver.asked[0].messages[1].content
    assert PROSE_BY_NAME[way].told in said and "The step to alter:\nbook: " in said
    return found


def test_an_altered_step_enters_with_the_label_that_it_is_meant_to_get(book: World) -> None:
    request = rewrite(book, WRONG, "wrong-operation")
    assert request.dropped == {} and request.open == 1
    item = accept(book, request).items[1]
    row = row_of(book, item)
    assert (row["origin"], row["generator"], row["final_answer"], row["parent_id"]) == (
        "semi-synthetic", "small", None, None,
    )  # fmt: skip
    assert row["steps"] == [row_of(book, first(book, "book"))["steps"][0], WRONG]
    (made,) = book.rows("SELECT * FROM derivations")
    parent = row_of(book, first(book, "book"))
    assert (made["parent_digest"], made["position"], made["way"]) == (parent["digest"], 2, "wrong-operation prose-1.0")
    (change,) = json.loads(made["changes"])
    assert change["was"] == "12/2" and WRONG[change["start"] : change["stop"]] == "12*2"
    (label,) = book.rows("SELECT n.*, a.name FROM answers n JOIN actors a ON a.id = n.actor_id")
    assert (label["name"], label["value"], label["purpose"], label["position"]) == (
        "altered: wrong-operation", "incorrect", "imported", 2,
    )  # fmt: skip
    assert book.value("SELECT count(*) AS n FROM queue WHERE item_id = :id", id=item) == 1 and holds(book)


def test_by_the_policy_an_altered_step_enters_at_once_with_its_source(book: World) -> None:
    book.set_policy(accept_drafts=True)
    request = rewrite(book, WRONG, "wrong-operation")
    assert (request.accepted, request.open) == (1, 0) and holds(book)
    (label,) = book.rows("SELECT n.*, a.name FROM answers n JOIN actors a ON a.id = n.actor_id")
    assert (label["name"], label["value"]) == ("altered: wrong-operation", "incorrect")
    item = str(book.value("SELECT item_id FROM draft_decisions"))
    told = lineage(book.store, book.project, item, gold=True).events
    assert "the draft was accepted by the policy" in [one.what for one in told]


SAID = [
    ("wrong-operation", WRONG, None),
    ("wrong-operation", "book: Two take all 12 eggs.", "not_refuted"),
    ("wrong-operation", "book: That makes 24/4 = 6 eggs for each.", "not_refuted"),
    ("wrong-operation", "Book: that makes 24/4 = 6 eggs for each.", "not_refuted"),
    ("wrong-operation", "Book: that makes 12/2 = 6 eggs for each", "says_the_same"),
    ("wrong-operation", WRONG.upper(), "same_text"),
    ("restatement", "book: As said, there are 3*4 = 12 eggs.", None),
    ("restatement", "book: As said, there are 3*4 = 13 eggs.", "refuted_though_right"),
    ("dropped-condition", "book: That makes 12/2 = 5 eggs.", "refuted_though_right"),
    ("dropped-condition", "book: That makes 6 eggs.", None),
    ("circular", "book: Each has 6 eggs, since 6 eggs are what each has.", None),
    ("unsupported", "book: So all of them like eggs.", None),
]


def test_what_speaks_against_an_altered_step_is_counted(book: World) -> None:
    """What was dropped is nothing that another could be a duplicate of."""
    for way, text, why in SAID:
        assert rewrite(book, text, way).dropped == ({} if why is None else {why: 1}), (way, text)


def test_an_altered_step_that_was_cut_off_is_dropped_whatever_the_checks_say(book: World) -> None:
    asked = drafted.ask(
        book, kind="altered_step", item_id=first(book, "book"), position=2, number=1, strategy="wrong-operation"
    )
    worker(book, drafted.Scripted(lambda _: "book: That makes 24/4 = 6", "length")).draft_next()
    assert drafted.status(book, asked.id).dropped == {"cut_off": 1}


def test_a_step_that_the_checks_refute_is_not_altered(book: World) -> None:
    book.add_traces(of_book("bad").model_copy(update={"steps": of_book("bad").steps[:1]}))
    wrong = Trace.model_validate({"problem": {"text": "Problem wrong"}, "steps": [{"text": "3*4 = 13"}]})
    book.add_traces(wrong)
    asked = drafted.ask(
        book, kind="altered_step", item_id=first(book, "wrong"), position=1, number=1, strategy="unit-slip"
    )
    worker(book, drafted.Scripted(lambda _: "3*4 = 13 m")).draft_next()
    assert drafted.status(book, asked.id).dropped == {"parent_refuted": 1}


def test_what_was_dropped_by_the_checks_does_not_enter_and_none_is_edited(book: World) -> None:
    request = rewrite(book, "book: That makes 24/4 = 6 eggs for each.", "wrong-operation")
    assert accept(book, request).items == {}
    with pytest.raises(Exception, match="not refuted"):
        accept(book, request, 1)
    other = rewrite(book, WRONG, "wrong-operation")
    with pytest.raises(BadInput, match="as it was drafted"):
        accept(book, other, 1, edited={1: DraftEdit(steps=("another",))})


def test_neither_gold_nor_what_was_altered_nor_an_alternative_is_altered(book: World) -> None:
    item = accept(book, rewrite(book, WRONG, "wrong-operation")).items[1]
    with pytest.raises(BadInput, match="of altered traces"):
        drafted.ask(book, kind="altered_step", item_id=item, position=1, strategy="circular")
    book.write(lambda db: db.add(
        "gold_items", item_id=first(book, "a"), project_id=book.project, origin="test", actor_id=book.host, at=1,
        sequence=1,
    ))  # fmt: skip
    with pytest.raises(BadInput, match="gold"):
        drafted.ask(book, kind="altered_step", item_id=first(book, "a"), position=1, strategy="circular")


def test_the_first_step_restates_nothing(book: World) -> None:
    asked = drafted.ask(book, kind="altered_step", item_id=first(book), position=1, number=1, strategy="restatement")
    worker(book, drafted.Scripted(drafted.by_seed)).draft_next()
    assert "no step before the first" in (drafted.status(book, asked.id).sentence or "")


def test_a_model_is_asked_evenly_and_anew_in_the_place_of_what_was_dropped(book: World) -> None:
    book.add_traces(*(of_book(f"t{number}") for number in range(5)))
    ways = ("wrong-operation", "circular", "restatement")
    dry = ask(book, *ways, number=6, dry_run=True)
    assert (dry.asked, dry.there_already, book.rows("SELECT * FROM draft_requests")) == (6, 0, [])
    assert {way: count.asked for way, count in dry.ways.items()} == dict.fromkeys(ways, 2)
    assert ask(book, *ways, number=6) == dry.model_copy(update={"dry_run": False})
    rows = book.rows("SELECT * FROM draft_requests")
    assert len({row["item_id"] for row in rows}) == 6 and {row["number"] for row in rows} == {1}
    assert all(row["position"] > 1 for row in rows if row["strategy"] == "restatement")
    assert (ask(book, *ways, number=6).asked, ask(book, *ways, number=6).there_already) == (0, 6)

    def text(prompt: Prompt) -> str:
        way = next(name for told, name in TOLD.items() if told in prompt.messages[1].content)
        step = prompt.messages[1].content.split("The step to alter:\n")[1].split("\n\n")[0]
        return step if way == "circular" else f"{step} {prompt.seed}"

    one = worker(book, drafted.Scripted(text))
    while one.draft_next():
        pass
    again = ask(book, *ways, number=6)
    assert again.ways["circular"].dropped == {"says_the_same": 2}
    assert (again.asked, again.there_already, again.short) == (2, 4, 0)
    assert len({(row["item_id"], row["strategy"], row["position"]) for row in book.rows(
        "SELECT * FROM draft_requests")}) == 8  # fmt: skip
    open_ = [row["id"] for row in rows if row["strategy"] != "circular"]
    accept(book, drafted.status(book, open_[0]))
    decline(book, drafted.status(book, open_[1]))
    third = ask(book, *ways, number=6)
    assert (third.asked, third.there_already) == (1, 5) and holds(book)


def test_no_first_step_is_to_restate_an_earlier_one(book: World) -> None:
    book.add_traces(*(of_book(f"t{number}") for number in range(9)))
    assert ask(book, "restatement", number=10).asked == 10
    assert {row["position"] for row in book.rows("SELECT position FROM draft_requests")} == {2, 3}


@pytest.mark.parametrize(
    ("body", "error", "why"),
    [({"model": "none"}, NotFound, "no model"), ({}, BadInput, "no model is asked for sign; there are wrong")],
)
def test_what_no_model_can_be_asked_for_is_one_sentence(
    book: World, body: dict[str, Any], error: type, why: str
) -> None:
    with pytest.raises(error, match=why):
        ask(book, "circular" if body else "sign", **body)


def test_an_altered_step_travels_with_where_it_came_from(book: World) -> None:
    request = rewrite(book, WRONG, "wrong-operation")
    item = accept(book, request).items[1]
    book.set_policy(overlap=1)
    for name in ("ann", "bob"):
        while book.expert(name).claim().assignment is not None:
            book.expert(name).label_all()
    content, _ = book.export("native", labels="each")
    (row,) = [one for one in map(json.loads, content.splitlines()) if one["id"] == item]
    assert row["drafted"]["draft"] == drafts(book, request)[0].id and row["derived_from"]["position"] == 2
    assert row["drafted"]["provenance"]["driver"] == "scripted" and row["generator"] == "small"
    (back,) = reader("native").traces(row)
    assert isinstance(back, Trace)
    assert back.drafted is not None and back.derived_from is not None


@pytest.mark.parametrize(
    ("original", "text", "was", "now"),
    [
        ("we add 3 and 4", "we add 3 and 5", "4", "5"),
        ("If x > 0, divide by x.", "Divide by x.", "If x > 0, divide", "Divide"),
        ("so it is", "so it is so", "is", "is so"),
        ("a b c", "d e f", "a b c", "d e f"),
        ("x", "xx", "x", "xx"),
    ],
)  # fmt: skip
def test_of_a_rewritten_step_the_words_that_differ_are_the_change(original: str, text: str, was: str, now: str) -> None:
    found = rewritten(original, text)
    (change,) = found.changes
    assert (found.text, found.original, change.was, text[change.start : change.stop]) == (text, original, was, now)
