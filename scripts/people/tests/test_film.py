"""Films and crops: ground truth that reads as MOT text, passages that the walkers made, the same bytes by seed."""

import re

import cv2
import pytest

from crowd import crops, film
from crowd.film import Entrance
from crowd.person import Person
from crowd.style import STYLES

SHORT = Entrance(seed=3, view="steep", seconds=1.5, rate=4, people=2, size=(96, 128))


def test_a_film_has_its_truth_beside_it_and_is_the_same_by_seed(tmp_path):
    truth = film.make(tmp_path / "a", SHORT)
    assert film.make(tmp_path / "b", SHORT) == truth
    for name in ("film.avi", "gt.txt", "truth.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    capture = cv2.VideoCapture(str(tmp_path / "a" / "film.avi"))
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) == 6 and capture.get(cv2.CAP_PROP_FPS) == pytest.approx(4)
    assert re.fullmatch(r"door:\d+,\d+,\d+,\d+", truth["line"]) and truth["made_up"]
    for line in (tmp_path / "a" / "gt.txt").read_text().splitlines():
        frame, who, left, top, wide, high, counted, kind, visible = (float(v) for v in line.split(","))
        assert 1 <= frame <= 6 and who in (1, 2) and counted == kind == 1 and 0 <= visible <= 1
        assert left >= 0 and top >= 0 and left + wide <= 128.01 and top + high <= 96.01


def test_crops_are_named_as_the_embedder_s_laboratory_reads_them(tmp_path):
    for name in ("a", "b"):
        list(crops.make(tmp_path / name, crops.Made(4, "street"), people=2, images=3, cameras=4))
    found = sorted(p.relative_to(tmp_path / "a") for p in (tmp_path / "a").rglob("*.jpg"))
    assert len(found) >= 3
    for path in found:
        assert re.fullmatch(r"0000[01]/0000[01]_c[1-4]s1_\d{6}_00\.jpg", str(path))
        assert cv2.imread(str(tmp_path / "a" / path)).shape == (128, 64, 3)
        assert (tmp_path / "a" / path).read_bytes() == (tmp_path / "b" / path).read_bytes()


def crop_set(folder, **how):
    """The bytes of two people's crops, by path."""
    list(crops.make(folder, crops.Made(4, "town", **how), people=2, images=3, cameras=4))
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*.jpg")}


@pytest.mark.parametrize("what", crops.LEFT_OUT)
def test_what_is_left_out_of_crops_changes_them(tmp_path, what):
    whole, without = crop_set(tmp_path / "whole"), crop_set(tmp_path / "without", without=frozenset([what]))
    assert whole and without and whole != without


def test_a_twin_wears_another_s_clothes_but_for_one_garment():
    made = crops.Made(4, "town", twins=1.0)
    first, twin = Person(4 * 1_000_003 + 1, STYLES["town"]), crops.person(made, 2)
    alone = Person(4 * 1_000_003 + 2, STYLES["town"])
    theirs, own = first.outfit.layers[1:], twin.layers[1 : len(first.outfit.layers)]
    assert [g.shell for g in own] == [g.shell for g in theirs]
    changed = {id(g.material) for g, other in zip(own, theirs, strict=True) if (g.material != other.material).any()}
    assert len(changed) == 1
    assert twin.layers[0] is twin.outfit.layers[0] and (twin.rest == alone.rest).all() and twin.bag == alone.bag
