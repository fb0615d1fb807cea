"""Who comes together: pairs, and families of three and four, side by side or two and two."""

import numpy as np

from .walk import Walker

SIZES = {2: 0.65, 3: 0.2, 4: 0.15}  # of companies, by their share
BESIDE, BEHIND = (0.55, 0.8), (0.6, 1.1)  # metres from one to the next of a row, and from row to row


def gather(draw: np.random.Generator, walkers: list[Walker], share: float) -> list[list[int]]:
    """Makes companies of walkers, so that about `share` of them come with others: these set out beside their first and
    go where that one goes. Returns the numbers of those who come together, of each company and of each who is alone."""
    companies: list[list[int]] = []
    mean = sum(size * part for size, part in SIZES.items())
    chance = share / (share + mean * (1 - share)) if share < 1 else 1.0
    left = list(range(len(walkers)))
    while left:
        size = int(draw.choice(list(SIZES), p=list(SIZES.values()))) if draw.random() < chance else 1
        members, left = left[:size], left[size:]
        if len(members) > 1:
            _join(draw, [walkers[member] for member in members], len(companies))
        companies.append(members)
    return companies


def _join(draw: np.random.Generator, members: list[Walker], number: int) -> None:
    first = members[0]
    ahead = first.goals[-1] - first.at
    ahead = ahead / max(float(np.linalg.norm(ahead)), 1e-6)
    aside = np.array([ahead[1], -ahead[0]])
    row = len(members) if len(members) < 4 and draw.random() < 0.5 else 2  # so many side by side
    pace = min(1.3, first.pace) * draw.uniform(0.85, 1.0)  # nobody is left behind
    for place, member in enumerate(members):
        away = aside * (place % row) * draw.uniform(*BESIDE) - ahead * (place // row) * draw.uniform(*BEHIND)
        # Through a door all go, by the same way or close to it.
        member.goals = [goal + away * draw.uniform(0.3, 1.0) for goal in first.goals[:-1]] + [first.goals[-1] + away]
        member.at = first.at + away
        member.start, member.pauses = first.start, dict(first.pauses)
        member.pace, member.company = pace * draw.uniform(0.97, 1.03), number
        member.heading = first.heading
