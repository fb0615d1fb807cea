"""The README's examples run, each by itself, with nothing but the package and NumPy."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import footfall

README = Path(__file__).parents[1] / "README.md"
EXAMPLES = dict(re.findall(r"<!-- example: (\w+) -->\n```python\n(.*?)```", README.read_text(), re.DOTALL))
SAID = {
    "track": "[1 2]",
    "plan": "2 ",
    "count": "{'door': {'in': 1, 'out': 0}}",
    "evaluate": "Evaluation(1 sequences, HOTA=",
}


@pytest.mark.parametrize("name", SAID)
def test_the_example_says_what_it_should(name, tmp_path):
    (tmp_path / "example.py").write_text(EXAMPLES[name])
    # Whatever else is installed here cannot be imported.
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nfor name in ('pandas', 'supervision', 'torch', 'cv2', 'scipy', 'matplotlib', 'trackeval'):\n"
        "    sys.modules[name] = None\n"
    )
    places = f"{tmp_path}:{Path(footfall.__file__).parents[1]}"
    done = subprocess.run(
        [sys.executable, tmp_path / "example.py"],
        env={"PYTHONPATH": places},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert SAID[name] in done.stdout, done.stdout


def test_every_example_is_run():
    assert set(EXAMPLES) == set(SAID)
