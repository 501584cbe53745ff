"""Tables: which command is which sign, and how many arguments a command takes."""

from tui.mathematics.items import Kind


def _words(table: str) -> list[str]:
    return table.split()


def _pairs(table: str) -> dict[str, str]:
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


_LETTERS = _pairs("""
    alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ
    mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi φ varphi ϕ chi χ
    psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
    infty ∞ partial ∂ nabla ∇ ell ℓ hbar ℏ Re ℜ Im ℑ aleph ℵ emptyset ∅ varnothing ∅ imath ı jmath ȷ
    angle ∠ measuredangle ∡ triangle △ square □ Box □ bigcirc ◯ clubsuit ♣ spadesuit ♠ heartsuit ♡
    diamondsuit ♢ diamond ⋄ forall ∀ exists ∃ nexists ∄ top ⊤ bot ⊥ checkmark ✓ degree ° dagger † ddagger ‡
    blacksquare ■ bigstar ★
""")
_SUMS = _pairs("""
    pm ± mp ∓ cup ∪ cap ∩ setminus ∖ oplus ⊕ ominus ⊖ uplus ⊎ sqcup ⊔ sqcap ⊓ vee ∨ lor ∨ wedge ∧ land ∧
""")
_TIMES = _pairs("times × cdot · ast ∗")
_OVERS = _pairs("""
    div ÷ star ⋆ circ ∘ bullet • otimes ⊗ odot ⊙ oslash ⊘ ltimes ⋉ rtimes ⋊ wr ≀ amalg ⨿ colon :
""")
_RELATIONS = _pairs("""
    le ≤ leq ≤ leqslant ≤ ge ≥ geq ≥ geqslant ≥ lt < gt > ne ≠ neq ≠ ll ≪ gg ≫ approx ≈ equiv ≡ cong ≅ sim ∼ simeq ≃
    propto ∝ in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ subsetneq ⊊ supset ⊃ supseteq ⊇ supsetneq ⊋ mid ∣ nmid ∤ parallel ∥
    nparallel ∦ perp ⊥ to → rightarrow → longrightarrow ⟶ leftarrow ← gets ← longleftarrow ⟵
    leftrightarrow ↔ Rightarrow ⇒
    Longrightarrow ⟹ implies ⟹ Leftarrow ⇐ Leftrightarrow ⇔ iff ⟺ Longleftrightarrow ⟺ mapsto ↦ longmapsto ⟼
    uparrow ↑ downarrow ↓ therefore ∴ because ∵ prec ≺ succ ≻ preceq ⪯ succeq ⪰ vdash ⊢ models ⊨ asymp ≍ doteq ≐
    triangleq ≜ coloneqq ≔ lesssim ≲ gtrsim ≳ nearrow ↗ searrow ↘ hookrightarrow ↪ rightleftharpoons ⇌
""")
_BIG = _pairs("""
    sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂ bigvee ⋁ bigwedge ⋀
""")
_MARKS = _pairs("ldots … dots … dotsc … dotsb … dotsm ⋯ dotsi ⋯ cdots ⋯ vdots ⋮ ddots ⋱")
_POSTFIX = {"%": "%", "prime": "′"}
_OPEN = {"{": "{", "lbrace": "{", "lbrack": "[", "langle": "⟨", "lfloor": "⌊", "lceil": "⌈", "lvert": "|", "lVert": "‖"}
_CLOSE = {
    "}": "}",
    "rbrace": "}",
    "rbrack": "]",
    "rangle": "⟩",
    "rfloor": "⌋",
    "rceil": "⌉",
    "rvert": "|",
    "rVert": "‖",
}
_BARS = {"|": "‖", "vert": "|", "Vert": "‖"}
_SIGNS = {"$": "$", "#": "#", "&": "&", "_": "_"}
_FUNCTIONS = _words("""
    sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth log ln lg exp gcd det dim ker deg arg hom Pr
""")
_LIMITS = _words("lim limsup liminf max min sup inf")
_BLANKS = {",": " ", ";": " ", ":": " ", ">": " ", " ": " ", "\n": " ", "quad": "  ", "qquad": "   ", "thinspace": " "}
_NOTHING = _words("! displaystyle textstyle scriptstyle limits nolimits nonumber notag")

SYMBOLS: dict[str, tuple[str, Kind]] = {
    **{name: (sign, Kind.LETTER) for name, sign in (_LETTERS | _SIGNS).items()},
    **{name: (sign, Kind.SUM) for name, sign in _SUMS.items()},
    **{name: (sign, Kind.TIMES) for name, sign in _TIMES.items()},
    **{name: (sign, Kind.OVER) for name, sign in _OVERS.items()},
    **{name: (sign, Kind.RELATION) for name, sign in _RELATIONS.items()},
    **{name: (sign, Kind.BIG) for name, sign in _BIG.items()},
    **{name: (name, Kind.BIG) for name in _LIMITS},
    **{name: (name, Kind.FUNCTION) for name in _FUNCTIONS},
    **{name: (sign, Kind.MARK) for name, sign in _MARKS.items()},
    **{name: (sign, Kind.POSTFIX) for name, sign in _POSTFIX.items()},
    **{name: (sign, Kind.OPEN) for name, sign in _OPEN.items()},
    **{name: (sign, Kind.CLOSE) for name, sign in _CLOSE.items()},
    **{name: (sign, Kind.BAR) for name, sign in _BARS.items()},
    **{name: (sign, Kind.BLANK) for name, sign in _BLANKS.items()},
    **{name: ("", Kind.BLANK) for name in _NOTHING},
    "bmod": ("mod", Kind.RELATION),
    "mod": ("mod", Kind.RELATION),
}
FRACTIONS = frozenset({"frac", "dfrac", "tfrac", "cfrac"})
BINOMIALS = frozenset({"binom", "dbinom", "tbinom"})
TEXTS = frozenset({"text", "textrm", "textnormal", "textit", "textbf", "textsf", "mbox"})
WORDS = frozenset({"mathrm", "operatorname"})
BOLD = frozenset({"mathbf", "boldsymbol", "bm", "pmb", "bold"})
PLAIN = frozenset({"mathit", "mathnormal"})
ALPHABETS = frozenset({"mathbb", "mathcal", "mathfrak", "mathscr"})
ACCENTS = {"vec": "\u20d7", "hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307", "ddot": "\u0308"}
OVERLINES = {"overline": "\u0305", "underline": "\u0332"}
LONG_ACCENTS = {"overrightarrow": "vec", "widehat": "hat", "widetilde": "tilde"}
SIZES = frozenset(_words("left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr"))

ARGUMENTS: dict[str, str] = {
    **dict.fromkeys(FRACTIONS | BINOMIALS, "{{"),
    **dict.fromkeys(TEXTS | WORDS | BOLD | PLAIN | ALPHABETS | {"boxed", "fbox", "pmod", "not"}, "{"),
    **dict.fromkeys(ACCENTS.keys() | OVERLINES.keys() | LONG_ACCENTS.keys() | SIZES, "{"),
    "sqrt": "[{",
    "\\": "*[",
}
"""Arguments of a command in pylatexenc's notation: `{` one that must be there, `[` one that may, `*` a star."""

INFIX = frozenset({"over", "choose"})
MATRICES = {"pmatrix": "()", "bmatrix": "[]", "Bmatrix": "{}", "vmatrix": "||", "Vmatrix": "‖‖"}
GRIDS = frozenset({"matrix", "smallmatrix", "array"})
ROWS = frozenset({"align", "aligned", "gather", "gathered", "split", "equation", "eqnarray", "multline", "alignat"})
ENVIRONMENTS = frozenset({*MATRICES, *GRIDS, *ROWS, *(f"{name}*" for name in ROWS), "cases"})

SUPERSCRIPTS = dict(
    zip("0123456789+-=()abcdefghijklmnoprstuvwxyzT′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ′", strict=True)
)
SUBSCRIPTS = dict(zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
VULGAR = dict(
    zip(
        _words("1/2 1/3 2/3 1/4 3/4 1/5 2/5 3/5 4/5 1/6 5/6 1/7 1/8 3/8 5/8 7/8 1/9 1/10"),
        "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒",
        strict=True,
    )
)
NEGATED = {
    "=": "≠",
    "∈": "∉",
    "<": "≮",
    ">": "≯",
    "≤": "≰",
    "≥": "≱",
    "≡": "≢",
    "⊂": "⊄",
    "⊆": "⊈",
    "∣": "∤",
    "∼": "≁",
    "≅": "≇",
}
