"""The YAML that people write, as values and as nodes that know their lines. Nothing in it is ever evaluated."""

from collections.abc import Sequence

import yaml

from cotlab.exchange.readers.records import TOO_DEEP

KEYS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "merge")}


class NotPlain(ValueError):
    """The YAML is broken, or more than plain fields and values; `line` counts from 0."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line, self.why = line, why


class _Plain(yaml.SafeLoader):
    """Reads a text once, without aliases."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            alias = self.get_event()  # type: ignore[no-untyped-call]
            raise NotPlain(_at(alias.start_mark), "an alias (*name) is not taken; write it out")
        return super().compose_node(parent, index)


def plain_yaml(text: str, what: str) -> tuple[yaml.Node | None, object]:
    """Nodes and values of a text, None where it is empty. Raises NotPlain, where `what` is how the text is called."""
    try:
        loader = _Plain(text)
        node = loader.get_single_node()
        _check_fields(node)
        return node, None if node is None else loader.construct_document(node)
    except NotPlain:
        raise
    except yaml.MarkedYAMLError as error:
        why = f"{what} is not YAML: {error.problem or error.context}"
        raise NotPlain(_at(error.problem_mark or error.context_mark), why) from error
    except RecursionError as error:
        raise NotPlain(0, TOO_DEEP) from error
    except (yaml.YAMLError, ValueError) as error:
        raise NotPlain(0, f"{what} is not YAML: {str(error).splitlines()[0]}") from error
    except (LookupError, AttributeError) as error:  # what PyYAML raises where a value is not of the type that it names
        raise NotPlain(0, f"{what} is not YAML: a value is not of the type that stands before it") from error


def _at(mark: object) -> int:
    line: int = getattr(mark, "line", 0)
    return line


def _check_fields(node: yaml.Node | None) -> None:
    """Every field is named by text or a number, and stands once."""
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in inner.value:
                line = key.start_mark.line
                if not isinstance(key, yaml.ScalarNode) or key.tag not in KEYS:
                    raise NotPlain(line, "a field is named by text; a date or null as its name stands in quotes")
                if key.value in seen:
                    raise NotPlain(line, f"{key.value}: the field stands here twice")
                seen.add(key.value)
                waiting.append(value)
        elif isinstance(inner, yaml.SequenceNode):
            waiting.extend(inner.value)


def line_of(node: yaml.Node | None, location: Sequence[str | int]) -> int:
    """The line (from 0) of the deepest part of the location that is there."""
    line = node.start_mark.line if node else 0
    for part in location:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == str(part)), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line
        else:
            break
    return line
