"""The Markdown of a guideline file: sections by their headings, and a rule's paragraphs by their first words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt

from cotlab.domain.guidelines.rules import Example, Rule, Term

RULE_HEADING = re.compile(r"(?=\S{1,20}\s)(?P<id>[A-Z]+[0-9]+)\s+(?P<title>\S.*)", re.ASCII)
PARAGRAPH = re.compile(r"(?:(Domains|Short|Example|Counter-example)\s*:|(In honest doubt)\b:?)\s*", re.IGNORECASE)
VERDICT = re.compile(r"\bThis is (?=`(?P<label>[^`]+)`)")
LINE_END = re.compile(r"\r\n?|\n")
BULLET = re.compile(r"[-*+] ")
TERM = re.compile(r"[-*+]\s+\*\*(?P<names>.+?)\*\*:?\s*(?P<definition>.*)", re.DOTALL)
LAID_OUT = ("- ", "* ", "|", ">", "    ", "```", "1. ")
"""Blocks that begin so keep their lines."""


@dataclass(slots=True)
class Section:
    """What stands under a heading, up to the next one; `first` is the line of the heading in the body, from 0."""

    level: int
    title: str
    first: int
    lines: list[str] = field(default_factory=list)
    after: int = 0


def read_body(body: str, text: str) -> dict[str, Any]:
    """Quick reference, granularity, rules and glossary of the Markdown at the end of a file's `text`.

    A section that is not there is empty. `not_rules` are the lines of headings among the rules that are none.
    """
    offset = text[: text.rindex(body)].count("\n") + 1 if body else 1
    found: dict[str, Any] = {}
    within = ""
    rules: list[Rule] = []
    not_rules: list[int] = []
    for section in _sections(body):
        heading = RULE_HEADING.fullmatch(section.title)
        if within == "rules" and (section.level > 2 or heading):
            if section.level == 3 and heading:
                rules.append(_rule(heading, section, offset))
            else:
                not_rules.append(section.first + offset)
            continue
        if section.level <= 2:
            within = section.title.casefold()
        if within in ("quick reference", "granularity"):
            part = _markdown(section) if section.level > 2 else "\n".join(section.lines)
            field = within.replace(" ", "_")
            found[field] = _trimmed(f"{found.get(field, '')}\n{part}")
        elif within == "glossary":
            found["glossary"] = (*found.get("glossary", ()), *_terms(section, offset))
    return {**found, "rules": tuple(rules), "not_rules": tuple(not_rules)}


def _trimmed(text: str) -> str:
    """Without empty lines around it, but with the indent of its first line."""
    indent = len(text) - len(text.lstrip())
    return text[text.rfind("\n", 0, indent) + 1 :].rstrip()


def _sections(body: str) -> Iterator[Section]:
    lines = LINE_END.split(body)
    tokens = MarkdownIt("commonmark").disable("inline").parse(body)
    headings = [
        Section(int(token.tag[1:]), inline.content.strip(), token.map[0], after=token.map[1])
        for token, inline in pairwise(tokens)
        if token.type == "heading_open" and token.level == 0 and token.map
    ]
    ends = [*(section.first for section in headings[1:]), len(lines)]
    for section, end in zip(headings, ends, strict=False):
        section.lines = lines[section.after : end]
        yield section


def _markdown(section: Section) -> str:
    return "\n".join([f"{'#' * section.level} {section.title}", *section.lines])


def _blocks(section: Section) -> Iterator[tuple[int, str]]:
    """Line in the body (from 0) and text of each paragraph; one that is laid out in lines keeps them."""
    waiting: list[str] = []
    fenced = False
    for number, line in enumerate([*section.lines, ""]):
        fenced ^= line.startswith("```")
        if line.strip() or (fenced and waiting and number < len(section.lines)):
            waiting.append(line.rstrip())
        elif waiting:
            laid_out = waiting[0].startswith(LAID_OUT)
            yield (
                section.after + number - len(waiting),
                "\n".join(waiting) if laid_out else " ".join(" ".join(waiting).split()),
            )
            waiting = []


def _rule(heading: re.Match[str], section: Section, offset: int) -> Rule:
    parts: dict[str, list[str]] = {"decision": [], "short": [], "doubt": []}
    domains: list[str] = []
    examples: list[Example] = []
    for line, block in _blocks(section):
        known = PARAGRAPH.match(block)
        kind = (known[1] or known[2]).casefold() if known else "decision"
        rest = block[known.end() :] if known else block
        if kind == "domains":
            domains += [domain.strip() for domain in rest.rstrip(".").split(",") if domain.strip()]
        elif kind.endswith("example"):
            examples.append(_example(kind, rest, line + offset))
        elif kind == "in honest doubt":
            parts["doubt"].append(rest)
        else:
            parts[kind].append(rest)
    return Rule(
        id=heading["id"], title=heading["title"], domains=tuple(domains), examples=tuple(examples),
        line=section.first + offset, **{part: "\n\n".join(blocks) for part, blocks in parts.items()},
    )  # fmt: skip


def _example(kind: str, block: str, line: int) -> Example:
    text, label, reason = _verdict(block)
    return Example.model_validate(
        {"kind": kind, "line": line, "text": text.strip(), "label": label.strip(), "reason": reason.strip()}
    )


def _verdict(block: str) -> tuple[str, str, str]:
    """An example's text, its label and the reason: the last verdict counts, and brackets behind it end the block."""
    verdicts = [*VERDICT.finditer(block)]
    if not verdicts:
        return block, "", ""
    last = verdicts[-1]
    _, bracket, reason = block[last.end("label") + 1 :].partition("(")
    within = reason.removesuffix(".")
    if bracket and not within.endswith(")"):
        return block, "", ""
    return block[: last.start()], last["label"], within.removesuffix(")")


def _terms(section: Section, offset: int) -> Iterator[Term]:
    items: list[tuple[int, list[str]]] = []
    for number, (before, line) in enumerate(pairwise(["", *section.lines])):
        if BULLET.match(line) or (line[:1].strip() and not before.strip()):
            items.append((number, [line]))
        elif items and line.strip():
            items[-1][1].append(line)
    for number, lines in items:
        known = TERM.fullmatch(" ".join(" ".join(lines).split()))
        if known is not None:
            names = tuple(part.strip() for part in known["names"].rstrip(":").split(",") if part.strip())
            yield Term(names=names, definition=known["definition"], line=section.after + number + offset)
