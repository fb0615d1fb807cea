"""On paper: what a year of many shops comes to, by what was measured of an entry."""

import argparse
from dataclasses import dataclass

import setting

DAYS = 365
WEEKS_AWAY = 3
STATE_EVERY = 10
"""Seconds from one word of how a shop is doing to the next."""
MEMORY = 16e9
"""Bytes that PostgreSQL's machine is taken to have for what it looks up."""
DISK = 4e12
"""Bytes of one usual disk."""


@dataclass(frozen=True)
class Sizes:
    """What was measured."""

    entries_a_message: float
    payload: float
    """Bytes of an entry on the way."""
    hub: float
    """Bytes of an entry on the hub's disk, with its message alone."""
    tables: float
    """Bytes of an entry in PostgreSQL, with its indices."""
    log: float
    """Bytes of an entry in PostgreSQL's write-ahead log."""
    index: float
    """Bytes of an entry in the index of events, in which entries come in no order."""


def paper(size: Sizes, o: argparse.Namespace, most: dict | None, wave: dict) -> str:
    """A year of these shops, and which part breaks first."""
    cameras = o.shops * o.cameras
    a_day = cameras * o.people * o.entries
    peak = o.peak * a_day / (o.hours * 3600)
    messages = a_day + o.shops * 86400 / STATE_EVERY
    rows = [
        ["entries", f"{a_day / 1e6:,.1f} million", f"{a_day * DAYS / 1e9:,.2f} billion"],
        ["entries a second in the busiest hour", f"{peak:,.0f}", ""],
        ["messages, each entry in its own", f"{messages / 1e6:,.1f} million", f"{messages * DAYS / 1e9:,.2f} billion"],
        ["bytes of entries on the way", *both(a_day * size.payload)],
        [
            "rows in PostgreSQL, two of each entry",
            f"{2 * a_day / 1e6:,.1f} million",
            f"{2 * a_day * DAYS / 1e9:,.2f} billion",
        ],
        ["disk of the database", *both(a_day * size.tables)],
        ["write-ahead log, before it is reused", *both(a_day * size.log)],
    ]
    parts = [
        f"An entry was {size.payload:.0f} bytes on the way, {size.hub:.0f} on the hub's disk in a message of its own, "
        f"{size.tables:.0f} in the tables with their indices, and {size.log:.0f} in the write-ahead log.",
        setting.table([f"{o.shops:,} shops, {cameras:,.0f} cameras", "a day", "a year"], rows),
        f"While the office is away for {WEEKS_AWAY} weeks the hub keeps {amount(7 * WEEKS_AWAY * a_day * size.hub)}.",
        "Which part breaks first:",
        setting.table(["part", "it lasts"], limits(size, a_day, peak, most, wave)),
    ]
    return "## On paper\n\n" + "\n\n".join(parts)


def limits(size: Sizes, a_day: float, peak: float, most: dict | None, wave: dict) -> list[list[str]]:
    rate = wave["entries"] / wave["seconds"]
    spare = rate - a_day / 86400
    away = f"{a_day / spare / 3600:.1f} hours to catch up with a day" if spare > 0 else "a day is never caught up with"
    held = f"{most['entries'] / peak:.1f} times the busiest hour was tried and sustained" if most else "is not enough"
    days = MEMORY / (a_day * size.index)
    return [
        [
            f"the index of events ({size.index:.0f} bytes an entry) in {MEMORY / 1e9:.0f} GB of memory",
            f"{days:,.0f} days",
        ],
        [f"one disk of {DISK / 1e12:.0f} TB for the tables", f"{DISK / (a_day * size.tables):,.0f} days"],
        ["one office and one PostgreSQL on this machine", held],
        ["the same, after the office was away", away],
    ]


def both(a_day: float) -> list[str]:
    return [amount(a_day), amount(a_day * DAYS)]


def amount(number: float) -> str:
    for unit, one in (("TB", 1e12), ("GB", 1e9)):
        if number >= one:
            return f"{number / one:,.1f} {unit}"
    return f"{number / 1e6:,.1f} MB"
