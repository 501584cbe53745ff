"""The words after a number that name its unit: known units, and any noun where an operator follows it."""

from collections.abc import Sequence

from cotlab.checks.reading import words
from cotlab.checks.reading.tokens import Sort, Token

UNITS = {
    **dict.fromkeys(("second", "seconds", "sec", "secs", "s"), "second"),
    **dict.fromkeys(("minute", "minutes", "min", "mins"), "minute"),
    **dict.fromkeys(("hour", "hours", "hr", "hrs", "h"), "hour"),
    **dict.fromkeys(("day", "days"), "day"),
    **dict.fromkeys(("week", "weeks"), "week"),
    **dict.fromkeys(("month", "months"), "months_of_calendar"),
    **dict.fromkeys(("year", "years"), "years_of_calendar"),
    **dict.fromkeys(("millimeter", "millimeters", "mm"), "millimeter"),
    **dict.fromkeys(("centimeter", "centimeters", "cm"), "centimeter"),
    **dict.fromkeys(("meter", "meters", "metre", "metres", "m"), "meter"),
    **dict.fromkeys(("kilometer", "kilometers", "kilometre", "kilometres", "km"), "kilometer"),
    **dict.fromkeys(("inch", "inches", "in"), "inch"),
    **dict.fromkeys(("foot", "feet", "ft"), "foot"),
    **dict.fromkeys(("yard", "yards"), "yard"),
    **dict.fromkeys(("mile", "miles"), "mile"),
    **dict.fromkeys(("milligram", "milligrams", "mg"), "milligram"),
    **dict.fromkeys(("gram", "grams", "g"), "gram"),
    **dict.fromkeys(("kilogram", "kilograms", "kg"), "kilogram"),
    **dict.fromkeys(("ounce", "ounces", "oz"), "ounce"),
    **dict.fromkeys(("pound", "pounds", "lb", "lbs"), "pound"),
    **dict.fromkeys(("ton", "tons"), "ton_of_some_kind"),
    **dict.fromkeys(("milliliter", "milliliters", "ml", "mL"), "milliliter"),
    **dict.fromkeys(("liter", "liters", "litre", "litres", "L"), "liter"),
    **dict.fromkeys(("cup", "cups"), "cup"),
    **dict.fromkeys(("pint", "pints"), "pint"),
    **dict.fromkeys(("quart", "quarts"), "quart"),
    **dict.fromkeys(("gallon", "gallons"), "gallon"),
    **dict.fromkeys(("cent", "cents", "penny", "pennies", "¢"), "cents_of_money"),
    **dict.fromkeys(("nickel", "nickels"), "nickels_of_money"),
    **dict.fromkeys(("dime", "dimes"), "dimes_of_money"),
    **dict.fromkeys(("quarter", "quarters"), "quarters_of_money"),
    **dict.fromkeys(("dollar", "dollars", "$", "bucks"), "dollars_of_money"),
    **dict.fromkeys(("joule", "joules", "J"), "joule"),
    **dict.fromkeys(("kJ",), "kilojoule"),
    **dict.fromkeys(("newton", "newtons", "N"), "newton"),
    **dict.fromkeys(("watt", "watts", "W"), "watt"),
    **dict.fromkeys(("kW",), "kilowatt"),
    **dict.fromkeys(("volt", "volts", "V"), "volt"),
    **dict.fromkeys(("ampere", "amperes", "amp", "amps"), "ampere"),
    **dict.fromkeys(("ohm", "ohms"), "ohm"),
    **dict.fromkeys(("pascal", "Pa"), "pascal"),
    **dict.fromkeys(("kPa",), "kilopascal"),
    **dict.fromkeys(("mol", "moles", "mole"), "mole"),
    **dict.fromkeys(("degrees", "degree", "deg", "degs"), "degree"),
    **dict.fromkeys(("radians", "radian", "rad", "rads"), "radian"),
    **dict.fromkeys(("Hz",), "hertz"),
}
"""A word -> pint's name, or a name of our own for calendar, money and units of several sizes."""
TEMPERATURES = {
    **dict.fromkeys(("C", "Celsius", "celsius", "centigrade"), "°C"),
    **dict.fromkeys(("F", "Fahrenheit", "fahrenheit"), "°F"),
    **dict.fromkeys(("K", "Kelvin", "kelvin"), "°K"),
}
"""What after a sign of degrees, or the word, says that they are those of a temperature."""
SHORT = frozenset({"m", "g", "s", "h", "L", "J", "N", "W", "V", "in", "min"})
"""Also letters or plain words: units only where they stand in a unit's place."""
LONGEST = 4


def unit_after(tokens: Sequence[Token], place: int) -> tuple[tuple[str, ...], int] | None:
    """The unit's words that begin here, and the place after them; None where no unit is named."""
    if (scale := _temperature(tokens, place)) is not None:
        return (scale,), place + 2
    end = _known(tokens, place)
    if end is None:
        end = _noun(tokens, place)
    if end is None:
        return None
    end = per(tokens, _exponent(tokens, end))
    return tuple(_canonical(token) for token in tokens[place:end]), end


def _temperature(tokens: Sequence[Token], place: int) -> str | None:
    """The scale in "degrees Celsius"; None where it is no temperature."""
    if UNITS.get(tokens[place].text.lower()) != "degree":
        return None
    return TEMPERATURES.get(tokens[place + 1].text)


def _canonical(token: Token) -> str:
    return "/" if token.text == "per" else token.text


def _known(tokens: Sequence[Token], place: int) -> int | None:
    """The place after a known unit, with "square" or "cubic" before it."""
    if tokens[place].text.lower() in ("square", "cubic", "sq") and tokens[place + 1].text.lower() in UNITS:
        return place + 2
    text = tokens[place].text
    if text not in UNITS and text.lower() not in UNITS:
        return None
    if text.lower() == "deg" and tokens[place + 1].sort in (Sort.OPEN, Sort.WORD):
        return None
    if text in SHORT and not _ends_quantity(tokens, place):
        return None
    return place + 1


def _ends_quantity(tokens: Sequence[Token], place: int) -> bool:
    """Whether a short word stands as a unit: nothing after it that makes it a letter of a formula or plain prose."""
    after = tokens[place + 1]
    if tokens[place].text in ("in", "min"):
        return after.sort in (Sort.RELATION, Sort.OPERATOR, Sort.CLOSE)
    return tokens[place].blank or (after.sort is Sort.OPERATOR and after.text == "/")


def _noun(tokens: Sequence[Token], place: int) -> int | None:
    """The place after one to four words that end at an operator, a relation or a closing bracket."""
    end = place
    while end < place + LONGEST and tokens[end].sort is Sort.WORD and tokens[end].text.lower() not in words.STOPS:
        if len(tokens[end].text) == 1 or tokens[end].text.lower() in words.CUTTING:
            break
        end += 1
    if end == place or not tokens[place].blank:
        return None
    after = tokens[end]
    if after.sort in (Sort.RELATION, Sort.CLOSE) or (after.sort is Sort.OPERATOR and after.text in "+-*/"):
        return end
    if after.sort is Sort.WORD and after.text.lower() in ("x", "times", "plus", "minus", "per", "divided"):
        return end
    return None


def _exponent(tokens: Sequence[Token], place: int) -> int:
    """The place after a unit's exponent: cm^-1, m^3, m^{2}, m²."""
    token = tokens[place]
    if token.sort is not Sort.OPERATOR or token.text[0] != "^":
        return place
    if len(token.text) > 1:
        return place + 1
    after = place + 1
    braces = tokens[after].text == "{"
    after += braces
    after += tokens[after].text == "-"
    if tokens[after].sort is not Sort.NUMBER:
        return place
    return after + 1 + braces


def per(tokens: Sequence[Token], place: int) -> int:
    """The place after "/hour", "per hour" or "/ square foot", as often as it comes; else the same place."""
    while tokens[place].text in ("/", "per"):
        after = place + 1
        if tokens[after].sort is not Sort.WORD or tokens[after].text.lower() in words.STOPS:
            return place
        if tokens[after].text in ("x", "y", "n"):
            return place
        known = _known(tokens, after)
        place = _exponent(tokens, known or after + 1)
    return place
