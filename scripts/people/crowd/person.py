"""A person who does not exist: a body, clothes and things, the same ones in every picture of a seed."""

from dataclasses import dataclass, replace

import numpy as np

from . import carried
from .anatomy import anatomy
from .body import BODY_VERTICES, body, normals
from .hair import Hair
from .material import FIRST, STRAP, STRAP_COLOUR
from .outfit import Outfit, skin_colour
from .pose import Pose, turns
from .solids import tube
from .style import Style
from .surface import Surface, solid

LAYER = 0.004  # metres that each layer is brought forward


@dataclass(frozen=True)
class Posed:
    """A person at one moment, standing on the floor at the origin, facing z; metres."""

    surfaces: list[Surface]
    head: np.ndarray  # the middle of the head
    foot: np.ndarray  # between the feet, on the floor
    height: float  # of the top of the head, as posed


class Person:
    """An identity; `seed` and style tell everything about it."""

    def __init__(self, seed: int, style: Style):
        draw = np.random.default_rng([seed, style.number])
        self.male = draw.random() < 0.5
        self.child = draw.random() < style.children
        age = draw.uniform(0.0, 0.3) if self.child else float(np.clip(draw.normal(*style.age), 0.46, 1))
        self.scale = draw.uniform(0.72, 1.0) if self.child else draw.uniform(0.97, 1.03)
        origin = draw.dirichlet([0.45, 0.8, 0.9])
        self.rest = body().shape(
            float(np.clip(draw.normal(0.95 if self.male else 0.05, 0.08), 0, 1)),
            age,
            float(np.clip(draw.normal(0.5, 0.17), 0, 1)),
            float(np.clip(draw.normal(*style.weight), 0, 1)),
            float(np.clip(draw.normal(0.1, 0.15), -0.4, 0.6)),
            origin,
        )
        outfit = self.outfit = Outfit(draw, style, self.male, skin_colour(draw, origin))
        hair = Hair(draw, style, self.male, age > 0.85, origin[2] < 0.55)
        self.hair_layers = hair.layers
        self.layers = outfit.layers + hair.layers
        self.hair_parts = hair.parts
        kinds = np.array(carried.SHARES)
        self.bag = str(draw.choice(carried.KINDS, p=kinds / kinds.sum()))
        if self.child and self.bag in ("cart", "pram", "case"):
            self.bag = "back"
        self.bag_row = carried.bag_material(draw, style)
        self.bag_size = carried.worn_size(draw, self.bag)
        self.side = int(draw.choice([1, -1]))
        self.bag_seed = int(draw.integers(1 << 40))
        self._strap(outfit)
        self.reach, self.swing = draw.uniform(0.75, 1.15), draw.uniform(0.15, 0.5)
        self.hang = draw.uniform(0.52, 0.68)

    def _strap(self, outfit: Outfit) -> None:
        """A strap over what is worn on top: 1 two over the shoulders, 2 and 3 one across."""
        kind = {"back": 1, "cross": 3 if self.side > 0 else 2}.get(self.bag, 0)
        if kind:
            for row in outfit.upper:
                row[STRAP] = kind
                row[STRAP_COLOUR : STRAP_COLOUR + 3] = self.bag_row[FIRST : FIRST + 3]

    def dress_as(self, other: "Person", draw: np.random.Generator, style: Style) -> None:
        """Puts on another's clothes, one garment in another colour; body, skin, hair and bag remain."""
        clothes = other.outfit.layers[1:]
        changed = int(draw.integers(len(clothes)))
        row = clothes[changed].material.copy()
        row[FIRST : FIRST + 3] = style.colour(draw, style.tops)
        clothes = [replace(c, material=row if c.material is clothes[changed].material else c.material) for c in clothes]
        self.layers = self.outfit.layers[:1] + clothes + self.hair_layers

    def pose(self, draw: np.random.Generator, legs: str = "", arms: str = "") -> Pose:
        """A pose at random that goes with what is carried."""
        if self.bag in ("cart", "pram", "case") and legs == "":
            legs = "walk" if draw.random() < 0.7 else "stand"
        drawn = Pose.drawn(draw, legs, arms or carried.ARMS.get(self.bag, ""))
        return Pose(**{**drawn.__dict__, "hang": self.hang, "side": self.side})

    def posed(self, pose: Pose) -> Posed:
        """The person's surfaces in that pose."""
        vertices, turn, heads = body().pose(self.rest, turns(pose))
        facing = np.zeros_like(vertices)
        for shell in {layer.shell for layer in self.layers}:
            normals(vertices, anatomy().triangles[shell], facing)
        floor = vertices[:BODY_VERTICES, 1].min()
        size = self.scale * 0.1
        surfaces = []
        for number, layer in enumerate(self.layers):
            points = vertices[layer.used] + facing[layer.used] * layer.swell[:, None]
            surfaces.append(
                Surface(
                    ((points - [0, floor, 0]) * size).astype(np.float32), layer.triangles, facing[layer.used],
                    anatomy().base[layer.used], anatomy().traits[layer.used], layer.inside, layer.material,
                    LAYER * number, layer.closed,
                )
            )  # fmt: skip
        bone = body().bone

        def metres(point: np.ndarray) -> np.ndarray:
            return (point - np.array([0, floor, 0])) * size

        rest = body().joints(self.rest)
        surfaces += self._hair_parts(turn[bone["head"]], metres(heads[bone["head"]]))
        surfaces += self._carried(turn, heads, metres, rest, vertices)
        top = metres(vertices[:BODY_VERTICES].max(0))[1]
        skull = metres(heads[bone["head"]]) + turn[bone["head"]] @ np.array([0, 0.11, 0.02]) * self.scale
        feet = metres((heads[bone["foot_l"]] + heads[bone["foot_r"]]) / 2) * [1, 0, 1]
        return Posed(surfaces, skull, feet, float(top))

    def _hair_parts(self, turn: np.ndarray, head: np.ndarray) -> list[Surface]:
        at_rest = body().joints(self.rest)[body().bone["head"]]
        grown = self.rest[:BODY_VERTICES, 1].max() - at_rest[1]
        base = body().joints(body().base)[body().bone["head"]]
        factor = self.scale * 0.1 * grown / (body().base[:BODY_VERTICES, 1].max() - base[1])
        parts = []
        for shape, half, middle, row in self.hair_parts:
            at = head + turn @ (np.asarray(middle) - base) * factor
            parts.append(solid(shape, np.asarray(half) * factor, at, row, turn, boxed=True))
        return parts

    def _carried(self, turn, heads, metres, rest, vertices) -> list[Surface]:
        bone, draw, half, row = body().bone, np.random.default_rng(self.bag_seed), self.bag_size, self.bag_row
        hand = "hand_l" if self.side > 0 else "hand_r"
        at = metres(heads[bone[hand]])
        if self.bag == "back":
            spine, back = turn[bone["spine_03"]], metres(heads[bone["spine_03"]])
            return [solid(carried.CUSHION, half, back + spine @ [0, 0.02, -0.15 - half[2] * 0.6], row, spine)]
        if self.bag in ("cross", "shoulder"):
            name, lift = ("pelvis", 0.0) if self.bag == "cross" else ("spine_02", 0.02)
            hip = metres(heads[bone[name]]) + turn[bone[name]] @ [self.side * 0.22, lift, -0.02]
            return [solid(carried.CUSHION, half, hip, row, turn[bone[name]])]
        if self.bag == "hand":
            return [solid(carried.CUSHION, half, at - [0, half[1] + 0.1, 0], row)]
        if self.bag == "case":
            return carried.case(row, self.side, draw)
        reach = max(0.25, float(metres(heads[bone["hand_l"]])[2]))
        if self.bag == "cart":
            return carried.cart(draw, reach)
        if self.bag == "pram":
            return carried.pram(draw, row, reach)
        if self.bag == "umbrella":
            crown = metres(heads[bone["head"]]) + np.array([0, 0.25 * self.scale, 0])
            return carried.umbrella(draw, row, crown, self.side)
        if self.bag == "carton":
            half = draw.uniform(0.1, 0.25, 3)
            middle = (metres(heads[bone["hand_l"]]) + metres(heads[bone["hand_r"]])) / 2
            return [solid(carried.box(), half, middle + np.array([0, 0.03, half[2] * 0.5]), row)]
        return []


def chair(person: Posed, row: np.ndarray) -> list[Surface]:
    """A chair under someone who sits."""
    seat = 0.45 * person.height / 1.3
    parts = [
        solid(carried.box(), (0.23, 0.03, 0.22), (0, seat - 0.06, 0.02), row),
        solid(carried.box(), (0.22, 0.2, 0.02), (0, seat + 0.22, -0.24), row),
    ]
    for x in (-0.2, 0.2):
        for z in (-0.18, 0.2):
            parts.append(solid(tube(), (0.014, seat / 2 - 0.03, 0.014), (x, seat / 2 - 0.03, z), row))
    return parts
