"""The statements for, against and about a statement; those of its own sources do not support it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kg.namespaces import SCHEME
from server.pages.queried_data.page_queries import ORIGIN_ORDER, PageQueries, collections_term, origin, rows_by
from server.pages.queried_data.select_queries import load_query, solutions
from server.pages.terms.page_terms import PageTerm, Row
from server.pages.things.changed_positions import statement_rows
from server.pages.things.thing_queries import by_relation

RELATION_TITLES = (
    ("contradicts", "to", "Contradicts"),
    ("opposes", "to", "Opposes"),
    ("says", "independent", "The same is said by other sources"),
    ("confirms", "independent", "Confirmed by other sources"),
    ("supports", "independent", "Supported by other sources"),
    ("says", "otherwise", "Of the same it is said otherwise"),
    ("says", "open", "Others ask, want or fear the same: none of them says that it is so"),
    ("says", "telling", "Other articles tell of the same utterance"),
    ("says", "own", "Said again by its own source"),
    ("supports", "own", "Its own source gives as the reason"),
    ("confirms", "own", "Confirmed by its own source"),
    ("confirms", "to", "Confirms"),
    ("respondsTo", "to", "Answers"),
    ("respondsTo", "from", "Answered by"),
    ("supports", "to", "Gives the reason for"),
    ("strengthens", "to", "Puts more strongly"),
    ("strengthens", "from", "Put more strongly by"),
    ("withdraws", "to", "Takes back"),
    ("withdraws", "from", "Taken back by"),
    ("revises", "to", "Changes the position of"),
    ("revises", "from", "The same source changed its position in"),
    ("misquotes", "to", "Gives wrongly the words of"),
    ("misquotes", "from", "Its words are given wrongly in"),
)
# By relation and direction, if the source is a different one.
SUPPORT = (("says", "with"), ("confirms", "from"), ("supports", "from"))
# They are more specific than that somebody says the same or otherwise.
NEARER_RELATIONS = frozenset(
    (("contradicts", "to"), ("opposes", "to"), ("confirms", "from"), ("supports", "from")),
)

MAX_RELATED_SHOWN = 50
"""The most statements of a relation that are listed: a report that hundreds of articles repeat has as many."""
LEFT_OPEN = f"{SCHEME}polarity/underspecified"
Factuality = tuple[PageTerm | None, PageTerm | None]


@dataclass(frozen=True)
class RelatedStatements:
    """The statements in one relation; `independent` counts their sources if they are independent of the statement's."""

    relation: str
    title: str
    rows: list[Row]
    listed: list[Row]
    """Those that are listed; the others are only counted."""
    independent: int = 0


def find_related(queries: PageQueries, these: str, chain: list[list[Row]], this: str) -> list[RelatedStatements]:
    """Return what is related to statements, in SPARQL syntax; only what is listed has words, passages and names."""
    title, text = load_query("statement-related", these=these, collections=collections_term())
    groups = related_statements(solutions(text, queries.version), chain, this)
    listed = [row for group in groups for row in group.listed]
    # Not all rows: a page looks up the names of everything in its queries' rows.
    queries.add(title, text, listed)
    shown = rows_by(statement_rows(queries, {row["statement"].sparql for row in listed}), "statement")
    places = {statement: place for place, statement in enumerate(shown)}

    def place(row: Row) -> tuple[int, int]:
        return ORIGIN_ORDER[origin(row.get("graph"))], places.get(row["statement"].value, len(places))

    def with_words(group: RelatedStatements) -> RelatedStatements:
        # What has no words, such as a statement without an act, is listed by its name, after the others.
        no_words: list[Row] = [{}]
        rows = sorted(group.listed, key=place)
        return replace(group, listed=[shown.get(row["statement"].value, no_words)[0] | row for row in rows])

    return [with_words(group) for group in groups]


def related_statements(rows: Iterable[Row], chain: list[list[Row]], this: str) -> list[RelatedStatements]:
    """Return related statements by relation, without those of the statement's own chain of relays."""
    own_chain = [row for group in chain for row in group]
    others = [row for row in rows if row["statement"] not in {link["statement"] for link in own_chain}]
    nearer = {row["statement"] for row in others if _relation(row) in NEARER_RELATIONS}
    withdrawn = {row["statement"] for row in others if row["relation"].value.endswith("#withdraws")}
    own = next((_factuality(row) for row in own_chain if row["statement"].value == this), None)
    shown = [
        _with_direction(row, own_chain, own)
        for row in others
        if not (row["relation"].value.endswith("#says") and row["statement"] in nearer)
        and not (row["relation"].value.endswith("#revises") and row["statement"] in withdrawn)
    ]
    return [
        RelatedStatements(
            relation, title, group, group[:MAX_RELATED_SHOWN], _sources(group) if "other sources" in title else 0
        )
        for relation, title, group in by_relation(shown, RELATION_TITLES, "statement")
    ]


def independent_sources(groups: Iterable[RelatedStatements]) -> int:
    """Return the number of independent sources of groups, each counted once."""
    return _sources([row for group in groups if group.independent for row in group.rows])


def _with_direction(row: Row, own_chain: list[Row], factuality: Factuality | None) -> Row:
    """Return the row, with a direction that depends on source, polarity and tense if it could be support."""
    relation, direction = _relation(row)
    if (relation, direction) not in SUPPORT:
        return row
    is_telling = "utterance" in row and any(row["utterance"] == link.get("utterance") for link in own_chain)
    is_own = is_telling or any(_speaker(row) == _speaker(link) for link in own_chain)
    is_otherwise = relation == "says" and _factuality(row) != factuality
    # Two who leave open whether something is so do not support each other.
    is_open = relation == "says" and "polarity" in row and row["polarity"].value == LEFT_OPEN
    kinds = (
        (relation == "says" and is_telling, "telling"),
        (is_otherwise, "otherwise"),
        (is_own, "own"),
        (is_open, "open"),
        (True, "independent"),
    )
    return row | {"direction": PageTerm(next(kind for holds, kind in kinds if holds), "literal")}


def _relation(row: Row) -> tuple[str, str]:
    return row["relation"].value.rpartition("#")[2], row["direction"].value


def _factuality(row: Row) -> Factuality:
    """Return whether what is said is put forward as so, and for which time: what is feared does not support what is."""
    return row.get("polarity"), row.get("tense")


def _speaker(row: Row) -> PageTerm | None:
    """Return the source, or the named person whom an article identifies it as."""
    return row.get("identified", row.get("source"))


def _sources(rows: list[Row]) -> int:
    # The tellings of one utterance are one source, whatever each article calls it.
    sources = list[set[PageTerm | None]]()
    for row in rows:
        tellers = {_speaker(row), row["utterance"]} if "utterance" in row else {_speaker(row)}
        sources = [source for source in sources if not source & tellers] + [
            tellers.union(*(source for source in sources if source & tellers))
        ]
    return len(sources)
