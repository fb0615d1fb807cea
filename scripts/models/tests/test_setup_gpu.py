"""scripts/setup-gpu where nothing is fetched: which CUDA it takes, and what it says without a driver."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MANIFEST = tomllib.loads((ROOT / "models/manifest-gpu.toml").read_text())
HEADER = "| NVIDIA-SMI 580.65.06    Driver Version: 580.65.06    CUDA Version: {} |"


def setup_gpu(tmp_path: Path, *arguments: str, driver: str | None = None, linker: str = ""):
    """Runs it with a cache that is empty, an nvidia-smi that prints `driver`, and a linker that knows `linker`."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "ldconfig").write_text(f"#!/bin/sh\ncat <<'END'\n{linker}\nEND\n")
    if driver is not None:
        (tools / "nvidia-smi").write_text(f"#!/bin/sh\necho '{driver}'\n")
    for tool in tools.iterdir():
        tool.chmod(0o755)
    return subprocess.run(
        [ROOT / "scripts/setup-gpu", *arguments],
        env={**os.environ, "FOOTFALL_CACHE": str(tmp_path / "cache"), "PATH": f"{tools}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(("takes", "cuda"), [("12.4", "cuda12"), ("13.0", "cuda13"), ("14.1", "cuda13")])
def test_the_driver_tells_which_cuda(tmp_path, takes, cuda):
    result = setup_gpu(tmp_path, "--check", driver=HEADER.format(takes))
    paths = result.stdout.splitlines()
    assert result.returncode == 1 and f"onnxruntime-gpu/{cuda}/lib/libonnxruntime.so" in paths
    assert all(path.startswith(f"onnxruntime-gpu/{cuda}/") for path in paths)
    assert any("libcudnn.so.9" in path for path in paths)


def test_what_the_system_has_is_left_out(tmp_path):
    linker = "\tlibcudnn.so.9 (libc6,x86-64) => /usr/lib/libcudnn.so.9\n\tlibcublasLt.so.12 (libc6,x86-64) => /x"
    result = setup_gpu(tmp_path, "--check", "--cuda", "13", linker=linker)
    assert "libcudnn" not in result.stdout
    assert "libcublasLt.so.13" in result.stdout, "the system's is of another version"


def test_all_fetches_it_again(tmp_path):
    result = setup_gpu(tmp_path, "--check", "--all", "--cuda", "13", linker="\tlibcudnn.so.9 (libc6) => /x")
    assert "libcudnn.so.9" in result.stdout


def test_an_old_driver_is_told(tmp_path):
    result = setup_gpu(tmp_path, driver=HEADER.format("11.8"))
    assert result.returncode == 1 and "CUDA 11 at most" in result.stderr and "update" in result.stderr


def test_a_driver_that_does_not_say_is_asked_about(tmp_path):
    result = setup_gpu(tmp_path, driver="something else")
    assert result.returncode == 1 and "--cuda 12|13" in result.stderr


@pytest.mark.parametrize("arguments", [["--cuda"], ["--cuda", "11"], ["13"]])
def test_wrong_usage_says_so(tmp_path, arguments):
    result = setup_gpu(tmp_path, *arguments)
    assert result.returncode == 2 and result.stderr.startswith("error: ")


def test_the_pinned_runtimes_know_the_interface_that_the_program_is_built_for():
    features = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["dependencies"]["ort"]["features"]
    needed = max(int(match[1]) for feature in features if (match := re.fullmatch(r"api-(\d+)", feature)))
    runtimes = {name: entry for name, entry in MANIFEST["download"].items() if name.endswith("-onnxruntime")}
    assert set(runtimes) == {"cuda12-onnxruntime", "cuda13-onnxruntime"}
    for entry in runtimes.values():
        major, minor = (int(part) for part in entry["version"].split(".")[:2])
        assert major == 1 and minor >= needed


def test_every_file_comes_from_a_download_and_has_a_place_of_its_own():
    paths = [entry["path"] for entry in MANIFEST["file"]]
    assert len(paths) == len(set(paths))
    for entry in MANIFEST["file"]:
        assert entry["from"] in MANIFEST["download"] and re.fullmatch(r"[0-9a-f]{64}", entry["sha256"])
        assert entry["path"].startswith(f"onnxruntime-gpu/{entry['from'].split('-')[0]}/")
