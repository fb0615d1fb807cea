"""Poses: walking with a phase, standing, sitting, and what arms do meanwhile.

Joint angles in radians; positive flexion bends a hip forwards and a knee backwards. The curves of
hip, knee and ankle over a stride are those of normal gait as textbooks print them, rounded.
"""

from dataclasses import dataclass

import numpy as np

from .turns import about_x, about_y, about_z

STRIDE = np.linspace(0, 1, 11)  # from one heel strike of the left foot to the next
HIP = np.radians([30, 26, 16, 5, -5, -11, -3, 14, 27, 32, 30])
KNEE = np.radians([5, 17, 15, 8, 5, 12, 38, 61, 55, 24, 5])
ANKLE = np.radians([0, -5, 4, 8, 10, 4, -16, -9, 1, 2, 0])
ARMS = ("swing", "phone", "carry", "pocket", "push", "hand", "umbrella", "folded")


@dataclass(frozen=True)
class Pose:
    """What a body does at one moment."""

    legs: str = "walk"  # walk, stand or sit
    phase: float = 0.0  # of a stride, 0..1
    reach: float = 1.0  # length of steps against the usual
    arms: str = "swing"
    swing: float = 0.3
    hang: float = 0.6  # how far the arms of the rest pose are lowered
    lean: float = 0.05  # forwards
    bend: float = 0.0  # forwards in the hips, to reach down
    look: tuple[float, float] = (0.0, 0.0)  # the head's turn to the left and nod
    side: int = 1  # the arm that holds: 1 left, -1 right

    @classmethod
    def drawn(cls, draw: np.random.Generator, legs: str = "", arms: str = "") -> "Pose":
        """At random: mostly walking."""
        legs = legs or str(draw.choice(["walk", "stand", "sit"], p=[0.68, 0.26, 0.06]))
        arms = arms or str(draw.choice(ARMS[:4] + ARMS[-1:], p=[0.66, 0.12, 0.06, 0.1, 0.06]))
        bend = draw.uniform(0.3, 1.1) if legs == "stand" and draw.random() < 0.12 else 0.0
        return cls(
            legs, draw.random(), draw.uniform(0.6, 1.2), arms, draw.uniform(0.1, 0.5), draw.uniform(0.52, 0.68),
            draw.uniform(-0.02, 0.14), bend, (draw.normal(0, 0.3), draw.normal(0.08, 0.15)), int(draw.choice([1, -1])),
        )  # fmt: skip


def _legs(pose: Pose, turns: dict[str, np.ndarray]) -> None:
    for side, sign in (("l", 1), ("r", -1)):
        at = (pose.phase + (0 if side == "l" else 0.5)) % 1
        if pose.legs == "walk":
            hip = np.interp(at, STRIDE, HIP) * pose.reach
            knee = np.interp(at, STRIDE, KNEE) * (0.4 + 0.6 * pose.reach)
            ankle = np.interp(at, STRIDE, ANKLE) * pose.reach
        elif pose.legs == "sit":
            hip, knee, ankle = 1.45, 1.4 + 0.3 * (pose.phase - 0.5), 0.0
        else:
            hip = 0.12 * (pose.phase - 0.5) * sign + pose.bend * 0.2
            knee, ankle = 0.05 + max(0, hip), 0.0
        turns[f"thigh_{side}"] = about_x(-hip) @ about_z(-sign * 0.02)
        turns[f"calf_{side}"] = about_x(knee)
        turns[f"foot_{side}"] = about_x(-ankle)


def _arms(pose: Pose, turns: dict[str, np.ndarray]) -> None:
    for side, sign in (("l", 1), ("r", -1)):
        at = (pose.phase + (0 if side == "l" else 0.5)) * 2 * np.pi
        forward = -pose.swing * np.cos(at) if pose.legs == "walk" else 0.04 * sign
        elbow, hang = 0.25 + 0.5 * max(0.0, forward), pose.hang
        if pose.legs == "sit":
            forward, elbow = 0.5, 0.7
        holds = sign == pose.side
        if pose.arms == "carry":
            forward, elbow, hang = 0.35, 1.5, 0.5
        elif pose.arms == "push":
            forward, elbow, hang = 0.75, 0.7, 0.55
        elif pose.arms == "folded":
            forward, elbow, hang = 0.5, 1.9, 0.62
        elif pose.arms == "phone" and holds:
            forward, elbow, hang = 0.4, 1.9, 0.55
        elif pose.arms == "umbrella" and holds:
            forward, elbow, hang = 0.35, 2.0, 0.5
        elif pose.arms == "pocket":
            forward, elbow, hang = -0.15, 0.55, 0.5
        elif pose.arms == "hand" and holds:
            forward, elbow, hang = 0.1, 0.15, 0.4
        turns[f"upperarm_{side}"] = about_x(-forward - pose.bend * 0.9) @ about_z(-sign * hang)
        turns[f"lowerarm_{side}"] = about_x(-elbow)


def turns(pose: Pose) -> dict[str, np.ndarray]:
    """The rotations of the bones."""
    found: dict[str, np.ndarray] = {}
    _legs(pose, found)
    _arms(pose, found)
    twist = 0.08 * np.sin(2 * np.pi * pose.phase) if pose.legs == "walk" else 0.0
    found["spine_01"] = about_y(twist) @ about_x(pose.lean + pose.bend)
    found["head"] = about_y(pose.look[0]) @ about_x(pose.look[1])
    return found
