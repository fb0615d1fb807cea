"""The training run: batches, losses, checkpoints, and a look at held-out people now and then."""

import contextlib
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel

from reid import checkpoint, sampler
from reid.augment import training_batch
from reid.config import Config
from reid.data import Crops
from reid.embedding import embed
from reid.judge import judge
from reid.losses import Losses
from reid.networks import Features, build
from reid.pace import Pace
from reid.progress import progress
from reid.split import split
from reid.warm import weights

# Batches that a line of the log is the mean of, and of how many lines at least a log is made.
AVERAGED, LINES = 50, 20
# Looks at held-out people in a run, at least, and checkpoints.
LOOKS = 5


def rate_at(config: Config, batch: int) -> float:
    """Learning rate: a linear rise over the first `warm_up` of the run, then half a cosine down to zero."""
    done = (batch + 1) / config.batches
    if done < config.warm_up:
        return config.learning_rate * done / config.warm_up
    return config.learning_rate * 0.5 * (1 + math.cos(math.pi * (done - config.warm_up) / (1 - config.warm_up)))


def reduced(precision: str, device: str):
    """Where convolutions and products are computed in `precision`; the weights stay float32."""
    if precision == "float32":
        return contextlib.nullcontext()
    return torch.autocast(device, dtype=getattr(torch, precision))


def done(config: dict, batches: int) -> dict:
    """A recipe of which so many batches were done: its phases as long as they were."""
    phases, left = [], batches
    for phase in config["phases"]:
        if left > 0:
            phases.append({**phase, "batches": min(left, phase["batches"])})
        left -= phase["batches"]
    return {**config, "phases": phases}


def start(config: Config):
    """The recipe's network before its first batch, and the recipes of the runs that led to it, the first one first."""
    network = build(config.network, config.output == "unit", config.seen)
    if not config.warm_start:
        return network, []
    path = weights(config.warm_start)
    if path.name == checkpoint.NAME:
        earlier = checkpoint.load(path.parent)
        theirs = earlier["config"]["network"]
        if theirs != config.network:
            raise SystemExit(f"{path} is of {theirs}, and this recipe's network is {config.network}")
        network.load_state_dict(earlier["network"])
        return network, [*earlier.get("past", []), done(earlier["config"], earlier["batch"])]
    if not hasattr(network, "warm_start"):
        raise SystemExit(f"there are no weights for a warm start of {config.network}: leave `warm_start` out")
    network.warm_start(path)
    return network, []


def running_mean(network, share: float) -> AveragedModel:
    """The mean of `network`'s weights and batch statistics over its past, each update keeping `share` of what was."""
    return AveragedModel(network, avg_fn=lambda mean, now, _: share * mean + (1 - share) * now, use_buffers=True)


class Run:
    """Everything that a training run holds between batches."""

    def __init__(self, config: Config, crops: Crops, folder: Path, device: str):
        self.config, self.crops, self.folder, self.device = config, crops, folder, device
        torch.manual_seed(config.seed)
        self.train_rows, self.test_rows = split(crops, config.hold_out, config.seed)
        self.train_rows = self.train_rows[crops.among(self.train_rows, config.train_on)]
        people = np.unique(crops.identities[self.train_rows])
        self.labels = np.searchsorted(people, crops.identities)
        self.network, self.past = start(config)
        self.network.to(device).to(memory_format=torch.channels_last)
        self.average = running_mean(self.network, config.average) if config.average else None
        self.losses = Losses(len(people), config).to(device)
        if config.imprint:
            self.imprint(len(people))
        learnt = [*self.network.parameters(), *self.losses.parameters()]
        self.optimiser = torch.optim.AdamW(learnt, lr=config.learning_rate, weight_decay=config.weight_decay)
        self.sampler = sampler.build(crops.identities, self.train_rows, config)
        self.batch = 0

    def imprint(self, people: int):
        """Each identity's weights begin as the mean embedding of so many of its crops: many people are hardly met in a
        short run, and chance weights would teach the network chance (Qi et al., "Imprinted Weights", 2018, eq. 5)."""
        order = np.argsort(self.labels[self.train_rows], kind="stable")
        rows = self.train_rows[order]
        rows = np.concatenate([rows[self.labels[rows] == who][: self.config.imprint] for who in range(people)])
        vectors = embed(self.network, self.crops.pixels[rows], self.device, self.config.phase_at(0).height)
        centres = np.zeros((people, vectors.shape[1]), np.float32)
        np.add.at(centres, self.labels[rows], vectors)
        with torch.no_grad():
            self.losses.classify.weight.copy_(functional.normalize(torch.from_numpy(centres)))

    @property
    def result(self):
        """The network that is judged and exported."""
        return self.average.module if self.average else self.network

    def state(self) -> dict:
        learning = {"learning": self.network.state_dict()} if self.average else {}
        return {
            **learning,
            "batch": self.batch,
            "config": self.config.as_dict(),
            "past": self.past,
            "sets": self.crops.names,
            "people": self.losses.people,
            "network": self.result.state_dict(),
            "recipe": self.losses.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }

    def resume(self, state: dict):
        self.result.load_state_dict(state["network"])
        self.network.load_state_dict(state.get("learning", state["network"]))
        if self.average:
            # Its first update would otherwise start the mean afresh.
            self.average.n_averaged.fill_(state["batch"])
        self.losses.load_state_dict(state["recipe"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.batch = state["batch"]

    def step(self) -> dict:
        """One batch; the losses it had."""
        phase = self.config.phase_at(self.batch)
        rows = self.sampler(self.batch)
        draw = np.random.default_rng([self.config.seed, 2, self.batch])
        x = training_batch(self.crops.pixels[rows], phase.height, self.config.augment, draw).to(self.device)
        labels = torch.from_numpy(self.labels[rows]).to(self.device)
        for group in self.optimiser.param_groups:
            group["lr"] = rate_at(self.config, self.batch)
        self.network.train()
        self.network.train_stem, self.network.mix_style = phase.train_stem, self.config.mix_style
        if self.config.mix_style:  # the same whether the run was resumed or not
            torch.manual_seed(self.config.seed * 1_000_003 + self.batch)
        with reduced(self.config.precision, self.device):
            features = self.network.features(x)
        loss, parts = self.losses(self.config.loss_at(self.batch), Features(*(f.float() for f in features)), labels)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        if self.average:
            self.average.update_parameters(self.network)
        self.batch += 1
        return parts

    def look(self) -> dict:
        """Figures on held-out people, seen at the size of the current phase."""
        height = self.config.phase_at(self.batch - 1).height
        embeddings = embed(self.result, self.crops.pixels[self.test_rows], self.device, height)
        report = judge(self.crops, self.test_rows, embeddings)
        told = {name: {key: r["ranking"][key] for key in ("rank-1", "mAP")} for name, r in report.items()}
        return {name: {key: v and round(v, 4) for key, v in figures.items()} for name, figures in told.items()}


def tell(log, began: float, batch: int, words: dict):
    """One line of the run's log, and the same for people."""
    line = json.dumps({"batch": batch, "minutes": round((time.monotonic() - began) / 60, 2), **words})
    log.write(line + "\n")
    log.flush()
    print(line, flush=True)


def often(every: int, batches: int, times: int) -> int:
    """`every`, or in a run of few batches less, so that it comes `times` times at least."""
    return max(1, min(every, batches // times))


def train(config: Config, crops: Crops, folder: Path, device: str, resume: bool):
    """Trains to the end of the last phase, leaving `checkpoint.pt` and `log.jsonl` in `folder`."""
    run = Run(config, crops, folder, device)
    if resume:
        run.resume(checkpoint.load(folder))
    folder.mkdir(parents=True, exist_ok=True)
    began, window, pace = time.monotonic(), [], Pace(config, run.batch)
    averaged = often(AVERAGED, config.batches, LINES)
    kept, looked = (often(every, config.batches, LOOKS) for every in (config.checkpoint_every, config.evaluate_every))
    with open(folder / "log.jsonl", "a" if resume else "w", encoding="utf-8") as log:
        numbers = range(run.batch, config.batches)
        for _ in progress(numbers, "training", total=config.batches, start=run.batch):
            window.append(run.step())
            pace.batch(run.batch)
            last = run.batch == config.batches
            if run.batch % averaged == 0 or last:
                means = {key: round(float(np.mean([w[key] for w in window if key in w])), 4) for key in window[-1]}
                tell(log, began, run.batch, means)
                window.clear()
            if run.batch % kept == 0 or last:
                checkpoint.save(folder, run.state())
            if len(run.test_rows) and (run.batch % looked == 0 or last):
                tell(log, began, run.batch, {"held out": run.look()})
