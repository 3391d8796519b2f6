"""The tests of the W3C's suites that fail, with the reason of each; they are expected to, and strictly so."""

from __future__ import annotations

CANONICAL = "the engine keeps numbers, dates and their datatypes by value: oxigraph#526"
RDF_11 = "of RDF 1.0, where a simple literal and one of xsd:string are two terms"
SPARQL_11 = "of SPARQL 1.0's grammar, where 123. is a decimal number"
BLANK_GRAPH = "a graph is named by an IRI here, so that a request can name it: a blank node is refused"
NOT_AN_IRI = "U+E01EF may stand in a prefixed name and not in an IRI (RFC 3987): refused"

_REASONS = {
    CANONICAL: """
        dawg-data-r2/distinct/no-distinct-1 dawg-data-r2/distinct/distinct-1
        dawg-data-r2/distinct/no-distinct-9 dawg-data-r2/distinct/distinct-9
        dawg-data-r2/expr-builtin/dawg-str-1 dawg-data-r2/expr-builtin/dawg-str-2
        dawg-data-r2/expr-builtin/dawg-datatype-1 dawg-data-r2/expr-builtin/sameTerm-simple
        dawg-data-r2/expr-builtin/sameTerm-eq dawg-data-r2/expr-builtin/sameTerm-not-eq
        dawg-data-r2/expr-equals/eq-2-1 dawg-data-r2/expr-equals/eq-2-2
        dawg-data-r2/expr-equals/eq-graph-1 dawg-data-r2/expr-equals/eq-graph-2
        dawg-data-r2/open-world/open-eq-01 dawg-data-r2/open-world/open-eq-03 dawg-data-r2/open-world/open-eq-04
        dawg-data-r2/open-world/date-3 dawg-data-r2/sort/dawg-sort-7
        sparql11/csv-tsv-res/csv03 sparql11/csv-tsv-res/tsv03
        turtle/bareword_decimal turtle/bareword_double turtle/double_lower_case_e turtle/positive_numeric
        turtle/numeric_with_leading_0 turtle/turtle-subm-11 turtle/turtle-subm-17 turtle/turtle-subm-19
        turtle/turtle-subm-20 turtle/turtle-subm-26
        trig/bareword_decimal trig/bareword_double trig/double_lower_case_e trig/positive_numeric
        trig/numeric_with_leading_0 trig/trig-subm-11 trig/trig-subm-17 trig/trig-subm-19
        trig/trig-subm-20 trig/trig-subm-26""",
    RDF_11: """
        dawg-data-r2/distinct/distinct-2 dawg-data-r2/expr-builtin/dawg-datatype-2
        sparql11/functions/strdt03 sparql11/functions/strlang03""",
    SPARQL_11: """
        dawg-data-r2/basic/term-6 dawg-data-r2/basic/term-7 dawg-data-r2/syntax-sparql1/syntax-lit-08""",
    BLANK_GRAPH: """
        nquads/nq-syntax-bnode-01 nquads/nq-syntax-bnode-02 nquads/nq-syntax-bnode-03 nquads/nq-syntax-bnode-04
        nquads/nq-syntax-bnode-05 nquads/nq-syntax-bnode-06 trig/anonymous_blank_node_graph
        trig/labeled_blank_node_graph trig/alternating_bnode_graphs trig/trig-syntax-minimal-whitespace-01
        trig/trig-kw-graph-06 trig/trig-kw-graph-07""",
    NOT_AN_IRI: """
        turtle/localName_with_assigned_nfc_PN_CHARS_BASE_character_boundaries
        trig/localName_with_assigned_nfc_PN_CHARS_BASE_character_boundaries""",
    "two dates, one with a time zone, are unequal and not incomparable, as XML Schema 1.1 has it": """
        dawg-data-r2/open-world/date-2""",
    "the suite has this query twice, with different answers; the other is the one of 18.2.2": """
        dawg-data-r2/optional-filter/dawg-optional-filter-005-simplified""",
    "no solutions are no groups under GROUP BY (18.5.1), as a later edition of the suite has it": """
        sparql11/aggregates/agg-empty-group""",
    "the longest token `<?a&&?b>` is an IRI; the engine's parser reads operators": """
        dawg-data-r2/syntax-sparql3/syn-bad-26""",
    "an endpoint that a variable names is never asked: which hosts a query reaches is known beforehand": """
        sparql11/service/service5""",
}
KNOWN_FAILURES = {name: reason for reason, names in _REASONS.items() for name in names.split()}
"""By the folder of a test and its name."""
