"""The records of an index of the pages, with its numbers resolved, so that two indexes can be compared."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Callable
from typing import Any

from server.search.index_database import unpack

Records = dict[str, Any]
PLAIN = {
    "items": "SELECT section, kind, iri, begin, begun, over, end, occasion, time_words, occurrence, opens, closes, "
    "has_offset, listed, status, moments, name FROM item",
    "participants": "SELECT iri, name, folded, items FROM participant",
    "items of participants": "SELECT participant.iri, section, kind, item.iri FROM item_participant "
    "JOIN participant ON participant.id = participant JOIN item ON item.id = item",
    "sides of items": "SELECT side, section, kind, iri FROM item_side JOIN item ON item.id = item",
    "nodes": "SELECT iri, kind, node.name, side, first, last, folded, opens, closes, degree, own_side FROM node",
    "edges": "SELECT a.iri, relation.iri, is_weak, b.iri FROM edge JOIN node AS a ON a.id = start "
    "JOIN node AS b ON b.id = end JOIN relation ON relation.id = relation",
    "told": "SELECT a.cell, relation.iri, b.cell, by.cell FROM told JOIN thing AS a ON a.id = start "
    "JOIN thing AS b ON b.id = end JOIN relation ON relation.id = relation JOIN thing AS by ON by.id = origin",
    "sides": "SELECT * FROM side",
    "agents": "SELECT * FROM agent",
    "opposed": "SELECT * FROM opposed",
    "labels": "SELECT cell, folded FROM label JOIN thing ON thing.id = thing "
    "JOIN label_words ON label_words.rowid = label.id",
    "gists": "SELECT cell, folded FROM gist_words JOIN statement ON number = gist_words.rowid",
    "words": "SELECT * FROM word",
    "accented words": "SELECT * FROM accented_word",
    "holders": "SELECT * FROM holder",
    "places of posts": "SELECT * FROM post_place",
    "accounts": "SELECT * FROM account",
    "texts of articles": "SELECT cell, digest, is_here FROM article_text JOIN thing ON thing.id = article",
    "paragraphs": "SELECT cell, paragraph_words.rowid & 0xffffff, folded FROM paragraph_words "
    "JOIN thing ON thing.id = paragraph_words.rowid >> 24",
}
"""Queries for tables whose numbers a join replaces."""
WORD_TABLES = ("gist_words", "label_words", "text_words", "paragraph_words")


def index_records(database: sqlite3.Connection) -> Records:
    """Return the content of an index, sorted where the order has no meaning."""
    things: dict[int, str] = dict(database.execute("SELECT id, cell FROM thing"))
    statements: dict[int, str] = dict(database.execute("SELECT number, cell FROM statement"))
    assert {*statements} == {*range(len(statements))}
    for table in WORD_TABLES:
        database.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
    plain = {name: sorted(database.execute(query), key=repr) for name, query in PLAIN.items()}
    return {
        **plain,
        **{
            table: database.execute(f"SELECT count(*) FROM {table}").fetchone()
            for table in (*WORD_TABLES, "edge", "told")
        },
        "statements": sorted(
            (cell, article, start, source, moment, sorted(_names(named, things)))
            for cell, article, start, source, moment, named in database.execute(
                "SELECT cell, article, start, source, said, named FROM statement"
            )
        ),
        "orders": {name: _names(numbers, statements) for name, numbers in database.execute("SELECT * FROM sort_order")},
        "facets": {
            facet: _facet(database, facet, statements) for (facet,) in database.execute("SELECT name FROM facet")
        },
        "values": sorted(
            (facet, cell, count, sorted(_names(numbers, statements)))
            for facet, cell, count, numbers in database.execute("SELECT facet, cell, count, numbers FROM facet_value")
        ),
        "named": _by_thing(database, "SELECT thing, numbers FROM named", things, statements.__getitem__),
        "context": _by_thing(database, "SELECT thing, numbers FROM context", things, things.__getitem__),
        "context of": _by_thing(database, "SELECT thing, numbers FROM context_of", things, things.__getitem__),
        "texts": sorted(
            (things[owner], things[thing], naming, cell, _names(targets, things), folded)
            for owner, thing, naming, cell, targets, folded in database.execute(
                "SELECT owner, thing, naming, cell, things, folded FROM text JOIN text_words ON text_words.rowid = id"
            )
        ),
    }


def _names(packed: bytes, names: dict[int, str]) -> list[str]:
    return [names[number] for number in unpack(packed)]


def _facet(database: sqlite3.Connection, facet: str, statements: dict[int, str]) -> dict[str, tuple[str, ...]]:
    (record,) = database.execute("SELECT starts, value_ids FROM facet WHERE name = ?", [facet])
    starts, ids = map(unpack, record)
    values = dict(database.execute("SELECT id, cell FROM facet_value WHERE facet = ?", [facet]))
    starts = starts or array("I", range(len(ids) + 1))
    assert len(starts) == len(statements) + 1
    return {
        cell: tuple(values[id_] for id_ in ids[starts[number] : starts[number + 1]] if id_)
        for number, cell in statements.items()
    }


def _by_thing(
    database: sqlite3.Connection, query: str, things: dict[int, str], name: Callable[[int], str]
) -> dict[str, list[str]]:
    return {things[thing]: sorted(map(name, unpack(numbers))) for thing, numbers in database.execute(query)}
