"""The orders of statements: the table of which the index's orders, the page's menu and its queries are made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SortKey:
    """What statements are sorted by: in the index, and as variables that a pattern binds, none if they are bound."""

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
"""Those without a time last."""


@dataclass(frozen=True)
class SortOrder:
    """An order: what the menu calls it, and what it sorts by, the statement itself at last."""

    title: str
    keys: tuple[SortKey, ...]

    @property
    def columns(self) -> str:
        """Return the columns of the index, by which SQL sorts."""
        return ", ".join(key.columns for key in (*self.keys, STATEMENT))

    @property
    def variables(self) -> str:
        """Return the variables by which SPARQL sorts."""
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
