"""Text of the data on its way to the screen: exact, never read as markup, never able to steer the terminal."""

from textual.content import Content

from tui.mathematics import readable


def visible(text: str) -> str:
    """`text` with control characters as their pictures; line ends and tabs stay."""
    return "".join(_picture(character) for character in text.replace("\r\n", "\n"))


def _picture(character: str) -> str:
    code = ord(character)
    if character in "\n\t":
        return character
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return f"\\x{code:02x}" if 0x80 <= code < 0xA0 else character


def shown(text: str, raw: bool = False) -> Content:
    """What the screen shows of a text of the data, mathematics rendered unless `raw`."""
    return Content(visible(text if raw else readable(text)))


def one_line(text: str, raw: bool = False) -> str:
    """The same on one line, for lists and folded steps."""
    return " ".join(visible(text if raw else readable(text)).split())


def cut(content: Content, width: int) -> Content:
    """One line of at most `width` cells, with an ellipsis where something is cut."""
    return content if content.cell_length <= width else content.truncate(width, ellipsis=True)
