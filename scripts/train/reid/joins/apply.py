"""A new set in which the tracks that somebody said are one person lie in one folder."""

import json
import os
import shutil
import tempfile
from pathlib import Path

from reid.joins.tracks import Track, read

SAME, DIFFERENT = "same", "different"


def answers(path: Path, tracks: list[Track]) -> list[tuple[int, int, str]]:
    """(row, row, answer) of each pair in a file that the page saved."""
    try:
        told = json.loads(path.read_text())["pairs"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SystemExit(f"{path}: not what the page saves as joins.json ({error})") from error
    rows = {track.name: row for row, track in enumerate(tracks)}
    found = []
    for pair in told:
        missing = [name for name in (pair["a"], pair["b"]) if name not in rows]
        if missing:
            raise SystemExit(
                f"{path}: no track {missing[0]} in these sets; give --crops as they were given to `propose`"
            )
        found.append((rows[pair["a"]], rows[pair["b"]], pair["answer"]))
    return found


def people(tracks: list[Track], told: list[tuple[int, int, str]]) -> list[list[int]]:
    """Rows of tracks by person, in the order of their first ones; refuses answers that contradict each other."""
    leader = list(range(len(tracks)))

    def of(row: int) -> int:
        while leader[row] != row:
            row = leader[row]
        return row

    for a, b, answer in told:
        if answer == SAME:
            first, second = sorted((of(a), of(b)))
            leader[second] = first
    groups: dict[int, list[int]] = {}
    for row in range(len(tracks)):
        groups.setdefault(of(row), []).append(row)
    apart = [(a, b, "you said that they are two people") for a, b, answer in told if answer == DIFFERENT]
    for group in groups.values():
        apart += [(a, b, "they are in one picture together") for a in group for b in group
                  if a < b and tracks[a].at_once(tracks[b])]  # fmt: skip
    for a, b, why in apart:
        if of(a) == of(b):
            members = ", ".join(tracks[row].name for row in groups[of(a)])
            raise SystemExit(f"tracks {members} were joined to one person, but of {tracks[a].name} and "
                             f"{tracks[b].name} {why}: answer these again")  # fmt: skip
    return list(groups.values())


def join(sets: list[Path], told: Path, output: Path):
    """Copies the crops to the new folder `output`, a folder a person; the sets stay as they are."""
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise SystemExit(f"{output}: exists; nothing is overwritten")
    tracks = read(sets)
    groups = people(tracks, answers(told, tracks))
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}.") as folder:
        made = Path(folder) / "set"
        made.mkdir(mode=0o700)
        for number, group in enumerate(groups, 1):
            person = made / f"{number:04}"
            person.mkdir(mode=0o700)
            for file in (file for row in group for file in tracks[row].files):
                target = person / f"{number:04}_{file.name.partition('_')[2] or file.name}"
                if target.exists():
                    raise SystemExit(f"{file}: two crops are called so; harvest each camera with its own --camera")
                shutil.copyfile(file, target)
        if output.exists():
            output.rmdir()
        os.replace(made, output)
    print(f"{output}: {len(groups)} people of {len(tracks)} tracks")
