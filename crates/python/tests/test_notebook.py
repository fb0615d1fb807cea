"""The notebook is the one that scripts/python/notebook makes, and has its pictures."""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
BOOK = json.loads((ROOT / "crates/python/examples/footfall.ipynb").read_text())


def test_its_cells_are_those_of_the_script():
    sys.path.insert(0, str(ROOT / "scripts/python"))
    from notebook import CELLS

    assert [(cell["cell_type"], "".join(cell["source"])) for cell in BOOK["cells"]] == list(CELLS)


def test_it_was_run_to_its_end_and_drew():
    outputs = [output for cell in BOOK["cells"] for output in cell.get("outputs", [])]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 2
    assert not any(output["output_type"] == "error" for output in outputs)
    text = "".join(line for output in outputs for line in output.get("text", []))
    assert "'door': {'in':" in text and "Evaluation(1 sequences" in text
