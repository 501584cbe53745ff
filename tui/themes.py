"""Four themes. `terminal` takes the terminal's own colours, and so follows its light or dark."""

from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

TERMINAL = replace(BUILTIN_THEMES["ansi-dark"], name="terminal", secondary="ansi_cyan", accent="ansi_cyan")
DARK = Theme(
    name="dark", dark=True,
    primary="#7aa2c8", secondary="#6fb3b8", accent="#8ab4d8", success="#8fbf7f", warning="#d9b26a",
    error="#e0837a", foreground="#d6d6d0", background="#16181a", surface="#16181a", panel="#202326",
)  # fmt: skip
LIGHT = Theme(
    name="light", dark=False,
    primary="#2f5d8a", secondary="#1f6f76", accent="#2f5d8a", success="#2f6b2a", warning="#7d5500",
    error="#a3271c", foreground="#24241f", background="#fbfaf6", surface="#fbfaf6", panel="#efeee8",
)  # fmt: skip
CONTRAST = Theme(
    name="contrast", dark=True,
    primary="#ffffff", secondary="#00ffff", accent="#ffff00", success="#00ff00", warning="#ffff00",
    error="#ff9090", foreground="#ffffff", background="#000000", surface="#000000", panel="#000000",
)  # fmt: skip

ALL = (TERMINAL, DARK, LIGHT, CONTRAST)
