"""What a SPARQL request has besides its text: the form, the dataset and the formats (SPARQL 1.1 Protocol)."""

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
    """The dataset that a request names beside its text; it overrides FROM (SPARQL 1.1 Protocol, section 2.1.4)."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


STORED = RequestDataset()
"""The dataset as it is stored, used by a request that names none."""


@dataclass(frozen=True)
class Query:
    """A query as a store takes it: `results` and `graph` are the formats that the client accepts, or None.

    If the format that the query's form needs is None, NotAcceptableError is raised before the query is evaluated.
    """

    text: str
    results: Format | None
    graph: Format | None
    dataset: RequestDataset = STORED
    version: str | None = None
    base: str | None = None
    sparql12: bool = False
    """Whether the parts of SPARQL 1.2 that the engine has (triple terms, LATERAL) are allowed, or syntax errors."""
    labels: tuple[str, ...] = ()
    """Columns of IRIs, each of which is followed by a column of labels in the answer to one of our SELECT queries."""
    plain_labels: bool = False
    """Whether these labels are for readers: the pages' words replace concept labels that are jargon."""
    optimize: bool = True
    """Whether the engine gets an optimized text, if there is one, that gives the same answers faster."""
    explain: bool = False
    """Whether the answer is a table with the text that the engine would get and the reasons for it."""
    digest: str = ""
    """The digest of the version if already looked up, so that a store that has it open need not look again."""

    def at(self, version: str, digest: str, text: str | None = None) -> Query:
        """Return the same query, or one with another text, on a version."""
        return replace(self, version=version, digest=digest, text=self.text if text is None else text)

    def with_text(self, text: str) -> Query:
        """Return the same query with another text."""
        return replace(self, text=text)
