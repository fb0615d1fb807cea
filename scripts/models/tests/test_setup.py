"""scripts/setup where nothing is fetched: arguments, --check, and a cache with a space in its name."""

import os
import subprocess
from pathlib import Path

import pytest

SETUP = Path(__file__).resolve().parents[2] / "setup"


def setup(cache: Path, *arguments: str, folder: Path | None = None, **environment: str):
    return subprocess.run(
        [SETUP, *arguments],
        cwd=folder,
        env={**os.environ, "FOOTFALL_CACHE": str(cache), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def test_check_lists_what_an_empty_cache_lacks(tmp_path):
    cache = tmp_path / "a cache"
    result = setup(cache, "--check", "--only", "models", "--only", "clip", "--only", "dev")
    made = ["nanodet-g.onnx", "nanodet-g-int8.onnx", "nanodet-g-overhead.onnx", "nanodet-g-overhead-int8.onnx"]
    paths = ["models/nanodet-g.LICENSE", *(f"models/{name}" for name in made)]
    assert result.stdout.splitlines() == [*paths, "clips/vtest.avi", "dev"]
    assert (result.returncode, result.stderr) == (1, "")
    assert not cache.exists()


def test_check_lists_what_training_lacks(tmp_path):
    result = setup(tmp_path / "cache", "--check", "--only", "train")
    lines = [line for line in result.stdout.splitlines() if not line.startswith("package ")]
    assert (result.returncode, lines) == (1, ["train", "models/mobilenetv2-imagenet.pt"])


def test_a_relative_cache_is_below_the_caller_s_folder(tmp_path):
    clip = tmp_path / "cache/clips/vtest.avi"
    clip.parent.mkdir(parents=True)
    clip.write_bytes(b"damaged")
    result = setup(Path("cache"), "--check", "--only", "clip", folder=tmp_path)
    assert (result.returncode, result.stdout) == (1, "clips/vtest.avi\n")


@pytest.mark.parametrize("arguments", [["--only"], ["--only", "everything"], ["models"]])
def test_wrong_usage_says_so(tmp_path, arguments):
    result = setup(tmp_path, *arguments)
    assert result.returncode == 2 and result.stderr.startswith("error: ")


def test_a_cache_that_cannot_be_made_is_explained(tmp_path):
    (tmp_path / "file").write_text("in the way")
    result = setup(tmp_path / "file/cache", "--only", "runtime")
    assert result.returncode == 1
    assert "cannot write to" in result.stderr and "FOOTFALL_CACHE" in result.stderr


def test_missing_packages_are_all_listed(tmp_path):
    """None of the libraries and no compiler: a failing dpkg-query must not cut the list short."""
    for name in ("dpkg-query", "apt-get"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    for name in ("bash", "dirname", "sed", "sort", "comm", "env"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")
    (tmp_path / "python3").symlink_to("/usr/bin/python3")
    result = setup(tmp_path / "cache", "--check", "--only", "system", PATH=str(tmp_path))
    listed = {line.removeprefix("package ") for line in result.stdout.splitlines()}
    assert {"libopencv-core-dev", "libopencv-videoio-dev", "clang", "g++", "pkg-config"} <= listed
    assert result.returncode == 1
