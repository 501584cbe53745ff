"""What models drafted of what I have committed, as lines of a width: opinions as bars, and other wordings of a step."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from textual.content import Content

from cotlab.domain.guidelines.schema import Schema
from cotlab.domain.shown_drafts import ShownAlternative, ShownDraft, ShownOpinion, ShownPreference
from tui.widgets.labels import badge, short_badge, widest
from tui.widgets.lines import Block
from tui.widgets.text import counted, cut, hanging, one_line, shown

BAR, SHORT_BAR = 24, 10
"""Cells of the bar of a whole probability."""
EIGHTHS = " ▏▎▍▌▋▊▉█"
BY = {"log-probabilities": "by its probabilities", "votes": "by its votes"}
SIDES = {"left": "the left one", "right": "the right one", "none": "no preference"}
MORE = "…  i  all of it"
KEYS = "+ keeps it, i edits it, t turns it down"


@dataclass
class Panel:
    """The drafts of one step or pair that were shown. `at` counts the wordings that are still open from 0; `settled` is
    what was done with the others: id -> `kept` or `turned down`.
    """

    drafts: tuple[ShownDraft, ...] = ()
    open: bool = True
    at: int = 0
    settled: dict[str, str] = field(default_factory=dict)

    def take(self, drafts: Iterable[ShownDraft]) -> None:
        """More was shown: wordings stay, and of opinions there are those that the server tells now, one a model."""
        given = {one.id: one for one in drafts if one.kind != "rationale"}
        anew = any(one.kind != "alternatives" for one in given.values())
        kept = {one.id: one for one in self.drafts if one.kind == "alternatives" or not anew}
        self.drafts = tuple((kept | given).values())

    @property
    def opinions(self) -> tuple[ShownOpinion | ShownPreference, ...]:
        return tuple(one for one in self.drafts if isinstance(one, (ShownOpinion, ShownPreference)))

    @property
    def wordings(self) -> tuple[ShownAlternative, ...]:
        """Those with which nothing was done yet."""
        return tuple(one for one in self.drafts if isinstance(one, ShownAlternative) and one.id not in self.settled)

    @property
    def wording(self) -> ShownAlternative | None:
        """The one that the keys keep, edit, or turn down."""
        return self.wordings[min(self.at, len(self.wordings) - 1)] if self.wordings else None

    def move(self, by: int) -> bool:
        """To another wording; whether there is one."""
        before, self.at = self.at, max(0, min(self.at + by, len(self.wordings) - 1))
        return self.at != before

    def settle(self, wording: ShownAlternative, how: str) -> None:
        """Keep what was done with a wording."""
        self.settled[wording.id] = how
        self.at = max(0, min(self.at, len(self.wordings) - 1))


def panel_of(drafts: Iterable[ShownDraft]) -> Panel:
    panel = Panel()
    panel.take(drafts)
    return panel


def bar(share: float, cells: int) -> str:
    """A share from 0 to 1 as a bar of at most `cells` characters, to an eighth of one."""
    eighths = round(max(0.0, min(share, 1.0)) * cells * 8)
    whole, rest = divmod(eighths, 8)
    return EIGHTHS[8] * whole + (EIGHTHS[rest] if rest else "")


def panel_lines(panel: Panel, of: str, schema: Schema, raw: bool, width: int, limit: int) -> list[Content]:
    """At most `limit` lines, or two where it is less: opinions a line each where there is little room, then a wording.

    `of` is what they are of, in a few characters.
    """
    first, wordings = Content.styled(of, "dim"), panel.wordings
    room = max(1, limit - (2 if wordings else 0))
    opinions = [line for at, one in enumerate(panel.opinions) for line in _in_full(panel, at, one, schema)]
    if len(opinions) > room:
        room = max(1, limit - (1 if wordings else 0))
        wide = width - first.cell_length
        opinions = [_short(panel, at, one, schema, wide) for at, one in enumerate(panel.opinions)][:room]
    lines = [*opinions, *_wording(panel, raw, width - first.cell_length, max(1, limit - len(opinions)))]
    if not lines:
        lines = [Content.styled(f"drafts: {settled_words(panel)}", "dim")]
    indent = " " * first.cell_length
    return [cut(Content.assemble(indent if at else first, line), width) for at, line in enumerate(lines)]


def settled_words(panel: Panel) -> str:
    """`1 kept, 2 turned down`."""
    done = list(panel.settled.values())
    return ", ".join(f"{done.count(how)} {how}" for how in dict.fromkeys(done))


def _who(panel: Panel, at: int, by: str | None) -> str:
    """A model without its name, which nobody who labels is told."""
    who = "a model" if len(panel.opinions) == 1 else f"model {at + 1}"
    return f"{who}, {BY.get(by, by)}" if by else who


def _in_full(panel: Panel, at: int, one: ShownOpinion | ShownPreference, schema: Schema) -> list[Content]:
    """Who says what, and the bars below it."""
    said = Content.assemble(("draft  ", "dim"), _said(one, schema), (f"   {_who(panel, at, one.by)}", "dim"))
    shares = _shares(one)
    wide = widest(schema) + 2 if isinstance(one, ShownOpinion) else len("right")
    bars = [
        Content.assemble(
            "       ", _named(one, name, schema, wide), f"  {share:.2f} ", Content.styled(bar(share, BAR), "$accent")
        )
        for name, share in shares
    ]  # fmt: skip
    return [said, *bars]


def _short(panel: Panel, at: int, one: ShownOpinion | ShownPreference, schema: Schema, width: int) -> Content:
    """The same on a line: a bar for what is said, or for both sides, then as much of the rest as there is room for."""
    several = len(panel.opinions) > 1
    who = (f"{_who(panel, at, None)}: ", "dim") if several else ""
    said, shares = Content.assemble(("draft  ", "dim"), who, _said(one, schema)), _shares(one)
    if isinstance(one, ShownPreference):
        rest = [Content.assemble("   ", (name, "dim"), " ", _bar(share)) for name, share in shares]
    else:
        (_, share), *others = shares
        rest = [Content.assemble("  ", _named(one, name, schema, 0), (f" {of:.2f}", "dim")) for name, of in others]
        said = Content.assemble(said, " ", _bar(share))
    for part in (*rest, Content.styled("" if several else f"  {_who(panel, at, one.by)}", "dim")):
        if said.cell_length + part.cell_length > width:
            break
        said = Content.assemble(said, part)
    return said


def _bar(share: float) -> Content:
    return Content.assemble(f"{share:.2f} ", Content.styled(f"{bar(share, SHORT_BAR):<{SHORT_BAR}}", "$accent"))


def _said(one: ShownOpinion | ShownPreference, schema: Schema) -> Content:
    return badge(one.label, schema) if isinstance(one, ShownOpinion) else Content.styled(SIDES[one.preference], "bold")


def _shares(one: ShownOpinion | ShownPreference) -> Sequence[tuple[str, float]]:
    """The probabilities, the greatest first; of a pair left before right."""
    if isinstance(one, ShownPreference):
        return ("left", one.left), ("right", one.right)
    found: Mapping[str, float] = one.probabilities
    return sorted(found.items(), key=lambda of: (of[0] != one.label, -of[1], of[0]))


def _named(one: ShownOpinion | ShownPreference, name: str, schema: Schema, wide: int) -> Content:
    said = short_badge(name, schema) if isinstance(one, ShownOpinion) else Content(name)
    return Content.assemble(said, " " * max(0, wide - said.cell_length))


def _wording(panel: Panel, raw: bool, width: int, limit: int) -> list[Content]:
    """The wording in hand, in at most `limit` lines."""
    wording, count = panel.wording, len(panel.wordings)
    if wording is None:
        return []
    place = f"wording {min(panel.at, count - 1) + 1} of {count}  "
    if limit == 1:
        return [Content.assemble((place, "dim"), one_line(wording.text, raw))]
    lines = hanging(Content.styled(place, "dim"), shown(wording.text, raw), width)
    return lines if len(lines) <= limit else [*lines[: limit - 1], Content.styled(f"{' ' * len(place)}{MORE}", "dim")]


def in_words(panel: Panel) -> str:
    """What the keys do with what was shown, for the status line."""
    others = "; h l: others" if len(panel.wordings) > 1 else ""
    return f"{counted(len(panel.wordings), 'other wording')}: {KEYS}{others}" if panel.wordings else ""


class DraftsBlock(Block):
    """Opinions and a wording in at most `limit` lines; nothing where the panel is shut, or holds nothing."""

    panel: Panel | None = None
    of = ""
    schema = Schema()
    raw = False
    limit = 3

    def show(self, panel: Panel | None, of: str, schema: Schema, raw: bool) -> None:
        """`of` is what was drafted of, in a few characters that stand before the lines."""
        self.panel, self.of, self.schema, self.raw = panel, of, schema, raw
        self.display = panel is not None and panel.open and bool(panel.drafts)
        self.refresh(layout=True)

    def _lines(self, width: int) -> list[Content]:
        if self.panel is None:
            return []
        return panel_lines(self.panel, self.of, self.schema, self.raw, width, self.limit)
