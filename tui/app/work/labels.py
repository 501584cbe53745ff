"""Choosing a label, or a kind of it, for the step in question, and committing it."""

from tui.app.work.open_work import CannotCommit, OpenWork
from tui.app.work.screen import WorkScreen
from tui.widgets.labels import kinds_of, labels_of, marks
from tui.widgets.reason import Reason


class LabellingScreen(WorkScreen):
    """The labels of the schema on their keys. Subclasses say what a commit does."""

    of_kinds = False
    """Whether the kinds of the chosen label are there to choose from, and not the labels."""

    def commit(self) -> None:
        """Send what is chosen. Raises CannotCommit with what is missing."""
        raise NotImplementedError

    def flags(self, work: OpenWork) -> str:
        """What stands beside the chosen label."""
        return marks(work.choice.unsure, work.choice.step_size)

    def show_choice(self) -> None:
        work = self.work
        if work is None:
            return
        choice, schema, parent = work.choice, work.schema, work.parent
        if self.of_kinds and parent is not None:
            answers, chosen = kinds_of(schema, parent), choice.label
        else:
            answers, chosen = labels_of(schema, choice.label), parent
        self.offer(answers, chosen, self.flags(work))
        self.query_one(Reason).show(choice.rationale, work.why_rationale(), choice.citations)

    def show_kinds(self, of_kinds: bool, said: str) -> None:
        self.of_kinds = of_kinds
        self.show_choice()
        self.say(said)

    def choose(self, key: str) -> bool:
        """Choose the label of a key, or the kind, whatever is scrolled or open above."""
        if self.of_kinds:
            return self._choose_kind(key)
        work = self.work
        label = work.label_on(key) if work else None
        if label is None and not key.isdigit():
            return False
        if work is None or work.sending is not None:
            self.say(self.SENDING)
        elif label is None:
            self.say(f"this schema has no label {key}")
        else:
            work.choice.choose(label.name)
            self.go_on(work, bool(work.kinds()))
        return True

    def _choose_kind(self, key: str) -> bool:
        """Choose a kind; then the labels are there again, and the key of its label alone would take it off."""
        work = self.free()
        parent = work.parent if work else None
        if work is None or parent is None:
            return True
        kind = next((kind for kind in work.kinds() if kind.key == key), None)
        if kind is None:
            self.say(f"{parent} has no kind {key}; . or esc leads back to the labels")
        else:
            work.choice.choose(kind.name)
            self.show_kinds(False, "")
            self.go_on(work, False)
        return True

    def go_on(self, work: OpenWork, kind_open: bool) -> None:
        """After a choice: to the reason where one is asked for; committed where a key alone commits."""
        asked = work.wants_rationale()
        self.chosen(("esc, then . for its kind" if asked else ". for its kind") if kind_open else "")
        if asked:
            self.action_rationale()
        elif not self.cotlab.confirm and not kind_open:
            self.action_commit()

    def action_kinds(self) -> None:
        work = self.free()
        if work is None:
            return
        if self.of_kinds:
            self.show_kinds(False, "")
        elif work.parent is None:
            self.say("choose a label first; . then shows its kinds")
        elif not work.kinds():
            self.say(f"{work.parent} has no kinds")
        else:
            self.show_kinds(True, f"which kind of {work.parent}?  . or esc leads back to the labels")

    def action_commit(self) -> None:
        work = self.free()
        if work is None:
            return
        try:
            self.commit()
        except CannotCommit as missing:
            self.say(str(missing))
            if missing.rationale:
                self.action_rationale()
        else:
            self.say("sending")

    def go_back(self) -> None:
        if self.of_kinds:
            self.show_kinds(False, "")
        else:
            super().go_back()

    def key_without_meaning(self, key: str) -> str:
        keys = ", ".join(label.key for label in self.work.schema.top) if self.work else ""
        return f"nothing is on {key} here; labels are on {keys}, and ? shows all keys"
