"""A table is stale as soon as anything that it depends on is another."""

from dataclasses import replace

import pytest

import certificate
import fingerprint
import main
from tables import Table

TABLE = Table(
    name="a",
    about="a table",
    file="scores/a.md",
    command=["python", "scripts/bench/a.py", "{data}"],
    code=["crates/track", "scripts/bench/a.py"],
    settings=["counter"],
    networks=["own.onnx", "fetched.onnx"],
    peers={"pins.txt": ["peer"], "pins.lock": ["crate"]},
    data=["mot15"],
)
FILES = {
    "crates/track/src/lib.rs": "fn track() {}\n",
    "assets/footfall.toml": "[counter]\nsmoothing = 0.5\n[serve]\nviewers = 64\n",
    "scripts/bench/a.py": "def late():\n    import b\n",
    "scripts/bench/b.py": "from c import d\n",
    "scripts/bench/c.py": "d = 1\n",
    "scripts/bench/other.py": "d = 1\n",
    "scripts/bench/setting.py": "",
    "models/own.onnx": "weights",
    "models/manifest.toml": '[[file]]\npath = "models/fetched.onnx"\nsha256 = "00"\n',
    "pins.txt": "peer==1.0 \\\n    --hash=sha256:00\nother==2.0\n",
    "pins.lock": '[[package]]\nname = "crate"\nversion = "0.1.0"\n',
}


@pytest.fixture
def house(tmp_path):
    """A repository with a table that was just made, and a folder of data."""
    root, data = tmp_path / "root", tmp_path / "data"
    for name, text in {f"root/{name}": text for name, text in FILES.items()}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (data / "mot15").mkdir(parents=True)
    (data / "mot15/gt.txt").write_text("1,1")
    made = certificate.Certificate("`scripts/measure a`", 40 * "0", "2026-01-01", fingerprint.of(TABLE, root, data))
    certificate.put(root / TABLE.file, "# A\n\n| a | b |\n", made)
    return root, data


def test_a_table_that_was_just_made_is_not_stale(house):
    root, data = house
    assert main.changed(TABLE, data, root) == []
    assert main.changed(TABLE, None, root) == []


@pytest.mark.parametrize(
    ("file", "text", "name"),
    [
        ("crates/track/src/lib.rs", "fn track() { }\n", "`crates/track`"),
        ("crates/track/src/more.rs", "", "`crates/track`"),
        ("scripts/bench/a.py", "import b\n", "`scripts/bench/a.py`"),
        ("scripts/bench/c.py", "d = 2\n", "`scripts/bench/a.py`"),
        ("assets/footfall.toml", "[counter]\nsmoothing = 0.6\n", "settings [counter]"),
        ("models/own.onnx", "weightz", "network own.onnx"),
        ("models/manifest.toml", FILES["models/manifest.toml"].replace("00", "01"), "network fetched.onnx"),
        ("pins.txt", FILES["pins.txt"].replace("1.0", "1.1"), "peer peer"),
        ("pins.lock", FILES["pins.lock"].replace("0.1.0", "0.1.1"), "peer crate"),
    ],
)
def test_a_change_makes_it_stale_and_is_named(house, file, text, name):
    root, _ = house
    (root / file).write_text(text)
    assert main.changed(TABLE, None, root) == [name]


@pytest.mark.parametrize("file", ["scripts/bench/other.py", "scripts/bench/setting.py", "README.md"])
def test_a_change_of_what_it_does_not_depend_on_leaves_it(house, file):
    root, _ = house
    (root / file).write_text("# another one\n")
    assert main.changed(TABLE, None, root) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("crates/track/src/lib.rs", "/// Tracks.\nfn track() {}\n    // So.\n"),
        ("scripts/bench/c.py", "# One.\nd = 1\n"),
        ("assets/footfall.toml", "[counter]\nsmoothing = 0.5 # a bit\n[serve]\nviewers = 32\n"),
    ],
)
def test_a_comment_and_other_settings_leave_it(house, file, text):
    root, _ = house
    (root / file).write_text(text)
    assert main.changed(TABLE, None, root) == []


def test_what_is_gone_or_new_in_the_registry_is_named(house):
    root, _ = house
    (root / "models/own.onnx").unlink()
    assert main.changed(TABLE, None, root) == ["network own.onnx"]
    assert main.changed(replace(TABLE, networks=["fetched.onnx"]), None, root) == ["network own.onnx"]


def test_other_data_is_told_where_it_is_given(house):
    root, data = house
    (data / "mot15/gt.txt").write_text("1,2")
    assert main.changed(TABLE, None, root) == []
    assert main.changed(TABLE, data, root) == ["DATA/mot15"]


def test_a_table_without_a_certificate_is_stale(house, capsys):
    root, _ = house
    (root / TABLE.file).write_text("# A\n")
    assert main.changed(TABLE, None, root) is None


def test_a_certificate_is_read_as_it_was_written():
    made = certificate.Certificate(
        "`scripts/measure a DATA`", 40 * "f", "2026-01-02", {"`crates/a`": "12", "peer b": "1.0"}, "p 1", "m", "n"
    )
    assert certificate.read(made.page()) == made
    assert certificate.read("# A\n\n| commit | x |\n") is None


def test_a_new_page_takes_the_place_of_the_old_one(tmp_path):
    path, made = tmp_path / "a.md", certificate.Certificate("x", 40 * "0", "2026-01-01", {})
    certificate.put(path, "# Old\n", made)
    certificate.put(path, "# New\n", replace(made, date="2026-01-02"))
    text = path.read_text()
    assert text.startswith("# New\n\n<!-- certificate -->\n") and text.count("## Certificate") == 1
    assert "Old" not in text and certificate.read(text).date == "2026-01-02"


def test_in_a_card_only_what_is_measured_and_the_certificate_change(tmp_path):
    path, made = tmp_path / "a.md", certificate.Certificate("x", 40 * "0", "2026-01-01", {})
    path.write_text("# Card\n\n<!-- measured -->\n| old |\n<!-- /measured -->\n\n## Limits\n\nMany.\n")
    for page in ("| new |\n", "| newer |\n"):
        certificate.put(path, page, made)
    before = "# Card\n\n<!-- measured -->\n| newer |\n<!-- /measured -->\n\n## Limits\n\nMany.\n\n"
    assert path.read_text() == before + made.page()


def test_words_after_two_dashes_are_the_measurement_s_own():
    assert main.split(["a", "DATA", "--", "--keep", "x"]) == (["a", "DATA"], ["--keep", "x"])
    assert main.split(["--stale"]) == (["--stale"], [])
