"""People who walk with a purpose and out of each other's way: the social force model (Helbing and Molnar, 1995).

Floor coordinates (x, z) in metres, seconds. Each wants to reach a goal at a pace of their own; others push them away,
more so from in front, and who is met head on is passed on the right. Those who come together keep near each other, as
groups do (Moussaid et al., 2010). Integrated in small steps, so that the frame rate
of a film changes nothing in who goes where.
"""

from dataclasses import dataclass, field

import numpy as np

STEP = 0.05  # seconds
RELAX = 0.5  # seconds to come up to one's pace
PUSH, RANGE = 2.1, 0.3  # metres a second squared; metres
ASIDE = 0.8  # metres a second squared
BEHIND = 0.5  # how much of the push counts from behind
NEAR, PULL = 0.6, 1.0  # metres from the middle of a company that are near enough; metres a second squared beyond
STRIDE = 0.82  # metres of a stride for each metre of height


@dataclass
class Walker:
    """One who walks: from where, when, through which points, how fast; `at` and `speed` change as time goes by."""

    at: np.ndarray
    goals: list[np.ndarray]
    pace: float
    start: float
    height: float
    pauses: dict[int, float] = field(default_factory=dict)  # seconds to stand at a goal, by its number
    company: int = -1  # those of one number come together; -1: alone
    speed: np.ndarray = field(default_factory=lambda: np.zeros(2))
    heading: float = 0.0
    phase: float = 0.0
    gone: bool = False
    reached: int = 0
    waits: float = 0.0

    @property
    def moving(self) -> bool:
        return bool(np.linalg.norm(self.speed) > 0.15)


class Crowd:
    """All walkers of a place."""

    def __init__(self, walkers: list[Walker]):
        self.walkers, self.now = walkers, 0.0
        for walker in walkers:
            walker.heading = float(np.arctan2(*(walker.goals[0] - walker.at)))

    def present(self) -> list[int]:
        """Numbers of those who have set out and not arrived."""
        return [i for i, w in enumerate(self.walkers) if w.start <= self.now and not w.gone]

    def advance(self, until: float) -> None:
        """Moves everybody on to a time."""
        while self.now < until - 1e-9:
            here = [self.walkers[i] for i in self.present()]
            forces = [self._force(w, here) for w in here]
            for walker, force in zip(here, forces, strict=True):
                self._move(walker, force)
            self.now += STEP

    def _force(self, walker: Walker, here: list[Walker]) -> np.ndarray:
        away = walker.goals[walker.reached] - walker.at
        wanted = walker.pace * away / max(np.linalg.norm(away), 1e-6) if walker.waits <= 0 else np.zeros(2)
        force = (wanted - walker.speed) / RELAX
        ahead = np.array([np.sin(walker.heading), np.cos(walker.heading)])
        for other in here:
            if other is walker:
                continue
            apart = walker.at - other.at
            far = max(float(np.linalg.norm(apart)), 0.05)
            if far < 2.5:
                facing = (1 + float(ahead @ -apart) / far) / 2
                weight = BEHIND + (1 - BEHIND) * facing
                force = force + weight * PUSH * np.exp((0.5 - far) / RANGE) * apart / far
                meets = float(walker.speed @ other.speed) < 0 and facing > 0.9
                right = np.array([ahead[1], -ahead[0]])
                force = force + meets * ASIDE * right
        return force + self._pull(walker, here)

    @staticmethod
    def _pull(walker: Walker, here: list[Walker]) -> np.ndarray:
        """Towards the middle of the others of a company."""
        mates = [w.at for w in here if w.company == walker.company and w is not walker] if walker.company >= 0 else []
        if not mates:
            return np.zeros(2)
        away = np.mean(mates, 0) - walker.at
        far = float(np.linalg.norm(away))
        return PULL * min(1.0, max(0.0, far - NEAR)) * away / max(far, 1e-6)

    @staticmethod
    def _move(walker: Walker, force: np.ndarray) -> None:
        walker.speed = walker.speed + force * STEP
        size = float(np.linalg.norm(walker.speed))
        if size > 1.3 * walker.pace:
            walker.speed *= 1.3 * walker.pace / size
        walker.at = walker.at + walker.speed * STEP
        walker.waits -= STEP
        if walker.moving:
            turn = np.arctan2(*walker.speed) - walker.heading
            walker.heading += float((turn + np.pi) % (2 * np.pi) - np.pi) * min(1.0, STEP / 0.25)
            walker.phase += float(np.linalg.norm(walker.speed)) * STEP / (STRIDE * walker.height)
        if np.linalg.norm(walker.goals[walker.reached] - walker.at) < 0.35 and walker.waits <= 0:
            pause = walker.pauses.pop(walker.reached, 0.0)
            if pause:
                walker.waits = pause
            elif walker.reached + 1 < len(walker.goals):
                walker.reached += 1
            else:
                walker.gone = True


class Passages:
    """Who passes a line of the floor: `a` to `b`; `in` is from its left to its right as the picture shows it."""

    def __init__(self, a: np.ndarray, b: np.ndarray):
        self.a, self.b = a, b
        self.side: dict[int, float] = {}
        self.found: list[tuple[float, int, str]] = []  # seconds, who, which way

    def see(self, who: int, at: np.ndarray, seconds: float) -> None:
        """Where somebody stands now; they pass where the side changes between the line's ends."""
        along = self.b - self.a
        side = float(along[0] * (at - self.a)[1] - along[1] * (at - self.a)[0]) / float(np.linalg.norm(along))
        before = self.side.get(who)
        if abs(side) < 0.02:  # on the line itself: not yet on either side
            return
        self.side[who] = side
        share = float((at - self.a) @ along) / float(along @ along)
        if before is not None and before * side < 0 and 0 <= share <= 1:
            self.found.append((seconds, who, "in" if side < 0 else "out"))
