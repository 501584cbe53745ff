"""The LaTeX commands that a check reads."""

SKIPPED = {"left", "right", "displaystyle", "textstyle", ",", ";", ":", "!", " ", "quad", "qquad", "big", "Big", "bigg",
           "Bigg", "limits", "nolimits", "hline", "bigl", "bigr", "Bigl", "Bigr",
           "\n"}  # fmt: skip
SIGNS = {
    "times": ("operator", "*"), "cdot": ("operator", "*"), "ast": ("operator", "*"), "div": ("operator", "/"),
    "pm": ("operator", "±"), "%": ("operator", "%"), "$": ("money", "$"), "{": ("unread", "{"), "}": ("unread", "}"),
    "le": ("relation", "≤"), "leq": ("relation", "≤"), "leqslant": ("relation", "≤"), "ge": ("relation", "≥"),
    "geq": ("relation", "≥"), "geqslant": ("relation", "≥"), "lt": ("relation", "<"), "gt": ("relation", ">"),
    "ne": ("relation", "≠"), "neq": ("relation", "≠"), "approx": ("relation", "≈"), "equiv": ("relation", "≡"),
    "(": ("maths", "$"), ")": ("maths", "$"), "[": ("maths", "$"), "]": ("maths", "$"), "\\": ("stop", "\\\\"),
    "Rightarrow": ("stop", "=>"), "implies": ("stop", "=>"), "therefore": ("stop", "."), "iff": ("stop", "=>"),
    "Longrightarrow": ("stop", "=>"), "lvert": ("operator", "|"), "rvert": ("operator", "|"),
    "prime": ("operator", "'"), "circ": ("operator", "∘"), "degree": ("operator", "°"),
    "textdegree": ("operator", "°"),
}  # fmt: skip
"""Commands that are a sign: the sort of its token, and its text."""
COMMANDS = {
    **{name: name for name in ("frac", "sqrt", "binom", "sum", "prod", "int", "lim", "sin", "cos", "tan", "sec", "csc",
                               "cot", "arcsin", "arccos", "arctan", "arcsec", "arccsc", "arccot", "sinh", "cosh",
                               "tanh", "log", "ln", "exp", "gcd",
                               "lcm", "max", "min", "pi", "pmod", "bmod", "mod", "boxed", "to", "infty", "theta",
                               "alpha", "beta", "gamma", "lambda", "mu", "phi", "omega", "sigma", "delta", "epsilon",
                               "rho", "tau", "varphi")},
    "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "dbinom": "binom", "tbinom": "binom", "fbox": "boxed",
    "rightarrow": "to", "infty": "infinity", "angle": "angle", "measuredangle": "angle",
}  # fmt: skip
LETTERS = {"theta", "alpha", "beta", "gamma", "lambda", "mu", "phi", "omega", "sigma", "delta", "epsilon", "rho", "tau",
         "varphi"}  # fmt: skip
TEXTS = {"text", "textbf", "textit", "mathrm", "mbox", "textrm", "operatorname", "emph"}


def text_of(text: str, command: str, place: int, stop: int) -> tuple[int, int] | None:
    """Where the words inside \\text{...} begin and end; None for another command, or where no bracket closes."""
    if command[1:] not in TEXTS or place >= stop or text[place] != "{":
        return None
    end = text.find("}", place, stop)
    return None if end < 0 else (place + 1, end)
