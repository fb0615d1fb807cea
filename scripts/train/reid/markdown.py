"""Markdown, as far as the pages need it."""


def table(header: list, rows: list) -> list:
    """Lines of a table."""
    lines = [header, ["---"] * len(header), *rows]
    return ["| " + " | ".join(str(cell) for cell in line) + " |" for line in lines]
