"""What the comparison trains: each trial is the common recipe with a few keys changed."""

import copy
from dataclasses import dataclass, field, replace

from reid.config import Config, Phase

# On the unit sphere a margin of 0.3; a raw embedding is sqrt(128) times as long.
RAW_MARGIN = 3.4

LOSSES = {
    "softmax": {"loss": "softmax"},
    "contrastive pairs": {"loss": "contrastive"},
    "DeepID2: softmax and pairs": {"loss": "deepid2"},
    "triplet, all": {"loss": "triplet", "mining": "all"},
    "triplet, semi-hard": {"loss": "triplet", "mining": "semi-hard"},
    "triplet, batch-hard": {"loss": "triplet"},
    "softmax, then triplet": {"loss": "softmax", "then": "triplet"},
    "ratio": {"loss": "ratio"},
    "pull (negative control)": {"loss": "pull"},
    "strong: smoothed softmax and batch-hard": {},
    "strong, with centre loss": {"centre_weight": 0.1},
    "strong, with circle loss": {"triplet_weight": 0.0, "circle_weight": 0.02},
    "strong, cosine softmax": {"cosine_scale": 24.0, "cosine_margin": 0.15},
}
NETWORKS = {
    "MobileNetV2, fresh weights": {"network": "mobilenet", "warm_start": ""},
    "GoogLeNet": {"network": "googlenet", "warm_start": ""},
    "OSNet, half width": {"network": "osnet", "warm_start": ""},
    "DeepSORT's wide residual": {"network": "deepsort", "warm_start": ""},
}
RAW = {"triplet, batch-hard, raw output": {"loss": "triplet", "output": "raw", "margin": RAW_MARGIN}}
ORDERED = {"softmax, consecutive images": {"loss": "softmax", "sampling": "consecutive"}}


@dataclass
class Trial:
    """One run: `group` and `name` are its place in the table, `changes` the keys it sets."""

    group: str
    name: str
    changes: dict = field(default_factory=dict)

    def recipe(self, base: Config) -> Config:
        """`base`, changed. `then` halves each phase, the second half with that loss."""
        changes = dict(self.changes)
        after = changes.pop("then", None)
        config = replace(copy.deepcopy(base), **changes)
        if after:
            halves = [(p, n, loss) for p in config.phases for n, loss in halved(p.batches, config.loss, after)]
            config.phases = [Phase(p.height, n, p.train_stem, loss) for p, n, loss in halves]
        return config


def halved(batches: int, first: str, second: str) -> list:
    return [(batches // 2, first), (batches - batches // 2, second)]


def of(group: str, changes: dict, common: dict | None = None) -> list:
    return [Trial(group, name, {**(common or {}), **own}) for name, own in changes.items()]


def before_the_best() -> list:
    """Every loss on the base recipe's network, and what else compares losses."""
    return [*of("loss", LOSSES), *of("output", RAW), *of("sampling", ORDERED)]


def with_the_best(best: dict, base: Config, sets: list) -> list:
    """Every other network under the best loss, and training on other sets, to be judged on all."""
    others = [name for name in sets if name not in base.train_on]
    trained_on = {f"trained on {name}": {"train_on": [name]} for name in others}
    if others:
        trained_on["trained on all of them"] = {"train_on": sets}
    return [*of("network", NETWORKS, best), *of("domain", trained_on, best)]
