"""docs/conformance.md: the requirements of the W3C recommendations, and the test of each.

The table is generated from the tests' marks by `python tests/server/test_requirements.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "conformance.md"
ADDRESSES = {
    "graph store": "https://www.w3.org/TR/sparql11-http-rdf-update/",
    "protocol": "https://www.w3.org/TR/sparql11-protocol/",
    "service description": "https://www.w3.org/TR/sparql11-service-description/",
}
HEAD = """# Requirements of the W3C recommendations, and their tests

Generated from the tests' marks by `python tests/server/test_requirements.py`; a test compares the two.

Where a recommendation leaves a choice:
- A request that is understood and refused (`SERVICE` and `LOAD` of a host that is not allowed, a write to a graph of
  the build) is 403, not 500: the server works, and retrying is useless.
- `GET /data` without a graph returns the whole dataset, in a format with named graphs.
- A graph can be named by its address on this host, in full or as a path; any other relative name is 400.
- The first triples of an empty default graph create it (201). POST is 200 with the new size of the graph (201 if it is
  new), or 204 if the graph already had all triples; DELETE is 200.
- `CLEAR` of a graph that does not exist succeeds, as with most servers (SPARQL 1.1 Update, section 3.1.5, has it fail
  if empty graphs are recorded, as a SHOULD). `DROP` of one, `COPY`, `MOVE` and `ADD` from one (404), and `CREATE` of an
  existing one (409), are errors without `SILENT`.
- A request with an HTTP version other than 1.1 and 1.0 is a 505, one without a version a 400.
- `If-Modified-Since` is ignored: two versions may have the same date (a rollback, a fixed clock), but not the same tag.
- ORDER BY, MIN and MAX use one order of all terms (docs/store.md), in which a time without an offset is UTC. In a
  client's FILTER it has no time zone (XPath leaves the implicit one to implementations): `<` between it and one with
  an offset, less than 14 hours apart, is an error, and `=` is false (XML Schema 1.1), of dates too.
- A client of HTTP/1.0 gets a response only when it is complete, since it could not notice a broken one.

## The W3C's test suites

Run by `tests/w3c` over sockets, from the source distribution of rdflib 7.1.1 (`make test` fetches it); withdrawn tests
are left out. The failures are expected, for the reasons in `tests/w3c/known_failures.py`: most because the engine
stores numbers by value ([oxigraph#526](https://github.com/oxigraph/oxigraph/issues/526)), others because they are for
RDF 1.0 or SPARQL 1.0, or because a graph cannot be named by a blank node here. The 22 requests of the suite of the
Graph Store Protocol get the expected responses. The tests of entailment are left out: inference by OWL 2 RL happens
when data are written, and queries cannot choose a regime.

| suite | tests | pass |
|---|---|---|
| SPARQL 1.0, queries | 245 | 220 |
| SPARQL 1.0, syntax | 199 | 197 |
| SPARQL 1.1, queries | 190 | 184 |
| SPARQL 1.1, syntax of queries and updates | 161 | 161 |
| SPARQL 1.1, updates | 93 | 93 |
| SPARQL 1.1, protocol and service description | 37 | 37 |
| Turtle | 303 | 292 |
| N-Triples | 68 | 68 |
| RDF/XML | 162 | 162 |
| TriG | 335 | 318 |
| N-Quads | 85 | 79 |
"""

Row = tuple[str, str, str, str, str]


def requirements() -> list[Row]:
    """Return recommendation, section, level, promise and test of every mark, sorted."""
    files = sorted(Path(__file__).parent.glob("test_*.py"))
    return sorted({row for file in files for row in _marked(file)})


def _marked(file: Path) -> Iterator[Row]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        for mark in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.requirement":
                recommendation, section, level, promise = (ast.literal_eval(argument) for argument in mark.args)
                yield recommendation, section, level, promise, f"{file.name}::{getattr(node, 'name', '')}"


def table() -> str:
    """Return the document."""
    parts = [HEAD]
    rows = requirements()
    for recommendation, address in ADDRESSES.items():
        parts += [
            f"\n## [{recommendation.capitalize()}]({address})\n\n| section | | what | test |\n|---|---|---|---|\n"
        ]
        parts += [f"| {row[1]} | {row[2]} | {row[3]} | `{row[4]}` |\n" for row in rows if row[0] == recommendation]
    return "".join(parts)


def test_the_table_in_the_docs_is_what_the_tests_say() -> None:
    assert TABLE.read_text(encoding="utf-8") == table()


def test_every_requirement_names_a_known_recommendation_and_level() -> None:
    rows = requirements()
    assert len(rows) > 30
    assert {row[0] for row in rows} == {*ADDRESSES}
    assert {row[2] for row in rows} == {"MUST", "SHOULD", "MAY"}


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
