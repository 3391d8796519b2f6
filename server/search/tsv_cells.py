"""Terms as cells of TSV spell them (SPARQL 1.1 Query Results CSV and TSV, section 4), which queries understand too.

An index keeps terms so: reading TSV costs a fraction of what reading JSON does, and a cell is one string.
"""

from __future__ import annotations

NUMBERS = {
    "integer": "http://www.w3.org/2001/XMLSchema#integer",
    "decimal": "http://www.w3.org/2001/XMLSchema#decimal",
    "double": "http://www.w3.org/2001/XMLSchema#double",
    "boolean": "http://www.w3.org/2001/XMLSchema#boolean",
}
"""The datatypes of what TSV may spell without quotes."""


def is_iri(cell: str) -> bool:
    """Tell whether a cell holds an IRI, rather than a literal, a blank node or a triple term."""
    return cell.startswith("<") and not cell.startswith("<<")


def is_blank(cell: str) -> bool:
    """Tell whether a cell holds a blank node."""
    return cell.startswith("_:")


def iri(cell: str) -> str:
    """Return the IRI that a cell holds."""
    return cell[1:-1]


def text(cell: str) -> str:
    """Return the text of the literal that a cell holds; what is no literal as it is spelled."""
    if not cell.startswith('"'):
        return cell
    inner = cell[1 : cell.rindex('"')]
    return inner if "\\" not in inner else inner.encode("latin-1", "backslashreplace").decode("unicode_escape")


def tail(cell: str) -> tuple[str, str]:
    """Return the language and the datatype of the literal that a cell holds, each empty where it has none."""
    if not cell.startswith('"'):
        return "", NUMBERS[_number(cell)]
    rest = cell[cell.rindex('"') + 1 :]
    if rest.startswith("@"):
        return rest[1:], ""
    return "", rest[3:-1] if rest.startswith("^^<") else ""


def _number(cell: str) -> str:
    if cell in ("true", "false"):
        return "boolean"
    if "e" in cell.lower():
        return "double"
    return "decimal" if "." in cell else "integer"
