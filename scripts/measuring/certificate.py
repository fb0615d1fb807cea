"""The certificate of a table: a block of Markdown in it that says what it was made of."""

import re
from dataclasses import dataclass
from pathlib import Path

BEGIN, END = "<!-- certificate -->", "<!-- /certificate -->"
MEASURED, MEASURED_END = "<!-- measured -->", "<!-- /measured -->"
ROW = re.compile(r"^\| ([^|]+?) \| ([^|]*?) \|$", re.MULTILINE)
OWN = ("made by", "commit", "date", "program", "machine", "note")
"""Rows that are none of what the table depends on."""


@dataclass(frozen=True)
class Certificate:
    """How a table was made."""

    made_by: str
    """The command, or where a table that is written by hand has its figures from."""
    commit: str
    date: str
    parts: dict[str, str]
    """What it depends on, by `fingerprint.of`."""
    program: str = ""
    machine: str = ""
    note: str = ""

    def page(self) -> str:
        """As it stands in the table."""
        rows = {
            "made by": self.made_by,
            "commit": self.commit,
            "date": self.date,
            "program": self.program,
            "machine": self.machine,
            "note": self.note,
        }
        lines = [f"| {name} | {value} |" for name, value in (rows | self.parts).items() if value]
        head = [BEGIN, "## Certificate", "", "| what | which |", "| --- | --- |"]
        return "\n".join([*head, *lines, END]) + "\n"


def read(text: str) -> Certificate | None:
    """The certificate in a table's text; none where there is none."""
    _, found, rest = text.partition(BEGIN)
    if not found:
        return None
    rows = dict(ROW.findall(rest.partition(END)[0]))
    own = {name.replace(" ", "_"): rows.pop(name, "") for name in OWN}
    del rows["what"], rows["---"]
    return Certificate(parts=rows, **own)


def without(text: str) -> str:
    """A table's text, its certificate left out."""
    before, _, rest = text.partition(BEGIN)
    return before.rstrip("\n") + "\n" + rest.partition(END)[2].lstrip("\n")


def put(path: Path, page: str | None, certificate: Certificate) -> None:
    """Writes a table that was made anew with its certificate; a `page` of none leaves the table as it is.

    Where a file has a place for what is measured, between two marks, the page goes there and the rest stays.
    """
    old = without(path.read_text()) if path.is_file() else ""
    if page is None:
        text = old
    elif MEASURED in old:
        before, _, rest = old.partition(MEASURED)
        text = f"{before}{MEASURED}\n{page.strip()}\n{MEASURED_END}{rest.partition(MEASURED_END)[2]}"
    else:
        text = page
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}")
    unfinished.write_text(f"{text.strip()}\n\n{certificate.page()}")
    unfinished.rename(path)
