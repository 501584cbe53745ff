"""Commands that stand in prose without marks around them: how far each formula of them reaches."""

import re
from functools import cached_property

from tui.mathematics.symbols import ARGUMENTS, SIZES, SYMBOLS

_COMMAND = re.compile(r"\\([A-Za-z]+)")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_PAIR = re.compile(r"\\(begin|end|left|right)(?![A-Za-z])(\{[A-Za-z]+\*?\})?|\\.", re.DOTALL)
_DELIMITER = re.compile(r" *(?:\\[A-Za-z]+|\\.|\S)")
_BLANKS = re.compile(r" *")
_REST_OF_WORD = re.compile(r"\S*")
_PATH = re.compile(r"(?:[A-Za-z]:|([a-z]{3,}))\Z")
_ESCAPED_LINE = re.compile(r"\\n(?![a-z])")
_OPTION = re.compile(r" *\[[^\[\]\n]{0,40}\]")
_NEWLINE_OR_SIGN = frozenset({"ne", "nu", "ni"})
_LINE_ONLY = frozenset({"over", "choose", "right", "middle", "end", "begin"})


class Commands:
    """The commands of one text."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def escaped_lines(self) -> bool:
        """Whether line ends came as the two signs `\\n`, so that `\\nu` may be a line end and a u."""
        return _ESCAPED_LINE.search(self.text) is not None

    @cached_property
    def braces(self) -> dict[int, int]:
        """Place of each opening brace -> place after the one that closes it."""
        closed: dict[int, int] = {}
        waiting: list[int] = []
        for found in _BRACE.finditer(self.text):
            if found[0] == "{":
                waiting.append(found.start())
            elif found[0] == "}" and waiting:
                closed[waiting.pop()] = found.end()
        return closed

    @cached_property
    def closed(self) -> dict[int, int]:
        """Place of each `\\begin` and `\\left` -> place after the `\\end` or `\\right` that belongs to it."""
        closed: dict[int, int] = {}
        waiting: list[tuple[str, str | None, int]] = []
        for found in _PAIR.finditer(self.text):
            word, name = found[1], found[2]
            if word in ("begin", "left"):
                waiting.append((word, name if word == "begin" else None, found.start()))
            elif word == "end":
                if waiting and waiting[-1][:2] == ("begin", name):
                    closed[waiting.pop()[2]] = found.end()
            elif word == "right" and waiting and waiting[-1][0] == "left":
                delimiter = _DELIMITER.match(self.text, found.end(1))
                closed[waiting.pop()[2]] = delimiter.end() if delimiter else found.end(1)
        return closed

    def run(self, start: int, token: str) -> tuple[int, bool]:
        """Where the commands that start at `start` end, and whether they are a formula."""
        if len(token) == 2 and not token[1].isalpha():
            return start + 2, self._is_sign(start, token)
        if not self._is_known(token[1:]):
            return self._after_unknown(start, token), False
        path = _PATH.search(self.text, max(0, start - 12), start)
        if path is not None and path[1] not in SYMBOLS:
            return self._rest_of_word(start + len(token)), False
        end = self._commands(start)
        if end is None:
            return start + len(token), False
        following = _COMMAND.match(self.text, end)
        if following and not self._is_known(following[1]) and following[1] not in _LINE_ONLY and following[1][0] != "n":
            return self._after_unknown(end, following[0]), False
        return end, True

    def _is_sign(self, start: int, token: str) -> bool:
        """`50\\%` and `\\$5` are amounts; any other escaped sign in prose is not ours."""
        before, after = self.text[max(0, start - 1) : start], self.text[start + 2 : start + 3]
        return (token == "\\%" and before.isdecimal()) or (token == "\\$" and after.isdecimal() and before != "$")

    def _is_known(self, name: str) -> bool:
        known = (name in SYMBOLS or name in ARGUMENTS) and name not in _LINE_ONLY
        return known and not (name in _NEWLINE_OR_SIGN and self.escaped_lines)

    def _after_unknown(self, start: int, token: str) -> int:
        end = start + len(token)
        if token[1] == "n":
            return end
        while end in self.braces:
            end = self.braces[end]
        return self._rest_of_word(end)

    def _rest_of_word(self, at: int) -> int:
        rest = _REST_OF_WORD.match(self.text, at)
        return rest.end() if rest else at

    def _commands(self, start: int) -> int | None:
        """The end of a run of commands with nothing but blanks between them; None where an argument is missing."""
        end = self._one(start)
        while end is not None:
            end = self._scripts(end)
            blanks = _BLANKS.match(self.text, end)
            next_start = blanks.end() if blanks else end
            following = _COMMAND.match(self.text, next_start)
            if following is None or not self._is_known(following[1]):
                return end
            further = self._one(next_start)
            if further is None:
                return end
            end = further
        return None

    def _one(self, start: int) -> int | None:
        found = _COMMAND.match(self.text, start)
        if found is None:
            return None
        if found[1] == "left":
            return self.closed.get(start)
        if found[1] in SIZES:
            return None
        end: int | None = found.end()
        for kind in ARGUMENTS.get(found[1], ""):
            if end is None:
                return None
            option = _OPTION.match(self.text, end) if kind == "[" else None
            end = option.end() if option else end if kind == "[" else self._argument(end)
        return end

    def _argument(self, at: int) -> int | None:
        blanks = _BLANKS.match(self.text, at)
        at = blanks.end() if blanks else at
        sign = self.text[at : at + 1]
        if sign == "{":
            return self.braces.get(at)
        if sign == "\\":
            command = _COMMAND.match(self.text, at)
            return command.end() if command and command[1] in SYMBOLS else None
        return at + 1 if sign.isalnum() else None

    def _scripts(self, at: int) -> int:
        while self.text[at : at + 1] in ("^", "_"):
            end = self._argument(at + 1)
            if end is None:
                break
            at = end
        return at
