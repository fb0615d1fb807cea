"""A head office with twenty shops, and everybody is killed a thousand times: afterwards the database has the union of
the ledgers, row by row.

Every ledger is a real one: `footfall run` counts recordings, each a part of the sample clip, and `footfall serve`
publishes in between. Both are killed, as are nats-server, PostgreSQL and `footfall office`. Roads to the hub are cut,
blocked and slowed; clocks of shops and of the database are set by hours and years; some shops are without a line for
three weeks of their clock. Gaps are made, and messages are forged.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

import ledger_rows
import setting
from archive import films
from engines import until
from hub_link import Link, Refused
from office_shop import Shop
from office_trial import Trial

PATIENCE = 900
"""Seconds after the last of all this until the office must have everything."""
MINUTE = 60
"""Seconds in which a gap is to be reported."""


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--shops", type=int, default=20)
    add("--away", type=int, default=5, help="shops without a line for three weeks (default: 5)")
    add("--kills", type=int, default=1000)
    add("--rests", type=int, default=21, help="recordings that three weeks have (default: 21)")
    add("--gaps", type=int, default=6, help="that are made (default: 6)")
    add("--recordings", type=int, default=120, help="different ones (default: 120)")
    add("--frames", type=int, default=60, help="of each recording (default: 60)")
    add("--pause", type=float, default=1.0, help="seconds from one kill to the next (default: 1)")
    add("--seed", type=int, default=1)
    add("--folder", type=Path, help="keep all files here, and use its recordings (default: a temporary folder)")
    return parser.parse_args()


def main() -> None:
    options = parsed()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        if not (folder / "rec").is_dir():
            setting.say("making recordings...")
            films(folder / "rec", options.recordings, options.frames)
        recordings = sorted((folder / "rec").iterdir())
        trial = Trial(folder, options.shops, options.away, recordings, options.rests, options.seed)
        try:
            page = tried(trial, options)
        finally:
            trial.close()
    setting.publish(page[0])
    if page[1]:
        sys.exit("office: " + "; ".join(page[1]))


def tried(trial: Trial, options: argparse.Namespace) -> tuple[str, list[str]]:
    """The table, and what was wrong."""
    began, told = time.monotonic(), 0.0
    trial.open()
    gaps, forged = [], []
    while trial.kills() < options.kills or trial.away:
        trial.befall(options.pause)
        share = min(trial.kills() / options.kills, 1.0)
        if len(gaps) < options.gaps * share and len(gaps) < options.gaps:
            gaps.append(gap(trial, len(gaps)))
        if not forged and share > 0.5:
            forged = forge(trial)
        if time.monotonic() - told > 30:
            told = time.monotonic()
            counted = sum(shop.counted for shop in trial.shops)
            setting.say(f"{trial.kills()} kills, {counted} recordings, {len(trial.away)} shops are away")
    seconds = time.monotonic() - began
    setting.say("all is calm; comparing...")
    trial.calm()
    calm = time.monotonic()
    compared = {shop.name: compare(trial, shop) for shop in trial.shops}
    wrong = [f"{name}: {problem}" for name, (_, problem) in compared.items() if problem]
    wrong += standing(trial, len(forged))
    wrong += [f"a gap was reported after {took:.0f} s" for took in gaps if took > MINUTE]
    wrong += [f"a forged message was taken: {what}" for what, answer in forged if not answer]
    rows = {name: rows for name, (rows, _) in compared.items()}
    return words(trial, options, rows, (gaps, forged, wrong), (seconds, time.monotonic() - calm)), wrong


def gap(trial: Trial, number: int) -> float:
    """Everything else is left alone meanwhile, but for what befell the others' roads and clocks before."""
    there = [shop for shop in trial.shops if shop not in trial.away]
    shop = there[number % len(there)]
    trial.restore(at_once=True)
    for other in trial.shops:
        if other.counting:
            other.kill()
            other.open()
    lose = trial.lose_at_the_hub if number % 2 else trial.lose_in_the_publisher
    return lose(shop)


def forge(trial: Trial) -> list[tuple[str, str]]:
    """What one shop says for another, and how that is refused; the last of it is only refused by the office."""
    one, other = [shop for shop in trial.shops if shop not in trial.away][:2]
    trial.restore(at_once=True)
    seed = trial.town.key(one.name).read_text().strip()
    ledger = ledger_rows.rows(other.ledger, "SELECT lower(hex(uid)) FROM lineage ORDER BY behind DESC")[0][0]
    head = other.head()
    batch = {"version": 1, "ledger": ledger, "base": 0, "after": head, "through": head + 1, "entries": []}
    payload = json.dumps(batch).encode()

    async def publish(subject: str) -> str:
        try:
            link = await Link.reach(trial.town.hub.port, seed, one.name)
            await link.keep(subject, f"forged {time.monotonic()}", payload)
        except (Refused, TimeoutError) as error:
            return str(error) or "no answer"
        await link.leave()
        return ""

    subjects = {f"office.{other.name}.entries": "", f"office.{other.name}.about": ""}
    answers = [(f"on {subject}", asyncio.run(publish(subject))) for subject in subjects]
    own = f"office.{one.name}.entries"
    asyncio.run(publish(own))
    reason = f"SELECT reason FROM office.refused WHERE subject = '{own}'"
    rows = until("it is put aside", lambda: trial.town.postgres.ask(reason) or None)
    return [*answers, (f"on {own}, of the other's ledger", rows[0][0])]


def compare(trial: Trial, shop: Shop) -> tuple[int, str]:
    """How many rows both have, and where the office's are others than the ledger's."""
    trial.remember(shop)
    mirror = trial.mirror[shop.name]
    wanted = [mirror[seq] for seq in sorted(mirror)]
    lines = ledger_rows.KEPT.format(shop=shop.name)
    runs = shop.runs()
    found: list[list] = []

    def attempt() -> bool | None:
        nonlocal found
        answer = trial.town.postgres.lines(lines)
        found = [json.loads(line) for line in answer or []]
        return True if answer is not None and len(found) >= len(wanted) else None

    if not patiently(attempt):
        return len(found), f"the office has {len(found)} of {len(wanted)} entries"
    if differing := [(ours, theirs) for ours, theirs in zip(wanted, found, strict=False) if ours != theirs]:
        return len(found), f"{len(differing)} rows differ, the first: {differing[0]}"
    if len(found) > len(wanted):
        return len(found), f"the office has {len(found) - len(wanted)} entries too many"

    def same_runs() -> bool | None:
        nonlocal found
        answer = trial.town.postgres.lines(ledger_rows.RUNS.format(shop=shop.name))
        found = [json.loads(line) for line in answer or []]
        return True if found == runs else None

    if not patiently(same_runs, 60):
        differing = [(ours, theirs) for ours, theirs in zip(runs, found, strict=False) if ours != theirs]
        return len(wanted), f"the office has {len(found)} of {len(runs)} runs, differing first: {differing[:1]}"
    return len(wanted), ""


def patiently(attempt, patience: float = PATIENCE) -> bool:
    end = time.monotonic() + patience
    while not attempt():
        if time.monotonic() > end:
            return False
        time.sleep(0.5)
    return True


def standing(trial: Trial, forged: int) -> list[str]:
    """What the office itself says is wrong."""
    wrong = []
    questions = {
        "gaps that are open or lost": "SELECT count(*) FROM office.gap WHERE closed IS NULL OR lost IS NOT NULL",
        "conflicts": "SELECT count(*) FROM office.conflict",
    }
    for what, sql in questions.items():
        if not patiently(lambda sql=sql: True if trial.town.number(sql) == 0 else None, 120):
            wrong.append(f"{what}: {trial.town.postgres.lines(sql.replace('count(*)', '*'))}")
    refused = trial.town.number("SELECT count(*) FROM office.refused")
    if refused != (1 if forged else 0):
        wrong.append(f"{refused} messages were put aside")
    return wrong


def words(trial: Trial, o: argparse.Namespace, rows: dict[str, int], results: tuple, times: tuple) -> str:
    gaps, forged, wrong = results
    seconds, calm = times
    verdict = "DIFFERENT" if wrong else "the same, row by row"
    recordings, killed = sum(s.counted for s in trial.shops), sum(s.killed_counts for s in trial.shops)
    return "\n\n".join(
        [
            "# A head office while everybody is killed",
            f"{setting.version()}. {o.shops} shops count recordings of {o.frames} frames of the sample clip each, and "
            f"publish; Debian's nats-server and PostgreSQL with their promises to the disk. {seconds / 60:.0f} minutes "
            f"in all, on one machine: {setting.machine()}, load {setting.load():.1f} from others' work and this. "
            f"{o.away} shops were without a line for three weeks of their clock, and keep entries for a week.",
            setting.table(["what befell them", "times"], sorted(map(list, trial.befallen.items()))),
            setting.table(
                ["result", ""],
                [
                    ["the database beside the union of the ledgers", verdict],
                    ["entries", f"{sum(rows.values()):,}"],
                    ["entries of a shop", f"{min(rows.values()):,} to {max(rows.values()):,}"],
                    ["recordings counted", f"{recordings:,}"],
                    ["counts that were killed and went on", f"{killed:,}"],
                    ["all was there after the last kill", f"in {calm:.0f} s"],
                ],
            ),
            "Compared are entries with all that they say, and runs; times to the microsecond.",
            setting.table(
                ["entries that were lost on purpose", "reported after"],
                [[("by a publisher", "with the hub's disk")[n % 2], f"{took:.0f} s"] for n, took in enumerate(gaps)],
            ),
            setting.table(["a shop speaks for another", "answer"], [[what, answer] for what, answer in forged]),
        ]
    )


if __name__ == "__main__":
    main()
