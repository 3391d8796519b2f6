"""Parsing of terms in TSV results (SPARQL 1.1 Query Results CSV and TSV Formats, section 4).

The index stores terms as TSV cells: TSV is much cheaper to parse than JSON, a cell is a single string, and it can be
inserted into a query as it is.
"""

from __future__ import annotations

import re

from rdflib import XSD

UNQUOTED_DATATYPES = {name: str(XSD[name]) for name in ("integer", "decimal", "double", "boolean")}
"""Datatypes of the literals that TSV may write without quotes."""
UNQUOTED_LITERAL = re.compile(r"true|false|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def is_iri(cell: str) -> bool:
    """Return whether a cell holds an IRI, rather than a literal, a blank node or a triple term."""
    return cell.startswith("<") and not cell.startswith("<<")


def is_literal(cell: str) -> bool:
    """Return whether a cell holds a literal, quoted or as TSV may write numbers and truth values."""
    return cell.startswith('"') or UNQUOTED_LITERAL.fullmatch(cell) is not None


def is_blank(cell: str) -> bool:
    """Return whether a cell holds a blank node."""
    return cell.startswith("_:")


def iri(cell: str) -> str:
    """Return the IRI that a cell holds."""
    return cell[1:-1]


def text(cell: str) -> str:
    """Return the lexical form of a cell's literal, or the cell itself if it is not a quoted literal."""
    if not cell.startswith('"'):
        return cell
    inner = cell[1 : cell.rindex('"')]
    # The decoder of escapes reads Latin-1, so other characters are escaped first.
    return inner if "\\" not in inner else inner.encode("latin-1", "backslashreplace").decode("unicode_escape")


def language_and_datatype(cell: str) -> tuple[str, str]:
    """Return the language and the datatype of a cell's literal; each is empty if absent."""
    if not cell.startswith('"'):
        return "", UNQUOTED_DATATYPES[_number(cell)]
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
