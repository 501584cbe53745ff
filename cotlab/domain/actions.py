"""The keys that the terminal UI's actions own; a label schema may not take them."""

from typing import Literal

from cotlab.domain.model import Model

Place = Literal[
    "everywhere", "step", "finish", "rule", "text", "editor", "queue", "lists", "questions", "new_guideline", "reading",
    "notice", "sign_in",
]  # fmt: skip

PLACES: dict[Place, str] = {
    "everywhere": "everywhere",
    "step": "labelling a step",
    "finish": "finishing a trace",
    "rule": "finding a rule",
    "text": "while you type a reason",
    "editor": "while you write an alternative, a question, or why a trace ends",
    "queue": "the queue",
    "lists": "my past labels",
    "questions": "my questions",
    "new_guideline": "a new guideline",
    "reading": "help, and texts in full",
    "notice": "a notice",
    "sign_in": "signing in",
}
"""Every place with the heading that help and docs give it, in their order."""


class Action(Model):
    """What a key does: `name` is the action's id, `places` the screens where it works.

    `also` are further keys of the same action. An action without a key is found in the command palette alone.
    """

    name: str
    key: str
    label: str
    help: str
    places: tuple[Place, ...]
    footer: bool = False
    also: tuple[str, ...] = ()


ACTIONS = (
    Action(name="commit", key="enter", label="commit", help="commit what is chosen", places=("step", "finish"),
           footer=True),
    Action(name="rationale", key="r", label="rationale", help="say why", places=("step", "finish"), footer=True),
    Action(name="alternative", key="a", label="alternative", places=("step",), footer=True,
           help="write another wording, or a step that is missing before"),
    Action(name="unsure", key="f", label="unsure", help="flag the label as unsure", places=("step", "finish"),
           footer=True),
    Action(name="take_back", key="u", label="take back", places=("step", "finish"), footer=True,
           help="take the last one back; again: the one before"),
    Action(name="rule", key="g", label="rule", help="find a rule or a passage, and cite it", places=("step", "finish"),
           footer=True),
    Action(name="kinds", key=".", label="kind", help="the kinds of the chosen label; a digit then chooses one",
           places=("step",), footer=True),
    Action(name="step_size", key="z", label="step size", places=("step",), footer=True,
           help="flag the step as too coarse; again: too fine; again: as it should be"),
    Action(name="cite", key="enter", label="cite", help="cite what is marked, or take it off", places=("rule",),
           footer=True),
    Action(name="whole_text", key="ctrl+t", label="whole text", help="the whole guideline", places=("rule",),
           footer=True),
    Action(name="next_row", key="down", label="next", help="the next rule or passage", places=("rule",), footer=True),
    Action(name="previous_row", key="up", label="previous", help="the one before", places=("rule",)),
    Action(name="read_on", key="pagedown", label="read on", help="scroll the text below", places=("rule",)),
    Action(name="read_back", key="pageup", label="read back", help="scroll the text below back", places=("rule",)),
    Action(name="problem", key="p", label="problem", help="open problem, passages and earlier steps, or fold them",
           places=("step", "finish")),
    Action(name="mathematics", key="m", label="raw maths", help="mathematics raw or rendered",
           places=("step", "finish")),
    Action(name="bad_problem", key="b", label="bad problem", help="the problem cannot be used; say why",
           places=("step",)),
    Action(name="give_up", key="x", label="give up", help="hand this trace to somebody else; say why",
           places=("step",)),
    Action(name="acknowledge", key="enter", label="I have read it", help="say that you have read it, and go on",
           places=("new_guideline",), footer=True),
    Action(name="compare", key="w", label="compare", help="the old and the new text of what is marked",
           places=("new_guideline",), footer=True),
    Action(name="ask", key="n", label="ask the lead", help="ask the lead; the answer comes to your questions",
           places=("step", "finish", "new_guideline"), footer=True),
    Action(name="scroll_down", key="j", label="down", help="scroll or move down", also=("down",),
           places=("step", "finish", "queue", "lists", "questions", "new_guideline", "reading")),
    Action(name="scroll_up", key="k", label="up", help="scroll or move up; above the top: open what is folded",
           also=("up",), places=("step", "finish", "queue", "lists", "questions", "new_guideline", "reading")),
    Action(name="page_down", key="pagedown", label="page down", help="scroll or move a page down", also=("space",),
           places=("step", "finish", "lists", "questions", "new_guideline", "reading")),
    Action(name="page_up", key="pageup", label="page up", help="scroll or move a page up",
           places=("step", "finish", "lists", "questions", "new_guideline", "reading")),
    Action(name="open", key="enter", label="open", help="go on with what is marked", places=("queue",), footer=True),
    Action(name="past", key="t", label="my labels", places=("queue",), footer=True, help="my past labels, read only"),
    Action(name="questions", key="n", label="my questions", places=("queue",), footer=True,
           help="what you asked the lead, and the answers"),
    Action(name="filter", key="/", label="filter", help="filter my labels as you type", places=("lists",), footer=True),
    Action(name="sort", key="s", label="sort", help="sort my labels by the next column", places=("lists",),
           footer=True),
    Action(name="commit_text", key="enter", label="commit", help="commit what is chosen, with this reason",
           places=("text",), footer=True),
    Action(name="new_line", key="ctrl+j", label="new line", help="a new line in the reason", places=("text",),
           footer=True),
    Action(name="send", key="ctrl+s", label="send", help="send what you wrote", places=("editor",), footer=True),
    Action(name="kind", key="ctrl+t", label="other kind", places=("editor",), footer=True,
           help="another wording of the step, or steps that are missing before it"),
    Action(name="go_on", key="enter", label="go on", help="go on where the notice says, or with the next field",
           places=("notice", "sign_in"), footer=True),
    Action(name="next_field", key="tab", label="other field", help="to the other field", places=("sign_in",),
           also=("shift+tab",), footer=True),
    Action(name="help", key="?", label="help", help="every key that works here", places=("everywhere",), footer=True),
    Action(name="commands", key="ctrl+p", label="commands", help="find a command", places=("everywhere",)),
    Action(name="back", key="escape", label="back", help="back to where you came from; typed text is kept",
           places=("everywhere",)),
    Action(name="quit", key="ctrl+q", label="quit", help="leave; nothing is lost", places=("everywhere",)),
    Action(name="send_now", key="", label="try now", help="try the server now, and send what is unsent",
           places=("everywhere",)),
    Action(name="where", key="", label="where is it", help="where unsent labels, drafts and receipts are kept",
           places=("everywhere",)),
    Action(name="theme", key="", label="theme", help="next theme: terminal, dark, light, contrast",
           places=("everywhere",)),
    Action(name="confirm", key="", label="confirm on or off", places=("everywhere",),
           help="whether a label key alone commits, or enter does"),
    Action(name="sign_in", key="", label="sign in", help="sign in to a server, or as somebody else",
           places=("everywhere",)),
)  # fmt: skip


def owned_keys() -> frozenset[str]:
    return frozenset(key for action in ACTIONS for key in (action.key, *action.also) if key)


def actions_of(place: Place) -> tuple[Action, ...]:
    """The actions of one place, in the order of the registry."""
    return tuple(action for action in ACTIONS if place in action.places)
