"""The registry: which tables there are, what makes each, and what each depends on (tables.toml)."""

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REGISTRY = Path(__file__).with_name("tables.toml")


@dataclass(frozen=True)
class Table:
    """One measurement. A table that people write by hand has `by_hand` in place of a command."""

    name: str
    about: str
    """A line for people."""
    file: str | None = None
    """Where the table is kept, from the repository's root; without it, it is printed only."""
    command: list[str] = field(default_factory=list)
    """Prints the table, or writes it to {table}. Places: {data}, {cache}, {scratch}, {table}; `python` is the
    environment's."""
    environment: str = "program"
    """What `prepared` prepares for it."""
    by_hand: str = ""
    """Where the figures of a table that is written by hand come from."""
    minutes: float = 0
    """What it takes on two cores that do nothing else."""
    quiet: bool = False
    """Wants a machine that does nothing else."""
    code: list[str] = field(default_factory=list)
    """Files and folders of the repository; of a Python file, also what it imports from beside it."""
    settings: list[str] = field(default_factory=list)
    """Parts of the configuration whose defaults matter, as assets/footfall.toml has them."""
    networks: list[str] = field(default_factory=list)
    """File names, of models/ or of the manifest's group `models`."""
    peers: dict[str, list[str]] = field(default_factory=dict)
    """Packages of others, by the file that pins their versions."""
    data: list[str] = field(default_factory=list)
    """Parts of DATA."""

    def wants_data(self) -> bool:
        return any("{data}" in word for word in self.command)

    def typed(self) -> str:
        """How one makes it."""
        return f"scripts/measure {self.name}" + (" DATA" if self.wants_data() else "")


def load(path: Path = REGISTRY) -> dict[str, Table]:
    """All tables by name, in the order of the file, each with what its `sets` name.

    What the file says wrongly is a ValueError.
    """
    content = tomllib.loads(path.read_text())
    sets, known = content.get("sets", {}), {each.name for each in fields(Table)} | {"sets"}
    found = {}
    for name, entry in content["tables"].items():
        if unknown := set(entry) - known:
            raise ValueError(f"{path.name}: [tables.{name}] has unknown keys: {', '.join(sorted(unknown))}")
        if bool(entry.get("command")) == bool(entry.get("by_hand")):
            raise ValueError(f"{path.name}: [tables.{name}] wants either `command` or `by_hand`")
        parts = [sets[each] for each in entry.pop("sets", [])]
        for key in ("code", "settings", "networks"):
            entry[key] = [value for part in [*parts, entry] for value in part.get(key, [])]
        found[name] = Table(name=name, **entry)
    return found
