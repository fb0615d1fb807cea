import tarfile

import numpy as np
import pytest

from reid.augment import training_batch
from reid.config import Augment, Phase, from_dict
from reid.data import camera_of, load
from reid.pixels import normalise
from reid.sampler import ConsecutiveSampler, PkSampler
from reid.split import split

STILL = Augment(
    flip=0, shift_pixels=0, erase=0, low_resolution=0, gray=0, brightness=0, contrast=0, saturation=0
)  # fmt: skip


def test_a_tar_and_its_folder_are_the_same_set(people, crops, tmp_path):
    archive = tmp_path / "people.tar"
    with tarfile.open(archive, "w") as tar:
        tar.add(people, arcname=".")
    other = load({"made": archive}, tmp_path / "cache")
    for ours, theirs in ((crops.pixels, other.pixels), (crops.identities, other.identities)):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(crops.cameras, other.cameras)


def test_the_cache_is_read_back(people, crops, cache):
    again = load({"made": people}, cache)
    np.testing.assert_array_equal(crops.pixels, again.pixels)


def test_two_sets_share_no_identity(people, tmp_path):
    both = load({"a": people, "b": people}, tmp_path)
    assert len(np.unique(both.identities)) == 24
    assert not set(both.identities[both.of_set("a")]) & set(both.identities[both.of_set("b")])


@pytest.mark.parametrize(
    ("name", "stem", "camera"),
    [("market1501", "0002_c3s1_000451_03", 3), ("cuhk03", "0000_04", 0), ("cuhk03", "0000_05", 1), ("own", "a", -1)],
)
def test_cameras(name, stem, camera):
    assert camera_of(name, stem) == camera


def test_market_junk_and_distractors_are_nobody(tmp_path):
    from PIL import Image

    for number, file in enumerate(("-1/-1_c1s1_1_0", "0000/0000_c2s1_1_0", "0002/0002_c1s1_1_0", "0000/plain")):
        path = tmp_path / "set" / f"{file}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (64, 128), (60 * number,) * 3).save(path)
    crops = load({"market1501": tmp_path / "set"}, tmp_path / "cache")
    assert sorted(crops.pixels[:, 0, 0, 0]) == [120, 180], "by its name the last one is a person like any other"
    views = load({"cuhk03": tmp_path / "set"}, tmp_path / "cache")
    assert len(views) == 4, "CUHK03 has a person 0000"


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(SystemExit, match="no images"):
        load({"made": tmp_path}, tmp_path / "cache")


def test_nobody_tested_is_trained_on(crops):
    train, test = split(crops, {"made": 4}, seed=1)
    assert len(train) + len(test) == len(crops)
    assert not set(crops.identities[train]) & set(crops.identities[test])
    assert len(set(crops.identities[test])) == 4
    assert list(split(crops, {"made": 4}, seed=1)[1]) == list(test)
    assert list(split(crops, {"made": 4}, seed=2)[1]) != list(test)


def test_batches_are_p_identities_by_k_images(crops):
    sampler = PkSampler(crops.identities, np.arange(len(crops)), people=4, images=3, seed=1)
    seen = []
    for batch in range(sampler.batches_a_pass):
        rows = sampler(batch)
        assert len(set(rows)) == 12
        labels = crops.identities[rows].reshape(4, 3)
        assert (labels == labels[:, :1]).all()
        seen.extend(labels[:, 0])
    assert sorted(seen) == list(range(12))
    np.testing.assert_array_equal(sampler(1), sampler(1))


def test_consecutive_batches_follow_the_list(crops):
    rows = np.arange(len(crops))
    sampler = ConsecutiveSampler(crops.identities, rows, size=10)
    seen = np.concatenate([sampler(batch) for batch in range(sampler.batches_a_pass)])
    assert sampler.batches_a_pass == 8
    np.testing.assert_array_equal(seen[: len(rows)], rows)
    np.testing.assert_array_equal(seen[len(rows) :], rows[:8])
    np.testing.assert_array_equal(sampler(8), sampler(0))


def test_a_still_recipe_only_normalises(crops):
    pixels = crops.pixels[:3]
    x = training_batch(pixels, 128, STILL, np.random.default_rng(0))
    np.testing.assert_allclose(x.numpy(), normalise(pixels).numpy(), atol=1e-5)


def test_augmentation_is_the_seed_s_alone(crops):
    first, again = (training_batch(crops.pixels[:8], 64, Augment(), np.random.default_rng(5)) for _ in range(2))
    other = training_batch(crops.pixels[:8], 64, Augment(), np.random.default_rng(6))
    assert first.shape == (8, 3, 64, 32)
    assert (first == again).all() and not (first == other).all()


def test_recipes_refuse_unknown_keys():
    assert from_dict({"phases": [{"height": 64, "batches": 2}]}, "x").phase_at(1) == Phase(64, 2)
    for wrong in ({"sped": 1}, {"augment": {"flop": 1}}, {"phases": [{"hight": 64}]}):
        with pytest.raises(SystemExit, match="unknown key"):
            from_dict(wrong, "x")


@pytest.mark.parametrize("values", [{"precision": "float16"}, {"phases": [{"height": 8, "batches": 1, "loss": "x"}]}])
def test_recipes_refuse_words_that_mean_nothing(values):
    with pytest.raises(SystemExit, match="not one of"):
        from_dict(values, "x")
