"""A guideline version as the Markdown that is read again: what `read_body` finds, and nothing else."""

import re
import textwrap
from collections.abc import Iterator

import yaml

from cotlab.domain.guidelines.rules import Example, Guideline, Rule
from cotlab.domain.guidelines.schema import FrontMatter
from cotlab.exchange.guideline.body import LAID_OUT

WIDTH = 79
OTHER_LINE_END = re.compile("[\x85\u2028\u2029]")
TIED = re.compile(r" (?=(?:#{1,6}|=+|-+|[*+]|[0-9]+[.)])(?: |$)|>|<|`{3}|~{3})")
"""The space before what would begin a heading or another block, if a line began with it."""


def guideline_text(guideline: Guideline) -> str:
    """The whole file; reading it gives the same head, rules, glossary and sections."""
    parts = [f"# {guideline.head.title}"]
    for title, text in (("Quick reference", guideline.quick_reference), ("Granularity", guideline.granularity)):
        if text:
            parts.append(f"## {title}\n\n{text}")
    if guideline.rules:
        parts += ["## Rules", *(rule_text(rule) for rule in guideline.rules)]
    if guideline.glossary:
        terms = [f"- **{', '.join(term.names)}**: {term.definition}" for term in guideline.glossary]
        parts.append("## Glossary\n\n" + "\n".join(textwrap.fill(term, WIDTH, subsequent_indent="  ",
                     break_long_words=False, break_on_hyphens=False) for term in terms))  # fmt: skip
    return f"---\n{head_text(guideline.head)}---\n" + "\n\n".join(parts) + "\n"


def head_text(head: FrontMatter) -> str:
    """The front matter in YAML, without what is left at its default."""
    fields = head.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    written: str = yaml.dump(fields, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=120)
    return written


class Dumper(yaml.SafeDumper):
    """Escapes the line ends that YAML would read back as another one."""

    def represent_text(self, text: str) -> yaml.Node:
        style = '"' if OTHER_LINE_END.search(text) else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


Dumper.add_representer(str, Dumper.represent_text)


def rule_text(rule: Rule) -> str:
    """One rule with its heading."""
    domains = [_filled(f"Domains: {', '.join(rule.domains)}")] if rule.domains else []
    decision = [rule.decision] if "```" in rule.decision else _paragraphs("", rule.decision)
    blocks = [*domains, *_paragraphs("Short: ", rule.short), *decision, *_paragraphs("In honest doubt: ", rule.doubt)]
    return "\n\n".join([f"### {rule.id} {rule.title}", *blocks, *(example_text(one) for one in rule.examples)])


def _paragraphs(begins: str, text: str) -> Iterator[str]:
    return (_filled(begins + paragraph) for paragraph in text.split("\n\n") if paragraph)


def example_text(example: Example) -> str:
    """One example as the paragraph that stands in its rule."""
    reason = f" ({example.reason})" if example.reason else ""
    verdict = f" This is `{example.label}`{reason}." if example.label else ""
    return _filled(f"{example.kind.capitalize()}: {example.text}{verdict}")


def _filled(paragraph: str) -> str:
    if "\n" in paragraph or paragraph.startswith(LAID_OUT):
        return paragraph
    tied = TIED.sub("\0", paragraph)
    return textwrap.fill(tied, WIDTH, break_long_words=False, break_on_hyphens=False).replace("\0", " ")
