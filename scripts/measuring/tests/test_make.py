"""No certificate is written that would not be true."""

import subprocess
import sys
from pathlib import Path

import pytest

import certificate
import main
import make
from tables import Table


def git(root: Path, *words: str) -> str:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    return subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A repository with one script that prints a page, and `prepared` that prepares nothing."""
    root = tmp_path / "root"
    for name, text in {"a.py": "print('# A')\n", "crates/a/src/lib.rs": "fn a() {}\n", "models/own.onnx": "w"}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    prepared = tmp_path / "prepared"
    prepared.write_text(f'#!/bin/sh\nshift\n[ $# = 0 ] || {{ shift; exec {sys.executable} "$@"; }}\n')
    prepared.chmod(0o755)
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "all")
    monkeypatch.setattr(make, "ROOT", root)
    monkeypatch.setattr(make, "PREPARED", prepared)
    monkeypatch.setenv("FOOTFALL_CACHE", str(tmp_path / "cache"))
    return root


def table(**more) -> Table:
    return Table(**{"name": "a", "about": "x", "file": "a.md", "command": ["python", "a.py"], "code": ["a.py"], **more})


def test_a_table_is_kept_with_the_commit_that_it_was_made_at(house):
    assert make.one(table(), None, []) == 0
    text = (house / "a.md").read_text()
    made = certificate.read(text)
    assert text.startswith("# A\n") and made.commit == git(house, "rev-parse", "HEAD")
    assert made.made_by == "`scripts/measure a`" and list(made.parts) == ["`a.py`"]
    assert main.changed(table(), None, house) == []


def test_a_table_made_into_another_file_leaves_the_repository_as_it_is(house, tmp_path, capsys):
    (house / "a.py").write_text("print('# B')\n")
    assert make.one(table(), None, [], tmp_path / "b.md") == 0
    assert (tmp_path / "b.md").read_text() == "# B\n" and not (house / "a.md").exists()
    assert main.out_file(["a", "DATA", "--out", "b.md"]) == (["a", "DATA"], Path("b.md"))
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ["a.py", "models/own.onnx"])
def test_what_no_commit_has_is_refused(house, name):
    (house / name).write_text("print('other')\n")
    with pytest.raises(SystemExit, match=rf"commit it first:\n M {name}"):
        make.one(table(networks=["own.onnx"]), None, [])
    assert not (house / "a.md").exists()


def test_what_changes_while_it_is_measured_is_refused(house):
    (house / "a.py").write_text("open('a.py', 'a').write('1')\nprint('# A')\n")
    git(house, "commit", "-qam", "changes itself")
    with pytest.raises(SystemExit, match="has changed while it was made"):
        make.one(table(), None, [])
    assert not (house / "a.md").exists()


def test_what_fails_is_not_kept(house):
    (house / "a.py").write_text("print('# A')\nraise SystemExit(3)\n")
    git(house, "commit", "-qam", "fails")
    with pytest.raises(SystemExit, match="status 3"):
        make.one(table(), None, [])
    assert not (house / "a.md").exists()


def test_with_options_nothing_is_kept(house):
    (house / "a.py").write_text("print('# A')\n# not committed\n")
    assert make.one(table(), None, ["--frames", "3"]) == 0
    assert not (house / "a.md").exists()


def test_a_program_of_other_code_is_refused(house):
    built = git(house, "rev-parse", "HEAD")
    of_program = table(code=["a.py", "crates/a/src"])
    (house / "crates/a/src/lib.rs").write_text("// What a is.\nfn a() {}\n")
    git(house, "commit", "-qam", "a comment")
    make.check_program(of_program, built, git(house, "rev-parse", "HEAD"))
    (house / "crates/a/src/lib.rs").write_text("fn a() { }\n")
    git(house, "commit", "-qam", "code")
    for other in (built, ""):
        with pytest.raises(SystemExit, match="crates/a/src"):
            make.check_program(of_program, other, git(house, "rev-parse", "HEAD"))


def test_another_network_in_the_cache_is_refused(house, tmp_path):
    cached = tmp_path / "cache/models/own.onnx"
    cached.parent.mkdir(parents=True)
    cached.write_text("w")
    make.check_networks(table(networks=["own.onnx"]))
    cached.write_text("other")
    with pytest.raises(SystemExit, match=r"own\.onnx"):
        make.check_networks(table(networks=["own.onnx"]))


def test_a_card_that_is_written_by_hand_is_certified_when_asked(house):
    card = table(command=[], by_hand="`reid card`", file="card.md")
    (house / "card.md").write_text("# Card\n\n| rank-1 | 98 |\n")
    with pytest.raises(SystemExit, match="scripts/measure --certify a"):
        make.one(card, None, [])
    make.certify(card)
    text = (house / "card.md").read_text()
    assert text.startswith("# Card\n\n| rank-1 | 98 |\n") and main.changed(card, None, house) == []
    assert certificate.read(text).made_by == "by hand: `reid card`"
    with pytest.raises(SystemExit, match="a command makes a"):
        make.certify(table())


def test_all_makes_the_stale_ones_that_can_be_made_the_quickest_first(tmp_path, monkeypatch, capsys):
    tried = []

    def one(table, data, options):
        tried.append(table.name)
        if table.name == "fails":
            raise SystemExit("error: no")

    monkeypatch.setattr(make, "one", one)
    monkeypatch.setattr(main, "changed", lambda table, data: [] if table.name == "fresh" else ["code"])
    monkeypatch.setattr(make, "busy", lambda: 1.5)
    registry = {
        "slow": table(name="slow", minutes=9),
        "fails": table(name="fails", minutes=2),
        "quick": table(name="quick", minutes=1),
        "fresh": table(name="fresh"),
        "long": table(name="long", minutes=90),
        "busy": table(name="busy", quiet=True),
        "data": table(name="data", command=["python", "a.py", "{data}"]),
        "printed": table(name="printed", file=None),
        "card": table(name="card", command=[], by_hand="by eye"),
    }
    assert main.every(registry, None, within=10) == 1
    assert tried == ["quick", "fails", "slow"]
    told = capsys.readouterr().err
    for reason in (
        "long: left as it is: takes 90",
        "busy: left as it is: wants a quiet",
        "data: left as it is: wants DATA",
    ):
        assert reason in told
    assert "failed: fails" in told
