"""The types that are told are those that there are."""

import subprocess
import sys
from pathlib import Path

import footfall

PACKAGE = Path(footfall.__file__).parent
PROJECT = Path(__file__).parents[1]


def run(*command):
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=PACKAGE.parent, capture_output=True, text=True, check=False
    )


def test_the_package_is_typed_throughout(tmp_path):
    settings = ["--config-file", PROJECT / "pyproject.toml", "--cache-dir", tmp_path]
    done = run("mypy", *settings, "-p", "footfall")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_stubs_are_those_of_the_compiled_part():
    done = run("mypy.stubtest", "footfall._footfall", "--mypy-config-file", PROJECT / "pyproject.toml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_everything_has_a_docstring():
    for name in footfall.__all__:
        thing = getattr(footfall, name)
        if isinstance(thing, str):
            continue
        assert thing.__doc__, name
        for member, value in vars(thing).items() if isinstance(thing, type) else ():
            if not member.startswith("_"):
                assert value.__doc__, f"{name}.{member}"
