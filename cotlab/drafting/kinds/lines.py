"""Steps in the lines of an answer, without what chat models put around and in front of them."""

import re
from collections.abc import Sequence

LABEL = re.compile(r"^#{0,6}\s*(?:(?:\*\*)?step\s+\d+\s*(?:[.:)]\s*(?:\*\*)?|\*\*:?\s*|$)|\d+[.)]\s+)", re.IGNORECASE)
"""`Step 3:`, `### Step 3` or `3.` in front of a step; a number that the step begins with (`3.5 + 1`) is none."""
MARK = re.compile(
    r"^(?:#{1,6}\s+|[*•]\s+|[-–]\s+(?!(?:sin|cos|tan|log|ln|exp)\b)(?=(?:\*\*)?[^\W\d_]{2,}(?:[\s,:.]|$)))"
)
"""Of a heading or a list; a dash in front of a number, a letter or a formula may be a minus."""
EMPTY = re.compile(
    r"(?:`{3,}|~{3,})\s*[\w-]*|[-=_*|:+\s]{3,}|\|?(?:\s*:?-+:?\s*\|)+|[#*]*\s*solution[:*]*", re.IGNORECASE
)
"""A fence of code, a line across a page or a table, and the bare heading of a solution."""
GREETING = re.compile(r"^(?:sure|certainly|of course|absolutely|okay)[!.,]\s*", re.IGNORECASE)
PREAMBLE = re.compile(
    r"""^(?:\*\*)?here(?:['’]s|\ is|\ are)\b [^:\d\n]{0,80} \b(?:steps?|solutions?|answers?|versions?|alternatives?)
        (?:\s\d+)? (?:\s(?:of|in|for|to)\s[^:\n]{1,40})? (?:\*\*)?:(?:\s*\*\*)?(?:\s+|$)""",
    re.IGNORECASE | re.VERBOSE,
)
"""`Here is the next step:` in front of it; `Here are 3 apples: each costs 2` says what is given."""
DISPLAY = re.compile(
    r"""(?::[ \t]*\n\s*)?
        (?: (?<!\\)\\\[ (?:(?!\\\[).){0,2000}? (?<!\\)\\\]
          | ^[^\S\n]*\$\$ .{0,2000}? \$\$
          | \\begin\{(\w+\*?)\} (?:(?!\\begin\{\1\}).){0,2000}? \\end\{\1\} )""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
"""Mathematics that stands by itself, with the end of the line that announces it; it begins in a line of its own, since
a pattern that ran on over blank lines would read them all anew from each.
"""
OPENED = re.compile(r"(?<!\\)\\\[|^[^\S\n]*\$\$|\\begin\{", re.MULTILINE)


def whole_lines(text: str) -> str:
    """The lines of an answer that was cut off but for the last one; empty where no step is whole in them."""
    lines = text[: text.rfind("\n") + 1]
    return lines if steps_of(lines) and not OPENED.search(DISPLAY.sub("", lines)) else ""


def steps_of(text: str) -> list[str]:
    """The steps of an answer, a line each; mathematics that stands by itself is in one line with what announces it."""
    joined = DISPLAY.sub(lambda found: " ".join(found[0].split()), text)
    lines = [line for one in joined.splitlines() if (line := one.strip()) and not EMPTY.fullmatch(line)]
    return [step for line in _without_preamble(lines) if (step := _bare(line))]


def _without_preamble(lines: Sequence[str]) -> Sequence[str]:
    """Lines without what a model says before it comes to the matter: a greeting, and one line that announces it."""
    first, *rest = lines or ("",)
    first = GREETING.sub("", first)
    if not first and rest:
        first, *rest = rest
    first = PREAMBLE.sub("", first)
    announces = first.rstrip("* ").endswith(":") and not LABEL.match(first) and rest
    return rest if announces or not first else (first, *rest)


def _bare(step: str) -> str:
    """A step without what counts or marks it."""
    bare = LABEL.sub("", MARK.sub("", step)).strip()
    return bare if bare.count("**") % 2 == 0 else bare.replace("**", "", 1).strip()
