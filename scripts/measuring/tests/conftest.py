"""The tests import the modules from beside them, as scripts/measure does."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
