"""The table of a head office under the messages of many shops."""

import argparse

import setting
from office_paper import Sizes, paper

BEHIND = 10
"""Seconds behind the hub with which a rate is not sustained."""
KEEPS_UP = 0.95
"""The share of what is sent that has to be committed meanwhile."""


def is_sustained(step: dict[str, float]) -> bool:
    """Whether this rate could go on for ever."""
    is_near = step["at_end"] <= BEHIND and step["unsent"] <= BEHIND * step["entries"]
    return is_near and step["committed"] >= KEEPS_UP * step["messages"]


def page(options: argparse.Namespace, rate: float, seen: tuple, samples: int, size: Sizes) -> str:
    """The table."""
    steps, waves, first = seen
    heads = ["times real", "entries/s", "messages/s", "MB/s", "committed/s", "behind, median", "behind, at most"]
    heads += ["office", "hub", "PostgreSQL", "all shops on the page"]
    rows = [
        [
            f"{step['factor']:g}",
            f"{step['entries']:,.0f}",
            f"{step['messages']:,.0f}",
            f"{step['bytes'] / 1e6:.2f}",
            f"{step['committed']:,.0f}",
            f"{step['median']:.1f} s",
            f"{step['most']:.1f} s",
            f"{step['office_mb']:.0f} MB",
            f"{step['hub_mb']:.0f} MB",
            f"{step['postgres_mb']:.0f} MB",
            f"{step['page']:.2f} s",
        ]
        for step in steps
    ]
    held = [step for step in steps if is_sustained(step)]
    most = held[-1] if held else None
    o = options
    outage = [
        [
            ["the database while they send", "the hub, then the database"][index],
            f"{wave['entries']:,.0f}",
            f"{wave['messages']:,.0f}",
            f"{wave['sent_seconds']:.0f} s",
            f"{wave['seconds']:.0f} s",
            f"{wave['entries'] / wave['seconds']:,.0f}",
        ]
        for index, wave in enumerate(waves)
    ]
    new = f"That all shops are there for the first time, with an entry each, took {first['seconds']:.0f} s."
    sustained = (
        f"{most['factor']:g} times what they send, {most['entries']:,.0f} entries a second, is sustained"
        if most
        else "not even what they send is sustained"
    )
    return "\n\n".join(
        [
            "# A head office under a thousand shops",
            f"{setting.version()}. {o.shops:,} simulated shops send what `footfall` sends, over a connection and with "
            "a key each; Debian's nats-server and PostgreSQL with their promises to the "
            f"disk, `footfall office` and the shops share one machine: {setting.machine()}, load {setting.load():.1f} "
            f"from others' work and this. What entries say is taken from {samples} of the sample clip. "
            "MB of 10^6 bytes.",
            f"A real shop is taken to have {o.cameras:g} cameras, at each of which {o.people:g} people pass in "
            f"{o.hours:g} hours; the ledger has {o.entries:g} entries of each, and the busiest hour has {o.peak:g} "
            f"times the mean: {rate:.2f} entries a second. Each rate is held for {o.seconds:g} s. Behind is for "
            "how long the oldest message that is not committed has been at the hub.",
            f"## As they come\n\n{new} Then {sustained}.",
            setting.table(heads, rows),
            f"## After an outage\n\nEach shop has {o.backlog:,} entries at once.",
            setting.table(["into", "entries", "messages", "sent in", "committed in", "entries/s"], outage),
            "Afterwards the database has every entry once, and knows of no gap.",
            paper(size, options, most, max(waves, key=lambda wave: wave["entries"] / wave["seconds"])),
        ]
    )
