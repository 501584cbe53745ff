"""The keys that the terminal UI's actions own; a label schema may not take them."""

from typing import Literal

from cotlab.domain.model import Model

Place = Literal[
    "everywhere", "step", "finish", "case", "cases", "rule", "text", "editor", "pass_on", "queue", "lists", "questions",
    "decided", "agreement", "confusion", "disputed", "case_file", "taken", "standing", "board", "gate", "rechecks",
    "accuracy", "alarms", "gold", "gold_item", "depth", "new_guideline", "reading", "notice", "sign_in",
]  # fmt: skip

PAGED: tuple[Place, ...] = (
    "step", "finish", "case", "cases", "lists", "questions", "decided", "disputed", "case_file", "taken", "standing",
    "board", "gate", "rechecks", "accuracy", "alarms", "gold", "gold_item", "depth", "new_guideline", "reading",
)  # fmt: skip
"""Where the page keys scroll."""
MOVED: tuple[Place, ...] = (*PAGED, "queue", "agreement", "confusion")
"""Where the arrows scroll, or move what is marked."""

PLACES: dict[Place, str] = {
    "everywhere": "everywhere",
    "step": "labelling a step",
    "finish": "finishing a trace",
    "case": "deciding a case",
    "cases": "the list of cases",
    "rule": "finding a rule",
    "text": "while you type a reason",
    "editor": "while you write an alternative, a question, or why a trace ends",
    "pass_on": "while you hand a case on",
    "queue": "the queue",
    "lists": "my past labels",
    "questions": "my questions",
    "decided": "my decided cases",
    "agreement": "agreement in a project that you lead",
    "confusion": "the grid of labels that met",
    "disputed": "the steps behind a number",
    "case_file": "a case in full",
    "taken": "agreement as the server took it",
    "standing": "my calibration",
    "board": "people and domains, in a project that you lead",
    "gate": "one person, or the team, in one domain",
    "rechecks": "rechecks of labels in doubt",
    "accuracy": "how often people are right, and their sessions",
    "alarms": "alarms of drift and of pace",
    "gold": "the gold of a project that you lead",
    "gold_item": "one gold trace",
    "depth": "how much of the queue is open, in a project that you lead",
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
    Action(name="commit", key="enter", label="commit", help="commit what is chosen",
           places=("step", "finish", "case"), footer=True),
    Action(name="rationale", key="r", label="rationale", help="say why", footer=True,
           places=("step", "finish", "case")),
    Action(name="alternative", key="a", label="alternative", places=("step",), footer=True,
           help="write another wording, or a step that is missing before"),
    Action(name="unsure", key="f", label="unsure", help="flag the label as unsure",
           places=("step", "finish", "case"), footer=True),
    Action(name="take_back", key="u", label="take back", footer=True, places=("step", "finish", "case"),
           help="take the last one back; again: the one before"),
    Action(name="rule", key="g", label="rule", help="find a rule or a passage, and cite it",
           places=("step", "finish", "case"), footer=True),
    Action(name="gap", key="v", label="no rule", places=("case",), footer=True,
           help="the guideline does not decide this; say what it lacks"),
    Action(name="pass_on", key="o", label="pass on", places=("case", "case_file"), footer=True,
           help="hand the case to a named expert or to a panel; say why"),
    Action(name="page_on", key="l", label="more labels", help="the next labels of others", also=("right",),
           places=("case",)),
    Action(name="page_back", key="h", label="labels before", help="the labels of others before", also=("left",),
           places=("case",)),
    Action(name="kinds", key=".", label="kind", help="the kinds of the chosen label; a digit then chooses one",
           places=("step", "case"), footer=True),
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
           places=("step", "finish", "case")),
    Action(name="mathematics", key="m", label="raw maths", help="mathematics raw or rendered",
           places=("step", "finish", "case", "disputed", "case_file", "gold", "gold_item")),
    Action(name="bad_problem", key="b", label="bad problem", help="the problem cannot be used; say why",
           places=("step",)),
    Action(name="give_up", key="x", label="give up", help="hand this trace to somebody else; say why",
           places=("step",)),
    Action(name="feedback", key="e", label="feedback", places=("step", "finish"),
           help="in calibration: the verified label of the step before, and why, in full"),
    Action(name="acknowledge", key="enter", label="I have read it", help="say that you have read it, and go on",
           places=("new_guideline",), footer=True),
    Action(name="compare", key="w", label="compare", help="the old and the new text of what is marked",
           places=("new_guideline",), footer=True),
    Action(name="compare", key="w", label="compare", places=("case",),
           help="the rules as they were for labels of another version, and now"),
    Action(name="ask", key="n", label="ask the lead", help="ask the lead; the answer comes to your questions",
           places=("step", "finish", "case", "new_guideline"), footer=True),
    Action(name="scroll_down", key="j", label="down", help="scroll or move down", also=("down",), places=MOVED),
    Action(name="scroll_up", key="k", label="up", help="scroll or move up; above the top: open what is folded",
           also=("up",), places=MOVED),
    Action(name="page_down", key="pagedown", label="page down", help="scroll or move a page down", also=("space",),
           places=PAGED),
    Action(name="page_up", key="pageup", label="page up", help="scroll or move a page up", places=PAGED),
    Action(name="open", key="enter", label="open", help="go on with what is marked", footer=True,
           places=("queue", "cases", "decided", "disputed", "taken", "board", "gold")),
    Action(name="past", key="t", label="my labels", places=("queue",), footer=True, help="my past labels, read only"),
    Action(name="questions", key="n", label="my questions", places=("queue",), footer=True,
           help="what you asked the lead, and the answers"),
    Action(name="calibrate", key="c", label="calibrate", places=("queue", "standing"), footer=True,
           help="go on with calibration, or begin it"),
    Action(name="my_calibration", key="M", label="my calibration", places=("queue",), footer=True,
           help="where you stand in each domain, what is missing, and your labels against gold"),
    Action(name="cases", key="C", label="cases", help="cases to decide", places=("queue",), footer=True),
    Action(name="next_case", key="C", label="next case", help="take the next case", places=("cases",), footer=True),
    Action(name="decided", key="D", label="decided cases", places=("queue",), footer=True,
           help="decisions on steps that you labelled"),
    Action(name="agreement", key="A", label="agreement", places=("queue",), footer=True,
           help="how far people agree, in a project that you lead"),
    Action(name="board", key="B", label="people", places=("queue",), footer=True,
           help="who is calibrated in which domain, alarms, and gold, in a project that you lead"),
    Action(name="gold", key="G", label="gold", places=("board",), footer=True,
           help="the gold of the project, and what in it may be wrong"),
    Action(name="depth", key="L", label="load", places=("queue", "board"), footer=True,
           help="how much of each slice is open, begun and done, and how far quotas are filled"),
    Action(name="rechecks", key="R", label="rechecks", places=("board",), footer=True,
           help="what rechecks of labels in doubt found"),
    Action(name="accuracy", key="S", label="accuracy", places=("board",), footer=True,
           help="how often people are right, and how that changes as their sessions go on"),
    Action(name="alarms", key="T", label="alarms", places=("board",), footer=True,
           help="alarms of drift and of pace; those of pace are decided there"),
    Action(name="against", key="tab", label="gold/settled", places=("accuracy",), footer=True,
           help="against gold, or against what others have settled"),
    Action(name="retire", key="x", label="retire", places=("gold_item",), footer=True,
           help="take the trace out of gold; say why"),
    Action(name="steps", key="enter", label="steps", help="the steps behind what is marked", footer=True,
           places=("agreement", "confusion")),
    Action(name="next_slice", key="l", label="next slice", also=("right",), places=("agreement",), footer=True,
           help="by the next slice: label, domain, tag, ... minutes"),
    Action(name="previous_slice", key="h", label="slice before", help="by the slice before", also=("left",),
           places=("agreement",)),
    Action(name="other_list", key="tab", label="other list", places=("agreement",), footer=True,
           help="to the diagnosis, or back to the table"),
    Action(name="confusion", key="#", label="grid", places=("agreement",), footer=True,
           help="which labels met which, as a shaded grid"),
    Action(name="coefficient", key="%", label="coefficient", places=("agreement",), footer=True,
           help="the next coefficient: alpha, percent, the kappas, AC1"),
    Action(name="rose", key="w", label="before/after", places=("agreement",), footer=True,
           help="agreement before and after the newest guideline version, or the marked one"),
    Action(name="taken", key="t", label="taken", places=("agreement",), footer=True,
           help="what the server measured by itself in the past"),
    Action(name="apart", key=".", label="kinds", places=("agreement",),
           help="hold the kinds of labels apart, or not"),
    Action(name="right", key="l", label="right", help="a cell to the right", also=("right",), places=("confusion",)),
    Action(name="left", key="h", label="left", help="a cell to the left", also=("left",), places=("confusion",)),
    Action(name="other_table", key="tab", label="other table", places=("confusion",), footer=True,
           help="the table of the next two people, where there is one for each two"),
    Action(name="decide", key="r", label="goes on", places=("taken",), footer=True,
           help="say why a domain below the bar goes on"),
    Action(name="filter", key="/", label="filter", help="filter the list as you type", footer=True,
           places=("lists", "cases", "board", "gold")),
    Action(name="sort", key="s", label="sort", help="sort the list by the next column", footer=True,
           places=("lists", "cases", "agreement", "board", "gold")),
    Action(name="commit_text", key="enter", label="commit", help="commit what is chosen, with this reason",
           places=("text",), footer=True),
    Action(name="new_line", key="ctrl+j", label="new line", help="a new line in the reason", places=("text",),
           footer=True),
    Action(name="send", key="ctrl+s", label="send", help="send what you wrote", places=("editor", "pass_on"),
           footer=True),
    Action(name="kind", key="ctrl+t", label="other kind", places=("editor",), footer=True,
           help="another wording of the step, or steps that are missing before it"),
    Action(name="seats", key="ctrl+t", label="to a panel", places=("pass_on",), footer=True,
           help="to one expert, or to a panel of 3, 5 or 7 whose majority decides"),
    Action(name="go_on", key="enter", label="go on", help="go on where the notice says, or with the next field",
           places=("notice", "sign_in"), footer=True),
    Action(name="next_field", key="tab", label="other field", help="to the other field", also=("shift+tab",),
           places=("sign_in", "pass_on"), footer=True),
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
