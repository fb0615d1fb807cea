"""How long a run will take."""

import time

from reid.config import Config

# Batches before it is said; the first one is slower than all others.
PACED = 4


class Pace:
    """Says how long a run will take, once it has seen some batches."""

    def __init__(self, config: Config, first: int):
        self.config, self.first, self.began = config, first, 0.0

    def batch(self, number: int):
        """After batch `number` (from 1)."""
        done = number - self.first
        if done == 1:
            self.began = time.monotonic()
        if done == PACED and number < self.config.batches:
            each = (time.monotonic() - self.began) / (PACED - 1)
            print(self.words(number, each), flush=True)

    def words(self, number: int, each: float) -> str:
        """What is left after batch `number` at `each` seconds a batch of this height: a crop costs as its area."""
        heights = [self.config.phase_at(batch).height for batch in range(number, self.config.batches)]
        now = self.config.phase_at(number - 1).height
        minutes = each * sum((height / now) ** 2 for height in heights) / 60
        left = f"about {minutes:.0f} minutes" if minutes < 120 else f"about {minutes / 60:.1f} hours"
        left = left if minutes > 1 else "less than a minute"
        return f"{len(heights)} batches to go, {left} as fast as this machine is now"
