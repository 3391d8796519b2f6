"""The orders of statements: the table that the index's orders, the page's menu and its queries are made from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SortKey:
    """A key to sort statements by: columns of the index, and variables with the pattern that binds them, if needed."""

    columns: str
    variables: str
    pattern: str = ""


ARTICLE, START, STATEMENT = SortKey("article", "?article"), SortKey("start", "?start"), SortKey("cell", "?statement")
SOURCE = SortKey("source", "?called", "?statement cq:source/cq:name ?called .")
SAID = SortKey(
    "said = '', said",
    "?unsaid ?said",
    "OPTIONAL { ?statement cq:saidEarliest ?said } BIND(!BOUND(?said) AS ?unsaid)",
)
"""Statements without a time come last."""


@dataclass(frozen=True)
class SortOrder:
    """An order: its title in the menu, and the keys to sort by, of which the last is the statement itself."""

    title: str
    keys: tuple[SortKey, ...]

    @property
    def columns(self) -> str:
        """Return the columns of the index that SQL sorts by."""
        return ", ".join(key.columns for key in (*self.keys, STATEMENT))

    @property
    def variables(self) -> str:
        """Return the variables that SPARQL sorts by."""
        return " ".join(key.variables for key in (*self.keys, STATEMENT))

    @property
    def bound(self) -> str:
        """Return the variables that its patterns bind."""
        return " ".join(key.variables for key in self.keys if key.pattern)

    @property
    def pattern(self) -> str:
        """Return the patterns that it needs."""
        return " ".join(key.pattern for key in self.keys if key.pattern)


ORDERS = {
    "place": SortOrder("where the article has it", (ARTICLE, START)),
    "source": SortOrder("who says it", (SOURCE, ARTICLE, START)),
    "said": SortOrder("when it was said", (SAID, ARTICLE, START)),
}
