"""Times of day, days and ages, as somebody at this terminal reads them."""

import time

from tui.widgets.text import counted

DAY = 86_400


def clock(at: int) -> str:
    """Local time of day of `at` (microseconds UTC)."""
    return time.strftime("%H:%M", time.localtime(at / 1e6))


def date(at: int) -> str:
    """Local day and time of day of `at` (microseconds UTC)."""
    return f"{time.strftime('%d %b', time.localtime(at / 1e6))} {clock(at)}"


def day(at: int) -> str:
    """Local day of `at` (microseconds UTC); with the year where it is another one."""
    when = time.localtime(at / 1e6)
    year = f" {when.tm_year}" if when.tm_year != time.localtime().tm_year else ""
    return f"{when.tm_mday} {time.strftime('%b', when)}{year}"


def age(since: int) -> str:
    """How long ago `since` (microseconds UTC) was, in one word and a number."""
    seconds = max(0, time.time() - since / 1e6)
    if seconds >= DAY:
        return counted(int(seconds // DAY), "day")
    return counted(int(seconds // 3600), "hour") if seconds >= 3600 else counted(int(seconds // 60), "minute")
