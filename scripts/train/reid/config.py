"""What one run is: a recipe read from a TOML file, every key checked."""

import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

CHOICES = {
    "precision": ("float32", "bfloat16"),
    "output": ("unit", "raw"),
    "sampling": ("pk", "consecutive"),
    "mining": ("all", "semi-hard", "batch-hard"),
    "network": ("deepsort", "mobilenet", "googlenet", "osnet"),
    "loss": ("strong", "softmax", "contrastive", "deepid2", "triplet", "ratio", "pull"),
}


@dataclass
class Phase:
    """A stretch of training on crops `height` pixels high (half as wide).

    With `train_stem` off, the first layers only keep their batch statistics up
    to date, which saves a third of the time. `loss` is the recipe's where none
    is given.
    """

    height: int
    batches: int
    train_stem: bool = True
    loss: str = ""


@dataclass
class Augment:
    """How often, and how much, a training crop is changed.

    flip, erase, low_resolution, gray, cover, sharpen, compress   shares of the crops
    shift_pixels, noise (levels)                                  at most
    brightness, contrast, saturation, tone, balance, box          spread about what they were

    `cover` puts part of another crop before one, `box` is how far the box may be off (a share of its size).
    """

    flip: float = 0.5
    shift_pixels: int = 6
    erase: float = 0.3
    low_resolution: float = 0.2
    gray: float = 0.05
    brightness: float = 0.2
    contrast: float = 0.2
    saturation: float = 0.2
    box: float = 0.0
    cover: float = 0.0
    tone: float = 0.0
    balance: float = 0.0
    sharpen: float = 0.0
    noise: float = 0.0
    compress: float = 0.0


@dataclass
class Config:
    """A run. `people` identities x `images` crops make a batch.

    version, trained_on, terms   written into the exported file
    network             one of `reid.networks.NETWORKS`
    warm_start          weights that its layers begin with: `imagenet`, a file of such weights, an earlier
                        run's checkpoint.pt (all of its network), or none
    seen                height that the network brings higher crops down to before its first layer, which
                        is learnt sooner and costs less; 0: none
    output              `unit`: embeddings are compared on the unit sphere; `raw`: as they are
    precision           of the network's arithmetic in training; processors with bfloat16
                        instructions halve the time by it
    hold_out            for each set how many identities are tested and not trained on, or (below 1) which share
    train_on            names of the sets to train on; none named: all. Identities are held out of any
    sampling            `pk`, or `consecutive` (see `reid.sampler`)
    loss                one of `reid.losses.LOSSES`, which also says what the weights are of
    mining, margin      which triplets count, and how much farther their negative must be
    verification_margin how far apart different people must be, for pairs
    cosine_scale        above 0: identification by cosines times this, the right one's less
                        `cosine_margin`
    imprint             crops of each identity whose mean embedding its weights begin as; 0: chance
    mix_style           share of batches in whose first layers crops take on each other's mean and
                        deviation, so that places and cameras are not learnt (MixStyle)
    average             above 0: what is judged and exported is not the last batch's weights but
                        their running mean, of which each batch keeps this share (0.999: of the
                        last thousand batches)
    """

    version: str = "0"
    trained_on: str = ""
    terms: str = "not stated"
    seed: int = 1
    network: str = "deepsort"
    warm_start: str = ""
    seen: int = 0
    output: str = "unit"
    precision: str = "float32"
    hold_out: dict = field(default_factory=dict)
    train_on: list = field(default_factory=list)
    sampling: str = "pk"
    people: int = 16
    images: int = 4
    learning_rate: float = 0.002
    weight_decay: float = 0.02
    warm_up: float = 0.05
    loss: str = "strong"
    label_smoothing: float = 0.1
    cosine_scale: float = 0.0
    cosine_margin: float = 0.0
    triplet_weight: float = 1.0
    mining: str = "batch-hard"
    margin: float = 0.3
    centre_weight: float = 0.0
    circle_weight: float = 0.0
    verification_weight: float = 1.0
    verification_margin: float = 1.0
    imprint: int = 0
    mix_style: float = 0.0
    average: float = 0.0
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

    def loss_at(self, batch: int) -> str:
        """The name of the loss that batch number `batch` is trained with."""
        return self.phase_at(batch).loss or self.loss

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
    check_choices(config, where)
    check_hold_out(config, where)
    return config


def check_choices(config: Config, where: str):
    """Refuses a word that is none of its key's `CHOICES`."""
    chosen = [(key, getattr(config, key)) for key in CHOICES]
    chosen += [("loss", phase.loss) for phase in config.phases if phase.loss]
    for key, value in chosen:
        if value not in CHOICES[key]:
            raise SystemExit(f"{where}: {key} is {value!r}, not one of {', '.join(CHOICES[key])}")


def check_hold_out(config: Config, where: str):
    """Refuses what is neither a number of people nor a share of them."""
    for name, wanted in config.hold_out.items():
        number = isinstance(wanted, (int, float)) and not isinstance(wanted, bool)
        if not number or wanted < 0 or (wanted > 1 and wanted % 1):
            raise SystemExit(f"{where}: {name} = {wanted!r} under [hold_out] is no number of people, nor a share (0.2)")


def read_config(path: Path) -> Config:
    return from_dict(tomllib.loads(path.read_text()), str(path))
