"""What a SPARQL request carries beside its text: the form, the dataset and the formats (SPARQL 1.1 Protocol)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from kg.formats import Format


class QueryForm(Enum):
    """The four query forms (SPARQL 1.1 Query, section 16)."""

    SELECT = "SELECT"
    CONSTRUCT = "CONSTRUCT"
    ASK = "ASK"
    DESCRIBE = "DESCRIBE"


@dataclass(frozen=True)
class RequestDataset:
    """The dataset that a request names beside its text (SPARQL 1.1 Protocol, section 2.1.4); it wins over FROM."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


STORED = RequestDataset()
"""The dataset as it is stored: what a request that names none sees."""


@dataclass(frozen=True)
class Query:
    """A query as a store takes it: `results` and `graph` are the formats that the client accepts, None where none.

    A query whose form needs the one that is None is a NotAcceptableError, raised before it is evaluated.
    """

    text: str
    results: Format | None
    graph: Format | None
    dataset: RequestDataset = STORED
    version: str | None = None
    base: str | None = None
    sparql12: bool = False
    """Whether the engine's parts of SPARQL 1.2 (triple terms, LATERAL) are asked for; a syntax error without."""
    labels: tuple[str, ...] = ()
    """Columns of IRIs after each of which the answer to a SELECT of ours has a column of labels."""
    plain_labels: bool = False
    """Whether these labels are for readers: the words of pages for concepts whose own labels are jargon."""
    optimize: bool = True
    """Whether the engine gets a text after which it finds the same answers sooner, if there is one."""
    explain: bool = False
    """Whether the answer is a table of the text that the engine would get, and of the reasons for it."""
    digest: str = ""
    """The digest of the version, if it has been looked up: a store that has it open need not look again."""

    def at(self, version: str, digest: str) -> Query:
        """Return the same query on a version."""
        return replace(self, version=version, digest=digest)
