"""What is kept of queries that were read, and of anything else by its use: within bounds, the most valuable."""

from __future__ import annotations

from kg import formats
from kg.bounded_cache import BoundedCache
from kg.sparql.protocol import Query
from kg.store import EmbeddedStore, answers
from kg.store.answers import MAX_KEPT_CHARACTERS


def test_entries_and_size_are_bounded_and_the_oldest_use_goes_first() -> None:
    cache = BoundedCache[int](3, 100)
    for number in range(3):
        cache.put(number, number, 10, 10)
    assert cache.get(0) == 0
    cache.put(3, 3, 10, 10)
    cache.put(4, 4, 10, 10)
    assert [cache.get(number) for number in range(5)].count(None) == 2
    assert (len(cache), cache.size) == (3, 30)
    cache.put("large", 5, 101)
    assert cache.get("large") is None


def test_what_costs_most_for_its_size_stays_and_not_for_ever() -> None:
    cache = BoundedCache[str](100, 100)
    cache.put("costly", "kept", 10, 50)
    for number in range(20):
        cache.put(number, "cheap", 10, 1)
    assert cache.get("costly") == "kept"
    for number in range(1000):
        cache.put(number, "cheap", 10, 1)
        cache.get(number)
    assert cache.get("costly") is None
    assert cache.size <= 100


def test_texts_that_differ_by_a_space_and_long_ones_do_not_add_up(filled: EmbeddedStore) -> None:
    cache = answers._requests  # noqa: SLF001 -- what is kept is what is tried
    cache.clear()
    for number in range(1000):
        text = f"ASK {{}}{' ' * number}"
        assert b"true" in b"".join(filled.query(Query(text, formats.JSON, None)).chunks)
    assert 0 < cache.size <= MAX_KEPT_CHARACTERS
    before = cache.size
    long = f"ASK {{}} #{' ' * MAX_KEPT_CHARACTERS}"
    assert b"true" in b"".join(filled.query(Query(long, formats.JSON, None)).chunks)
    assert cache.size == before


def test_a_text_that_is_asked_again_is_read_once(filled: EmbeddedStore) -> None:
    def reading(text: str, *, sparql12: bool = False) -> object:
        filled.query(Query(text, formats.JSON, None, sparql12=sparql12))
        return answers._read(Query(text, formats.JSON, None, sparql12=sparql12))  # noqa: SLF001 -- as above

    assert reading("ASK { ?s ?p 1 }") is reading("ASK { ?s ?p 1 }")
    assert reading("ASK { ?s ?p 1 }") is not reading("ASK { ?s ?p 1 }", sparql12=True)
