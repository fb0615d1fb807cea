"""A bar on a terminal, plain lines now and then elsewhere."""

import sys
import time

from tqdm import tqdm

EVERY_SECONDS = 20.0


def progress(items, label: str, total: int | None = None, start: int = 0):
    """Yields `items`, telling standard error how far it is."""
    if sys.stderr.isatty():
        yield from tqdm(items, desc=label, total=total, initial=start, smoothing=0.1)
        return
    began = last = time.monotonic()
    for count, item in enumerate(items, start=start):
        now = time.monotonic()
        if now - last >= EVERY_SECONDS:
            rate = (count - start) / (now - began)
            of = f"/{total}" if total else ""
            left = f", {(total - count) / rate / 60:.1f} min left" if total and rate else ""
            print(f"{label}: {count}{of}, {rate:.2f}/s{left}", file=sys.stderr, flush=True)
            last = now
        yield item
