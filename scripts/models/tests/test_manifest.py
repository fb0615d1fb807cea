"""Pins and the cache: what counts as missing, and how a file gets its name."""

import hashlib
import io
import platform
import tarfile
import zipfile

import pytest

import manifest
from manifest import DEFAULT, Manifest, ManifestError

CONTENT = b"weights"
TOML = """
[download.archive]
registry = "pypi"
package = "thing"
version = "1"
file = "thing.whl"
sha256 = "{digest}"
size = {size}

[download.other-{elsewhere}]
registry = "pypi"
package = "other"
version = "1"
arch = "{elsewhere}"

[[file]]
group = "models"
path = "models/thing.bin"
from = "archive"
member = "inner/thing.bin"
sha256 = "{digest}"
size = {size}

[[file]]
group = "foreign"
path = "models/other.bin"
from = "other-{elsewhere}"
member = "other.bin"
sha256 = "{digest}"
size = {size}
"""


@pytest.fixture
def pinned(tmp_path):
    path = tmp_path / "manifest.toml"
    digest = hashlib.sha256(CONTENT).hexdigest()
    elsewhere = "aarch64" if platform.machine() != "aarch64" else "x86_64"
    path.write_text(TOML.format(digest=digest, size=len(CONTENT), elsewhere=elsewhere))
    return Manifest(path, tmp_path / "a cache")


def kept(pinned) -> list[str]:
    """Names of all files below the cache."""
    return [p.name for p in pinned.cache.rglob("*") if p.is_file()]


def as_zip(tmp_path, content):
    path = tmp_path / "thing.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner/thing.bin", content)
        archive.writestr("inner/more.txt", "not wanted")
    return path


def as_tar(tmp_path, content):
    path = tmp_path / "thing.tgz"
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("inner/thing.bin")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return path


def as_folder(tmp_path, content):
    path = tmp_path / "unpacked"
    (path / "inner").mkdir(parents=True)
    (path / "inner/thing.bin").write_bytes(content)
    return path


@pytest.mark.parametrize("packed", [as_zip, as_tar, as_folder])
def test_a_wanted_member_leaves_any_archive(pinned, packed, tmp_path):
    assert pinned.missing("models") == ["models/thing.bin"]
    pinned.unpack("archive", packed(tmp_path, CONTENT))
    assert pinned.missing("models") == []
    assert kept(pinned) == ["thing.bin"]


@pytest.mark.parametrize("content", [b"weightz", b"weight", b""])
def test_another_content_never_gets_the_name(pinned, content, tmp_path):
    with pytest.raises(ManifestError, match="damaged or another version"):
        pinned.unpack("archive", as_zip(tmp_path, content))
    assert kept(pinned) == []


def test_a_damaged_file_counts_as_missing_and_is_replaced(pinned, tmp_path):
    pinned.unpack("archive", as_zip(tmp_path, CONTENT))
    (pinned.cache / "models/thing.bin").write_bytes(b"weightz")
    assert pinned.missing("models") == ["models/thing.bin"]
    pinned.unpack("archive", as_zip(tmp_path, CONTENT))
    assert pinned.missing("models") == []


def test_an_archive_without_the_member_is_an_error(pinned, tmp_path):
    path = tmp_path / "empty.whl"
    zipfile.ZipFile(path, "w").close()
    with pytest.raises(ManifestError, match=r"lacks inner/thing\.bin"):
        pinned.unpack("archive", path)


def test_made_files_are_pinned_too(pinned, tmp_path):
    made = tmp_path / "made"
    made.write_bytes(b"weightz")
    with pytest.raises(ManifestError, match="SHA-256"):
        pinned.keep("models/thing.bin", made)
    made.write_bytes(CONTENT)
    pinned.keep("models/thing.bin", made)
    assert made.exists() and pinned.missing("models") == []
    with pytest.raises(ManifestError, match="no file"):
        pinned.keep("models/unknown.bin", made)


def test_another_architecture_s_files_are_not_wanted_here(pinned):
    with pytest.raises(ManifestError, match="no foreign files"):
        pinned.missing("foreign")
    with pytest.raises(ManifestError, match="there is no other"):
        pinned.download("other")


def test_the_command_line_reports_and_fails_without_a_traceback(pinned, tmp_path, capsys, monkeypatch):
    def run(*arguments):
        options = ["--cache", str(pinned.cache), "--manifest", str(tmp_path / "manifest.toml")]
        monkeypatch.setattr("sys.argv", ["manifest.py", *options, *arguments])
        return manifest.main(), capsys.readouterr()

    assert run("missing", "models") == (1, ("models/thing.bin\n", ""))
    assert run("get", "archive", "version") == (0, ("1\n", ""))
    assert run("get", "archive", "nothing") == (0, ("\n", ""))
    damaged = tmp_path / "damaged.tgz"
    damaged.write_bytes(b"no archive at all")
    status, (_, words) = run("unpack", "archive", str(damaged))
    assert status == 1 and words.startswith("setup: ")


@pytest.mark.parametrize("arch", ["x86_64", "aarch64"])
def test_the_shipped_manifest_is_whole(arch, tmp_path):
    shipped = Manifest(DEFAULT, tmp_path, arch)
    for group in ("runtime", "graph", "models", "clip"):
        assert shipped.group(group)
    paths = [entry["path"] for entry in shipped.files]
    assert len(paths) == len(set(paths))
    for entry in shipped.files:
        assert len(entry["sha256"]) == 64 and entry["size"] > 0
        assert ("from" in entry) != ("made_by" in entry)
        if "made_by" in entry:
            assert (DEFAULT.parents[1] / entry["made_by"]).is_file()
    for download in shipped.downloads.values():
        assert download["licence"] and download["upstream"].startswith("https://")
