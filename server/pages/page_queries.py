"""What a page finds in the graph: a few queries, each a file, and then the names of everything that they found.

A query's `$this` and its like are variables, so that the file runs as it is; a page puts terms in their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from kg.dataset import GraphNames
from kg.store.interfaces import Version
from server.pages.page_terms import Row, Term
from server.pages.select_rows import solutions
from server.pages.thing_names import Names, named, sides
from server.site import site

QUERIES = Path(__file__).with_name("queries")


UNNAMED = frozenset(("graph", "passage", "link", "holding", "digest"))
"""Variables whose values pages call by other means than a label."""


@dataclass(frozen=True)
class Asked:
    """A query that a page asked, with its title, its text as it was sent, and its answer."""

    title: str
    text: str
    rows: list[Row]


@dataclass
class Findings:
    """The queries and answers of one page, over one version."""

    version: Version
    asked: list[Asked] = field(default_factory=list)
    _also: set[str] = field(default_factory=set)
    _links: dict[str, list[Row]] = field(default_factory=dict)

    def ask(self, name: str, **terms: str) -> list[Row]:
        """Return the solutions of a query, with terms, as SPARQL spells them, in the place of its `$` variables."""
        title, text = query(name, **terms)
        found = solutions(text, self.version)
        self.asked.append(Asked(title, text, found))
        return found

    def also(self, iris: Iterable[str]) -> None:
        """Have these named too."""
        self._also.update(iris)

    @cached_property
    def names(self) -> Names:
        """Return the names of everything found; asked once, so asked last."""
        cells = (cell for asked in self.asked for row in asked.rows for cell in row.items())
        found = {value.value for key, value in cells if value.is_iri and key not in UNNAMED}
        return named({*found, *self._also, *sides(self.version)}, self.version)

    def facts(self, name: str) -> list[Row]:
        """Return what is said of a thing, asserted facts first, each with a passage behind it where there is one."""
        told = distinct(self.ask("facts", this=f"<{name}>"), "property", "value")
        return told if not told else evidenced(told, self.links(name), "value", name)

    def pointing(self, name: str, which: str = "pointing") -> list[Row]:
        """Return what points at a thing, each with a passage behind it where there is one."""
        told = distinct(self.ask(which, this=f"<{name}>"), "property", "value")
        return evidenced(told, self.links(name), "subject", name)

    def links(self, name: str) -> list[Row]:
        """Return the passages behind a thing's relations; asked once."""
        if name not in self._links:
            self._links[name] = self.ask("links", this=f"<{name}>")
        return self._links[name]


def evidenced(told: list[Row], links: list[Row], far: str, near: str) -> list[Row]:
    """Return facts with the passages behind them: `far` names the end of a link that is not the thing itself."""
    here = "subject" if far == "value" else "value"
    known: dict[tuple[Term, Term], Row] = {}
    for link in links:
        if link[here].value == near:
            known.setdefault((link["property"], link[far]), link)
    keys = ("grade", "passage", "start", "end")
    return [
        row | {key: link[key] for key in keys if key in link}
        for row in told
        for link in (known.get((row["property"], row["value"]), {}),)
    ]


def query(name: str, **terms: str) -> tuple[str, str]:
    """Return a query's title, which is its first comment, and its text with terms in the place of variables."""
    title, text = _file(name)
    return title, filled(text, terms)


def filled(text: str, terms: Mapping[str, str]) -> str:
    """Return a query with terms in the place of its `$` variables."""
    for variable, spelled in terms.items():
        text = re.sub(rf"\${variable}\b", lambda _, spelled=spelled: spelled, text)  # type: ignore[misc]
    return text


def origin(graph: Term | None) -> str:
    """Tell of a graph's name what its facts are: asserted, inferred or outside."""
    names = GraphNames(site().base)
    kinds = {names.inferred: "inferred", names.outside: "outside"}
    return kinds.get(graph.value, "asserted") if graph else "asserted"


def distinct(rows: Iterable[Row], *keys: str) -> list[Row]:
    """Return the first row of each combination of these variables, asserted ones before inferred ones."""
    found: dict[tuple[Term | None, ...], Row] = {}
    for row in sorted(rows, key=lambda each: ORDER[origin(each.get("graph"))]):
        found.setdefault(tuple(row.get(key) for key in keys), row)
    return list(found.values())


ORDER = {"asserted": 0, "outside": 1, "inferred": 2}


@cache
def _file(name: str) -> tuple[str, str]:
    text = (QUERIES / f"{name}.rq").read_text(encoding="utf-8")
    first, _, rest = text.partition("\n")
    return first.lstrip("# ").strip(), rest.strip() + "\n"
