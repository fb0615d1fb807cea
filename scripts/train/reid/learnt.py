"""The comparison's page: its tables, and what its own figures say in words."""

import numpy as np

from reid.config import Config
from reid.markdown import table


def percent(value: float) -> str:
    return f"{100 * value:.1f}"


def row(result: dict, sets: list, key: str = "sets", name: str | None = None) -> list:
    cells = [name or result["name"]]
    for each in sets:
        r = result[key][each]
        cells += [percent(r["rank-1"]), percent(r["mAP"]), percent(r["mINP"]), percent(r["eer"])]
    first = result[key][sets[0]]
    return [*cells, percent(first["centres"]), f"{first['different']:.2f}", f"{result['minutes']:.1f}"]


def header(sets: list) -> list:
    each = [f"{name} {figure}" for name in sets for figure in ("rank-1", "mAP", "mINP", "equal error")]
    return ["trained with", *each, f"{sets[0]} nearest centre", "strangers' distance", "CPU min"]


def of_group(results: list, group: str) -> list:
    return [r for r in results if r["group"] == group]


def named(results: list, name: str) -> dict:
    return next(r for r in results if r["name"] == name)


def mean_of(result: dict, figure: str, key: str = "sets") -> float:
    """A figure averaged over the sets, in per cent."""
    return 100 * float(np.mean([r[figure] for r in result[key].values()]))


def seen(result: dict) -> dict:
    """The figures of the first set."""
    return next(iter(result["sets"].values()))


def best_first(results: list) -> str:
    ordered = sorted(results, key=lambda r: -mean_of(r, "mAP"))
    return ", ".join(f"{r['name']} ({mean_of(r, 'mAP'):.1f})" for r in ordered)


def about_losses(results: list, best: dict) -> list:
    losses = of_group(results, "loss")
    pull, triplet = named(results, "pull (negative control)"), named(results, "triplet, batch-hard")
    softmax, joint = named(results, "softmax"), named(results, "DeepID2: softmax and pairs")
    pairs, after = named(results, "contrastive pairs"), named(results, "softmax, then triplet")
    mined = [r for r in losses if r["name"].startswith("triplet,")]
    return [
        f"Losses by mAP, averaged over the sets: {best_first(losses)}. The networks below are trained with the first.",
        "Pulling a person's crops together with nothing that pushes others away brings strangers to "
        f"{seen(pull)['different']:.2f} from each other on average, where {best['name']} keeps them "
        f"{seen(best)['different']:.2f} apart, and the equal error to {percent(seen(pull)['eer'])}% against "
        f"{percent(seen(best)['eer'])}%: distance is cheapest to lower for everybody at once. Every useful loss says "
        "what must stay apart.",
        f"Which triplets count: {best_first(mined)}. `all` averages over every triplet that still breaks "
        "the margin, mining keeps the hard ones: better once most are satisfied, noisier before.",
        f"Identification and pairs together have {mean_of(joint, 'mAP'):.1f} where identification alone has "
        f"{mean_of(softmax, 'mAP'):.1f} and pairs alone {mean_of(pairs, 'mAP'):.1f}; softmax first and triplets after "
        f"have {mean_of(after, 'mAP'):.1f} where triplets all the way have {mean_of(triplet, 'mAP'):.1f}, in as many "
        "batches. Identification has a vector for each person to learn first, which takes many passes over the people; "
        "pairs and triplets teach from the first batch.",
    ]  # fmt: skip


def about_output(results: list) -> str:
    raw, unit = of_group(results, "output")[0], named(results, "triplet, batch-hard")
    return (
        f"On the unit sphere batch-hard triplets reach mAP {mean_of(unit, 'mAP'):.1f}. Left raw, with the margin "
        f"scaled to the length of a raw embedding, they reach {mean_of(raw, 'mAP', 'as it is'):.1f} by Euclidean "
        f"distance and {mean_of(raw, 'mAP'):.1f} once brought to the sphere, as the tracker does."
    )


def about_order(results: list, bias: dict) -> str:
    ordered, mixed = of_group(results, "sampling")[0], named(results, "softmax")
    one, other = bias["ordered"], bias["shuffled"]
    return (
        f"Batches of two consecutive images, person after person: of {bias['people']} people told apart by their "
        f"colours, a softmax then takes {percent(one['last'])}% of unseen images for the last one and is right on "
        f"{percent(one['right'])}%; shuffled, {percent(other['last'])}% and {percent(other['right'])}%. While one "
        "person fills every batch, the cheapest step is to raise that person's score for all images, and nobody who "
        "has gone by comes back to answer. In the network, whose batch norm takes away what a batch has in common, mAP "
        f"is {mean_of(ordered, 'mAP'):.1f} in order and {mean_of(mixed, 'mAP'):.1f} at random."
    )


def about_networks(results: list, best: dict) -> str:
    networks = of_group(results, "network")
    fresh = named(results, "MobileNetV2, fresh weights")
    return (
        f"MobileNetV2 has mAP {mean_of(best, 'mAP'):.1f} from ImageNet's weights and {mean_of(fresh, 'mAP'):.1f} from "
        f"fresh ones, in one budget. Among fresh ones: {best_first(networks)}."
    )


def about_domains(base: Config, results: list, best: dict, sets: list) -> list:
    """How a network does at home and away, in each direction."""
    others = of_group(results, "domain")
    alone = [(r["changes"]["train_on"][0], r) for r in others if len(r["changes"]["train_on"]) == 1]
    directions = [(base.train_on[0], best), *alone] if others else []
    lines = []
    for home, result in directions:
        if home not in sets:
            continue
        away = ", ".join(f"{percent(result['sets'][n]['rank-1'])} on {n}" for n in sets if n != home)
        lines.append(
            f"Trained on {home} alone, rank-1 is {percent(result['sets'][home]['rank-1'])} on its own unseen people "
            f"and {away}, a site that it has not seen."
        )
    return lines


def section(title: str, results: list, sets: list) -> list:
    rows = []
    for result in results:
        rows.append(row(result, sets))
        if "as it is" in result:
            rows.append(row(result, sets, "as it is", f"{result['name']}, by Euclidean distance"))
    return ["", f"## {title}", "", *table(header(sets), rows)]


def sizes(results: list, best: dict) -> list:
    rows = [["MobileNetV2, from ImageNet", best], *([r["name"], r] for r in of_group(results, "network"))]
    cells = [[name, f"{r['weights'] / 1e6:.2f} M", f"{r['multiply_adds'] / 1e6:.0f} M"] for name, r in rows]
    return ["", *table(["network", "weights", "multiply-adds at 128x64"], cells)]


def page(base: Config, sets: list, results: list, best: dict, bias: dict) -> str:
    """The whole page, as Markdown."""
    sizes_of_crops = ", ".join(f"{p.batches} batches at {p.height}x{p.height // 2}" for p in base.phases)
    held_out = ", ".join(f"{count} of {name}" for name, count in base.hold_out.items())
    minutes = sum(r["minutes"] for r in results)
    lines = [
        *("# The laboratory: losses and networks side by side", ""),
        "Made by `python -m reid compare` in scripts/train; not edited by hand.",
        f"One budget for all: {sizes_of_crops} of {base.people} people x {base.images} crops, seed {base.seed}, "
        f"trained on {', '.join(base.train_on)} unless it says otherwise; "
        f"{len(results)} runs, {minutes:.0f} minutes of processor time. Judged on identities that were not trained on "
        f"({held_out}), across cameras, at the size that was trained at. Per cent; the equal error is of pairs within "
        "one camera where there are any; strangers' distance is the mean cosine distance (0 to 2) of two people there. "
        "With so short a training the order tells how fast a choice learns, not where it would end.",
        *section("Losses", of_group(results, "loss"), sets),
        *section("Output and sampling", [*of_group(results, "output"), *of_group(results, "sampling")], sets),
        *section(f"Networks, with {best['name']}", [best, *of_group(results, "network")], sets),
        *sizes(results, best),
    ]  # fmt: skip
    if of_group(results, "domain"):
        lines += section("Across domains", [best, *of_group(results, "domain")], sets)
    words = [*about_losses(results, best), about_output(results), about_order(results, bias)]
    words += [about_networks(results, best), *about_domains(base, results, best, sets)]
    return "\n".join([*lines, "", "## What was learnt", "", *(f"- {line}" for line in words)]) + "\n"
