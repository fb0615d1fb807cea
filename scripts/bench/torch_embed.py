#!/usr/bin/env python3
"""Crops a second of the embedder's architecture in PyTorch, for comparison with `footfall-bench embed`.

Needs PyTorch alone, and the folder of `reid` (scripts/train) on PYTHONPATH. Weights are fresh: they do not
change how long it takes. Inputs lie on the device already, so this is the network by itself, which is to be
compared with the column `network` there, less the copies. Eager, and compiled where PyTorch can.
"""

import argparse
import json
import time

import torch

from reid.networks import HEIGHT, WIDTH, build

WARM_UP, LEAST = 5, 20


def synchronise(device: str) -> None:
    """A GPU works on while Python goes on."""
    if device.startswith("cuda"):
        torch.cuda.synchronize()


def crops_a_second(network, device: str, batch: int, dtype: torch.dtype, seconds: float) -> float:
    """Over calls of a batch each, for so many seconds."""
    crops = torch.zeros(batch, 3, HEIGHT, WIDTH, device=device, dtype=dtype)
    with torch.inference_mode():
        for _ in range(WARM_UP):
            network(crops)
        synchronise(device)
        began, calls = time.perf_counter(), 0
        while calls < LEAST or time.perf_counter() - began < seconds:
            network(crops)
            synchronise(device)
            calls += 1
    return calls * batch / (time.perf_counter() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--network", default="mobilenet")
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--batch", type=int, action="append", help="may be repeated")
    parser.add_argument("--seconds", type=float, default=2.0)
    arguments = parser.parse_args()
    device = arguments.device
    rows = []
    for dtype in (torch.float32, torch.float16) if device.startswith("cuda") else (torch.float32,):
        eager = build(arguments.network).eval().to(device=device, dtype=dtype)
        ways = {"eager": eager}
        if hasattr(torch, "compile") and device.startswith("cuda"):
            ways["compiled"] = torch.compile(eager, mode="max-autotune")
        for way, network in ways.items():
            for batch in arguments.batch or [1, 2, 4, 8, 16, 32, 64]:
                rate = crops_a_second(network, device, batch, dtype, arguments.seconds)
                rows.append({"way": way, "precision": str(dtype)[6:], "batch": batch, "per_second": rate})
    print(json.dumps({"torch": torch.__version__, "device": device, "rows": rows}, indent=2))


if __name__ == "__main__":
    main()
