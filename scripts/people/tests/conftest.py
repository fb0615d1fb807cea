"""The packages of this laboratory, and one stock of textures for all tests."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


@pytest.fixture(scope="session")
def stock():
    from crowd.room import Stock
    from crowd.style import STREET

    return Stock(5, STREET)
