"""Comparing a pair: read both responses, say on each criterion and overall which is better, commit it all."""

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.geometry import Size

from cotlab.domain.traces.pairs import BOTH_BAD, CANNOT_JUDGE, OVERALL, THE_PAIR
from tui.app.screens.feedback import ToldPairScreen
from tui.app.work.drafts import ShownDrafts, ShownDraftsScreen
from tui.app.work.open_work import CannotCommit
from tui.app.work.pair_reading import PairReadingScreen
from tui.app.work.screen import WorkScreen, purpose_words
from tui.pairs.pair import PairWork
from tui.pairs.state import Comparing
from tui.widgets.drafts import DraftsBlock
from tui.widgets.feedback import ChoicesBlock, in_short
from tui.widgets.reason import Reason
from tui.widgets.scale import Asked, Scale, words

BACK = "taken back: change what you said and commit, or esc to leave it as it was"
STALE = "the guideline has changed: compare these anew; before it you said {}"
TALL = 34
"""Rows from which each criterion has a line of its own."""
END = "this is the end of the scale"
JUDGED = "enter leads on, u takes it back"
NOTHING = "in the first part of calibration it is told here, after a commit, what is verified of the pair"


class PairScreen(ShownDraftsScreen, PairReadingScreen, WorkScreen):
    """One pair, alone."""

    PLACE = "pair"
    SENDING = "this pair is on its way; the next one comes with the answer"
    _shown: tuple[str, bool, bool] | None = None

    @property
    def work(self) -> PairWork | None:
        work = super().work
        return work if isinstance(work, PairWork) else None

    def answering(self) -> ComposeResult:
        yield DraftsBlock()
        yield ChoicesBlock()
        yield Scale()

    def committed(self) -> ShownDrafts | None:
        """The pair that is brought back, or the one that was judged last."""
        pair, last = self.work, self.journey.state(Comparing).last
        if pair is not None and pair.correcting:
            return ShownDrafts(pair.id, THE_PAIR, "this pair", pair.view.drafts_shown, pair.panel)
        if last is None:
            return None
        return ShownDrafts(last.id, THE_PAIR, "the last pair", last.view.drafts_shown, last.panel)

    def unusual(self) -> str:
        return purpose_words(self.work)

    def show_work(self) -> None:
        super().show_work()
        work = self.work
        if work is not None and (work.id, work.correcting, work.judged) != self._shown:
            self._shown = (work.id, work.correcting, work.judged)
            self.leave_text()
            self._room(self.app.size)
            self.say(self._opening(work))

    def _opening(self, work: PairWork) -> str:
        """What is said as it comes to the screen."""
        if work.judged:
            return f"{in_short(work.told)}; {JUDGED}"
        stale = STALE.format(words(work.before.overall)) if work.before is not None else ""
        return BACK if work.correcting else stale or self._asked_of(work)

    def resize_reading(self, size: Size) -> None:
        super().resize_reading(size)
        self.query_one(Scale).stretch(size.height >= TALL)
        self._room(size)

    def _room(self, size: Size) -> None:
        """What is verified has the lines of the scale too, once nothing is chosen any more."""
        judged = self.work is not None and self.work.judged
        self.query_one(Scale).display = not judged
        block = self.query_one(ChoicesBlock)
        block.limit = max(3, 2 * size.height // 5 if judged else size.height // 8)
        block.refresh(layout=True)

    def show_choice(self) -> None:
        work = self.work
        if work is None:
            return
        asked = list(_asked(work))
        at = next((number for number, one in enumerate(asked) if one.name == work.at), 0)
        self.query_one(Scale).show(asked, at, work.pair.choices, _flags(work))
        self.query_one(ChoicesBlock).show(work.told, work.said(), self.cotlab.raw)
        self.query_one(Reason).show(work.choice.rationale, work.why_rationale(), work.choice.citations)

    def choose(self, key: str) -> bool:
        """A criterion's key leads to it."""
        work = self.work
        one = next((one for one in work.pair.criteria if one.key == key), None) if work else None
        if work is None or one is None:
            if key.isdigit():
                self.say(f"this guideline has no criterion {key}")
            return key.isdigit()
        self._go(work, one.name)
        return True

    def action_overall(self) -> None:
        if self.work is not None:
            self._go(self.work, OVERALL)

    def _go(self, work: PairWork, name: str) -> None:
        if work.judged:
            self.say(JUDGED)
            return
        work.at = name
        self.say(self._asked_of(work))
        self.show_choice()

    def _asked_of(self, work: PairWork) -> str:
        """What the keys move, in words."""
        one = work.criterion
        return "overall: which response is better?" if one is None else f"{one.name}: {one.meaning}"

    def action_move_left(self) -> None:
        self._move(-1)

    def action_move_right(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        work = self.free()
        if work is not None:
            moved = work.move(by)
            self.chosen("" if moved else END)

    def action_both_bad(self) -> None:
        work = self.free()
        if work is not None:
            said = work.say_of_both(BOTH_BAD)
            self.chosen("✗ neither response can be used; enter commits" if said else "no longer: say which is better")

    def action_cannot_judge(self) -> None:
        work = self.free()
        if work is None:
            return
        if work.say_of_both(CANNOT_JUDGE):
            self.chosen("why can it not be judged? type it, then enter")
            self.action_rationale()
        else:
            self.chosen("no longer: say which is better")

    def action_safety(self) -> None:
        work = self.free()
        if work is not None:
            work.flag()
            self.chosen(_unsafe(work) or "no response is flagged as unsafe")

    def action_commit(self) -> None:
        """Commit all; where something is missing, lead there. From what was judged, on to the next."""
        if self.work is not None and self.work.judged:
            self.journey.state(Comparing).go_on()
            return
        work = self.free()
        if work is None:
            return
        try:
            self.journey.state(Comparing).commit()
        except CannotCommit as missing:
            work.at = work.missing() or work.at
            self.show_choice()
            self.say(str(missing))
            if missing.rationale:
                self.action_rationale()
        else:
            self.say("sending")

    def action_evidence(self) -> None:
        work = self.work
        if work is None or not work.told:
            self.say(NOTHING)
        else:
            self.app.push_screen(ToldPairScreen(work.told, work.said()))

    def action_take_back(self) -> None:
        self.say(self.journey.state(Comparing).take_back())

    def leave(self) -> None:
        if self.work is not None and self.journey.state(Comparing).look_ahead():
            self.say("what you said stays as it was")
        else:
            super().leave()

    def free(self) -> PairWork | None:
        work = super().free()
        if not isinstance(work, PairWork):
            return None
        if work.judged:
            self.say(JUDGED)
        return None if work.judged else work

    def key_without_meaning(self, key: str) -> str:
        keys = ", ".join(one.key for one in self.work.pair.criteria) if self.work else ""
        return f"nothing is on {key} here; criteria are on {keys}, 0 is overall, and ? shows all keys"


def _asked(work: PairWork) -> Iterator[Asked]:
    yield Asked("0", OVERALL, work.choice.label, "which response is better, all in all", {})
    for one in work.pair.criteria:
        yield Asked(one.key, one.name, work.value(one.name), one.meaning, one.anchors)


def _unsafe(work: PairWork) -> str:
    return f"⚠ unsafe: {work.choice.safety}" if work.choice.safety else ""


def _flags(work: PairWork) -> str:
    return "  ".join(mark for mark in ("? unsure" if work.choice.unsure else "", _unsafe(work)) if mark)
