"""Nothing enters whose source, licence and bytes are not known."""

import pytest

from crowd import ingredients
from crowd.ingredients import IngredientError, entries, ingredient
from crowd.style import ROOMS

ENTRY = """
[[file]]
group = "people"
path = "people/x"
sha256 = "0"
size = 1
"""


def test_every_ingredient_is_free_and_says_where_it_comes_from():
    found = entries()
    assert {"people/body.npz", *(f"people/rooms/{name}.exr.js" for name in ROOMS)} == set(found)
    assert all(e["licence"] == "CC0-1.0" and e["upstream"].startswith("https://") for e in found.values())
    assert all(len(e["sha256"]) == 64 for e in found.values())


@pytest.mark.parametrize(
    "more", ['upstream = "https://a"', 'licence = "CC-BY-NC-4.0"\nupstream = "https://a"', 'licence = "CC0-1.0"']
)
def test_an_unknown_licence_or_source_is_refused(tmp_path, more):
    manifest = tmp_path / "manifest.toml"
    manifest.write_text(f"{ENTRY}{more}\n")
    with pytest.raises(IngredientError, match="people/x"):
        entries(manifest)


def test_what_is_not_listed_or_not_as_pinned_is_refused(tmp_path, monkeypatch):
    with pytest.raises(IngredientError, match="is no ingredient"):
        ingredient("people/other.npz")
    monkeypatch.setenv("FOOTFALL_CACHE", str(tmp_path))
    ingredients.ingredient.cache_clear()
    with pytest.raises(IngredientError, match="missing"):
        ingredient("people/body.npz")
    (tmp_path / "people").mkdir()
    (tmp_path / "people" / "body.npz").write_bytes(b"something else")
    with pytest.raises(IngredientError, match="not the pinned"):
        ingredient("people/body.npz")
    ingredients.ingredient.cache_clear()
