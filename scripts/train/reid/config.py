"""What one run is: a recipe read from a TOML file, every key checked."""

import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

PRECISIONS = ("float32", "bfloat16")


@dataclass
class Phase:
    """A stretch of training on crops `height` pixels high (half as wide).

    With `train_stem` off, the layers before the first residual block only
    keep their batch statistics up to date, which saves a third of the time.
    """

    height: int
    batches: int
    train_stem: bool = True


@dataclass
class Augment:
    """How often, and how much, a training crop is changed."""

    flip: float = 0.5
    shift_pixels: int = 6
    erase: float = 0.3
    low_resolution: float = 0.2
    gray: float = 0.05
    brightness: float = 0.2
    contrast: float = 0.2
    saturation: float = 0.2


@dataclass
class Config:
    """A run. `people` identities x `images` crops make a batch.

    `version`, `trained_on` and `terms` are written into the exported file.
    `precision` is that of the network's arithmetic in training, one of
    `PRECISIONS`; processors with bfloat16 instructions halve the time by it.
    `network` is one of `reid.networks.NETWORKS`, `warm_start` a file of
    weights that its layers begin with, or none.
    """

    version: str = "0"
    trained_on: str = ""
    terms: str = "not stated"
    seed: int = 1
    network: str = "deepsort"
    warm_start: str = ""
    precision: str = "float32"
    hold_out: dict = field(default_factory=dict)
    people: int = 16
    images: int = 4
    learning_rate: float = 0.002
    weight_decay: float = 0.02
    warm_up: float = 0.05
    label_smoothing: float = 0.1
    cosine_scale: float = 0.0
    cosine_margin: float = 0.0
    triplet_weight: float = 1.0
    margin: float = 0.3
    checkpoint_every: int = 200
    evaluate_every: int = 800
    augment: Augment = field(default_factory=Augment)
    phases: list = field(default_factory=lambda: [Phase(128, 1000)])

    @property
    def batches(self) -> int:
        return sum(phase.batches for phase in self.phases)

    def phase_at(self, batch: int) -> Phase:
        """The phase that batch number `batch` (from 0) belongs to."""
        for phase in self.phases:
            if batch < phase.batches:
                return phase
            batch -= phase.batches
        return self.phases[-1]

    def as_dict(self) -> dict:
        return asdict(self)


def build(kind, values: dict, where: str):
    """`kind(**values)`, refusing keys that it does not have."""
    unknown = set(values) - {f.name for f in fields(kind)}
    if unknown:
        raise SystemExit(f"{where}: unknown key {', '.join(sorted(unknown))}")
    return kind(**values)


def from_dict(values: dict, where: str) -> Config:
    values = dict(values)
    if "augment" in values:
        values["augment"] = build(Augment, values["augment"], f"{where}: augment")
    if "phases" in values:
        values["phases"] = [build(Phase, phase, f"{where}: phases") for phase in values["phases"]]
    config = build(Config, values, where)
    if config.precision not in PRECISIONS:
        raise SystemExit(f"{where}: precision is {config.precision!r}, not one of {', '.join(PRECISIONS)}")
    return config


def read_config(path: Path) -> Config:
    return from_dict(tomllib.loads(path.read_text()), str(path))
