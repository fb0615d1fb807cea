"""Crossings against true crossings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from ._footfall import Crossing, score_passages

Row = Crossing | Mapping[str, Any]


def evaluate_crossings(
    truth: str | PathLike[str] | Iterable[Row],
    crossings: str | PathLike[str] | Iterable[Row],
    *,
    tolerance: float = 1.0,
    fps: float | None = None,
) -> dict[str, Any]:
    """Scores counted crossings: precision, recall, F1, and errors of the counts.

    truth, crossings: files of JSON lines as `footfall track --crossings` writes them, or Crossing objects, or
        dictionaries with line, direction ("in" or "out") and time in seconds, or frame, where fps is given.
    tolerance: how many seconds a counted crossing may be from the true one; each true one makes one right at most.
    fps: compare by frame numbers at this rate rather than by times.

    Returns {"lines": {name: scores}, "combined": scores}. Raises ValueError that names what is missing in which row.
    """
    both = [_by_line(_rows(truth), "truth", fps), _by_line(_rows(crossings), "crossings", fps)]
    names = sorted(both[0].keys() | both[1].keys())
    *lines, combined = score_passages([(both[0].get(n, []), both[1].get(n, [])) for n in names], tolerance)
    return {"lines": dict(zip(names, lines, strict=True)), "combined": combined}


def _rows(given: str | PathLike[str] | Iterable[Row]) -> Iterable[Row]:
    if not isinstance(given, str | PathLike):
        return given
    text = Path(given).read_text(encoding="utf-8-sig")
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except ValueError as error:
                raise ValueError(f"{given}, line {number}: {error}; expected a JSON object") from None
    return rows


def _by_line(rows: Iterable[Row], what: str, fps: float | None) -> dict[str, list[tuple[float, bool]]]:
    lines: dict[str, list[tuple[float, bool]]] = {}
    for index, given in enumerate(rows):
        row = given.to_dict() if isinstance(given, Crossing) else given
        try:
            time = float(row["time"]) if fps is None else (row["frame"] - 1) / fps
            name, direction = row["line"], row["direction"]
        except (KeyError, TypeError) as error:
            raise ValueError(f"{what}[{index}] is {row!r}; expected line, direction and time ({error})") from None
        if direction not in ("in", "out"):
            raise ValueError(f"{what}[{index}] has direction {direction!r}; expected 'in' or 'out'")
        lines.setdefault(name, []).append((time, direction == "in"))
    return lines
