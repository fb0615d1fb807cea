#!/usr/bin/env python3
"""Crops a second of the embedder's architecture in PyTorch, for comparison with `footfall-bench embed`.

Needs PyTorch alone, and the folder of `reid` (scripts/train) on PYTHONPATH. Weights are fresh: they do not
change how long it takes. Inputs lie on the device already, so this is the network by itself, which is to be
compared with the column `network` there, less the copies. Eager and, on a GPU, compiled; there with TF32, which
ONNX Runtime uses too, and in the order of channels that its tensor cores like best. What fails is told, and the
rest is measured all the same; the exit status is 1 then.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import torch

from reid.networks import HEIGHT, WIDTH, build

WARM_UP, LEAST = 5, 20
BATCHES = [1, 2, 4, 8, 16, 32, 64]


def synchronise(device: str) -> None:
    """A GPU works on while Python goes on."""
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def crops_a_second(network, crops: torch.Tensor, device: str, seconds: float) -> float:
    """Over calls of a batch each, for so many seconds."""
    with torch.inference_mode():
        for _ in range(WARM_UP):
            network(crops)
        synchronise(device)
        began, calls = time.perf_counter(), 0
        while calls < LEAST or time.perf_counter() - began < seconds:
            network(crops)
            synchronise(device)
            calls += 1
    return calls * len(crops) / (time.perf_counter() - began)


def ways(network, device: str) -> dict:
    """How the network is run, by name; each is made anew for each batch, whose size it is compiled for."""
    found = {"eager": lambda: network}
    if device.startswith("cuda") and hasattr(torch, "compile"):
        found["compiled"] = lambda: torch.compile(network, mode="max-autotune", dynamic=False)
    return found


def measure(arguments: argparse.Namespace, dtype: torch.dtype) -> tuple[list[dict], list[str]]:
    """A row for each way and batch, and what failed."""
    device = arguments.device
    order = torch.channels_last if device.startswith("cuda") else torch.contiguous_format
    network = build(arguments.network).eval().to(device=device, dtype=dtype, memory_format=order)
    rows, failed = [], []
    for way, make in ways(network, device).items():
        for batch in arguments.batch or BATCHES:
            if way == "compiled":
                # Otherwise the sizes of earlier batches count towards a limit, beyond which nothing is compiled.
                torch._dynamo.reset()
            crops = torch.zeros(batch, 3, HEIGHT, WIDTH, device=device, dtype=dtype).to(memory_format=order)
            precision = str(dtype).removeprefix("torch.")
            try:
                rate = crops_a_second(make(), crops, device, arguments.seconds)
            except Exception as error:
                failed.append(f"{way}, {precision}, batch {batch}: {type(error).__name__}: {error}")
                # What does not compile for one batch does not for another, and takes its time to say so.
                break
            print(f"{way:>9} {precision:>8} {batch:>5} crops in a run {rate:>12.1f} crops/s", flush=True)
            rows.append({"way": way, "precision": precision, "batch": batch, "per_second": rate})
    return rows, failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--network", default="mobilenet")
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--batch", type=int, action="append", help="may be repeated")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--json", type=Path, metavar="FILE", help="the result, also as JSON")
    arguments = parser.parse_args()
    on_gpu = arguments.device.startswith("cuda")
    if on_gpu:
        torch.backends.cudnn.benchmark = True
        torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = True
    rows, failed = [], []
    for dtype in (torch.float32, torch.float16) if on_gpu else (torch.float32,):
        more, wrong = measure(arguments, dtype)
        rows += more
        failed += wrong
    if arguments.json and rows:
        result = {"torch": torch.__version__, "device": arguments.device, "unit": "crops", "rows": rows}
        arguments.json.write_text(json.dumps(result, indent=2) + "\n")
    for line in failed:
        print(f"torch_embed: {line}", file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
