"""Citations as text: who says that who says what, in which article, and at which characters of it."""

from __future__ import annotations

from collections.abc import Sequence

from kg.act_words import TellingWords, chain_words, manner, telling
from kg.errors import RequestError
from kg.lookups.lookup_records import StatementRecord, Telling
from kg.lookups.property_values import Values
from kg.lookups.statements import statements_by_iri
from kg.lookups.things import describe


def cite(values: Values, iri: str) -> str:
    """Return the citation of a statement, or of anything with passages. Raises RequestError if there are none."""
    statements = statements_by_iri(values, [iri])
    if statements:
        return _cited(values, statements[0])
    described = describe(values, iri)
    if not described.passages:
        raise RequestError(f"<{iri}> rests on no passage, so there is nothing to cite.")
    places = ", ".join(f"{passage.start}-{passage.end}" for passage in described.passages)
    return (
        f"{described.name}. <{described.passages[0].article}>, characters {places}. Version {values.version}: <{iri}>"
    )


def _cited(values: Values, statement: StatementRecord) -> str:
    quoted = " … ".join(f"“{quote}”" for quote in statement.quotes)
    places = ", ".join(f"{passage.start}-{passage.end}" for passage in statement.passages)
    article = f"{statement.article.name}, <{statement.article.iri}>, characters {places}"
    words = " ".join(filter(None, (quoted, chain_in_words(statement.chain))))
    return f"{words} In: {article}. Version {values.version}: <{statement.iri}>"


def chain_in_words(chain: Sequence[Telling]) -> str:
    """Return a chain in words, such as "The article tells that Ilse Tarrant denied that this is so: …"."""
    return chain_words(chain[0].source.name, [*map(_telling, chain)], chain[-1].contents, chain[-1].gist)


def _telling(link: Telling) -> TellingWords:
    how = manner(link.act, link.certainty, (behalf.name for behalf in link.on_behalf_of))
    return telling(link.source.name, link.act, link.polarity, how)
