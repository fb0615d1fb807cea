"""The registry has every table, and names only what there is."""

import operator
import re

import pytest

import certificate
import fingerprint
import tables
from tables import ROOT

REGISTRY = tables.load()
NAME = operator.attrgetter("name")
KEPT = [table for table in REGISTRY.values() if table.file]


def test_every_table_is_in_the_registry():
    registered = {table.file for table in KEPT}
    pages = {str(path.relative_to(ROOT)) for folder in ("scores", "models") for path in (ROOT / folder).glob("*.md")}
    assert pages and pages == registered


@pytest.mark.parametrize("table", REGISTRY.values(), ids=NAME)
def test_what_a_table_depends_on_is_there(table):
    missing = [name for name, value in fingerprint.of(table, ROOT).items() if value == fingerprint.ABSENT]
    assert not missing
    scripts = [word for word in table.command if word.startswith("scripts/")]
    assert all((ROOT / script).is_file() for script in scripts)
    assert table.code or not table.file


@pytest.mark.parametrize("table", [table for table in KEPT if table.command], ids=NAME)
def test_a_table_depends_on_what_makes_it(table):
    covered = {path for code in table.code for path in covers(code)}
    makers = [word for word in table.command if word.endswith(".py")]
    assert all((ROOT / maker).resolve() in covered for maker in makers)


def covers(code):
    """The files that a dependency stands for."""
    place = ROOT / code
    if place.suffix == ".py":
        return fingerprint.imported(place)
    return list(fingerprint.files(place)) if place.is_dir() else [place]


@pytest.mark.parametrize("table", KEPT, ids=NAME)
def test_a_certificate_says_what_a_table_was_made_of(table):
    made = certificate.read((ROOT / table.file).read_text())
    assert made, f"{table.file} has no certificate: {table.typed()}"
    assert re.fullmatch(r"[0-9a-f]{40}", made.commit) and re.fullmatch(r"\d{4}-\d\d-\d\d", made.date)
    assert made.made_by
    networks = {name: value for name, value in made.parts.items() if name.startswith("network ")}
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in networks.values() if value != fingerprint.ABSENT)


def test_every_table_is_found_from_the_documents():
    page = (ROOT / "docs/measurements.md").read_text()
    assert not [table.file for table in KEPT if f"(../{table.file})" not in page]


def test_every_environment_can_be_prepared():
    script = (ROOT / "scripts/measuring/prepared").read_text()
    known = set(re.findall(r"^([a-z]+)\)", script, re.MULTILINE))
    assert {table.environment for table in REGISTRY.values()} <= known


def test_a_registry_that_says_something_wrong_is_refused(tmp_path):
    path = tmp_path / "tables.toml"
    path.write_text('[tables.a]\nabout = "x"\ncommand = ["x"]\ncolour = "red"\n')
    with pytest.raises(ValueError, match="colour"):
        tables.load(path)
    path.write_text('[tables.a]\nabout = "x"\n')
    with pytest.raises(ValueError, match="command"):
        tables.load(path)
