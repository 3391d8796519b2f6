"""The grammar of SPARQL 1.1 (Query, section 19.8), by which a fault is explained: it is LL(1), as section 19.6 says.

A rule is a name, in parentheses what people call it where one word says more than its terminals, and what it consists
of. Keywords and signs are quoted; small letters are terminals of the lexer, or sets of keywords.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

# Left-factored where section 19.8 has one terminal of two words, such as `INSERT DATA`: here each word is one.
RULES = """
QueryUnit = Prologue Query
Query (a query form) = SelectQuery | ConstructQuery | DescribeQuery | AskQuery
UpdateUnit = Prologue [ Update1 [ ';' UpdateUnit ] ]
Prologue = { 'BASE' iri | 'PREFIX' prefix iri }
SelectQuery = SelectClause { DatasetClause } WhereClause SolutionModifier ValuesClause
SubSelect = SelectClause WhereClause SolutionModifier ValuesClause
SelectClause = 'SELECT' [ 'DISTINCT' | 'REDUCED' ] Selected
Selected = Column { Column } | '*'
Column = variable | '(' Expression 'AS' variable ')'
ConstructQuery = 'CONSTRUCT' Constructed
Constructed = ConstructTemplate { DatasetClause } WhereClause SolutionModifier ValuesClause | { DatasetClause } 'WHERE' '{' [ TriplesTemplate ] '}' SolutionModifier ValuesClause
DescribeQuery = 'DESCRIBE' Described { DatasetClause } [ WhereClause ] SolutionModifier ValuesClause
Described = VarOrIri { VarOrIri } | '*'
AskQuery = 'ASK' { DatasetClause } WhereClause SolutionModifier ValuesClause
DatasetClause = 'FROM' ( Iri | 'NAMED' Iri )
WhereClause = [ 'WHERE' ] GroupGraphPattern
SolutionModifier = [ GroupClause ] [ HavingClause ] [ OrderClause ] [ LimitOffsetClauses ]
GroupClause = 'GROUP' 'BY' GroupCondition { GroupCondition }
GroupCondition (a variable or an expression in parentheses) = BuiltInCall | FunctionCall | '(' Expression [ 'AS' variable ] ')' | variable
HavingClause = 'HAVING' Constraint { Constraint }
OrderClause = 'ORDER' 'BY' OrderCondition { OrderCondition }
OrderCondition (a variable, ASC, DESC or an expression in parentheses) = ( 'ASC' | 'DESC' ) BrackettedExpression | Constraint | variable
LimitOffsetClauses = 'LIMIT' integer [ 'OFFSET' integer ] | 'OFFSET' integer [ 'LIMIT' integer ]
ValuesClause = [ 'VALUES' DataBlock ]
Update1 (an operation) = Load | Clear | Drop | Add | Move | Copy | Create | Insert | Delete | Modify
Load = 'LOAD' [ 'SILENT' ] Iri [ 'INTO' GraphRef ]
Clear = 'CLEAR' [ 'SILENT' ] GraphRefAll
Drop = 'DROP' [ 'SILENT' ] GraphRefAll
Create = 'CREATE' [ 'SILENT' ] GraphRef
Add = 'ADD' [ 'SILENT' ] GraphOrDefault 'TO' GraphOrDefault
Move = 'MOVE' [ 'SILENT' ] GraphOrDefault 'TO' GraphOrDefault
Copy = 'COPY' [ 'SILENT' ] GraphOrDefault 'TO' GraphOrDefault
Insert = 'INSERT' ( 'DATA' QuadPattern | QuadPattern Used )
Delete = 'DELETE' ( 'DATA' QuadPattern | 'WHERE' QuadPattern | QuadPattern [ 'INSERT' QuadPattern ] Used )
Modify = 'WITH' Iri ( 'DELETE' QuadPattern [ 'INSERT' QuadPattern ] | 'INSERT' QuadPattern ) Used
Used = { 'USING' ( Iri | 'NAMED' Iri ) } 'WHERE' GroupGraphPattern
GraphOrDefault = 'DEFAULT' | [ 'GRAPH' ] Iri
GraphRef = 'GRAPH' Iri
GraphRefAll = GraphRef | 'DEFAULT' | 'NAMED' | 'ALL'
QuadPattern = '{' Quads '}'
Quads = [ TriplesTemplate ] { QuadsNotTriples [ '.' ] [ TriplesTemplate ] }
QuadsNotTriples = 'GRAPH' VarOrIri '{' [ TriplesTemplate ] '}'
TriplesTemplate = TriplesSameSubject [ '.' [ TriplesTemplate ] ]
GroupGraphPattern = '{' ( SubSelect | GroupGraphPatternSub ) '}'
GroupGraphPatternSub = [ TriplesBlock ] { GraphPatternNotTriples [ '.' ] [ TriplesBlock ] }
TriplesBlock = TriplesSameSubjectPath [ '.' [ TriplesBlock ] ]
GraphPatternNotTriples (a pattern such as OPTIONAL) = GroupOrUnion | Optional | Minus | GraphGraph | Service | Filter | Bind | InlineData
Optional = 'OPTIONAL' GroupGraphPattern
GraphGraph = 'GRAPH' VarOrIri GroupGraphPattern
Service = 'SERVICE' [ 'SILENT' ] VarOrIri GroupGraphPattern
Bind = 'BIND' '(' Expression 'AS' variable ')'
InlineData = 'VALUES' DataBlock
DataBlock = variable '{' { DataBlockValue } '}' | ( nil | '(' { variable } ')' ) '{' { nil | '(' { DataBlockValue } ')' } '}'
DataBlockValue (a value) = Iri | Literal | 'UNDEF'
Minus = 'MINUS' GroupGraphPattern
GroupOrUnion = GroupGraphPattern { 'UNION' GroupGraphPattern }
Filter = 'FILTER' Constraint
Constraint (a condition in parentheses or a function) = BrackettedExpression | BuiltInCall | FunctionCall
FunctionCall = Iri ArgList
ArgList = nil | '(' [ 'DISTINCT' ] Expression { ',' Expression } ')'
ExpressionList = nil | '(' Expression { ',' Expression } ')'
ConstructTemplate = '{' [ TriplesTemplate ] '}'
TriplesSameSubject (a triple) = VarOrTerm PropertyListNotEmpty | TriplesNode [ PropertyListNotEmpty ]
PropertyListNotEmpty = Verb ObjectList { ';' [ Verb ObjectList ] }
Verb (a property) = variable | Iri | 'a'
ObjectList = GraphNode { ',' GraphNode }
TriplesSameSubjectPath (a triple) = VarOrTerm PropertyListPathNotEmpty | TriplesNodePath [ PropertyListPathNotEmpty ]
PropertyListPathNotEmpty = VerbPath ObjectListPath { ';' [ VerbPath ObjectListPath ] }
VerbPath (a property or a path of properties) = variable | Path
ObjectListPath = GraphNodePath { ',' GraphNodePath }
Path = PathSequence { PathAlternative }
PathAlternative (more of a path) = '|' PathSequence
PathSequence = PathEltOrInverse { PathStep }
PathStep (more of a path) = '/' PathEltOrInverse
PathEltOrInverse (a property) = PathElt | '^' PathElt
PathElt = PathPrimary [ PathMod ]
PathMod (more of a path) = '?' | '*' | '+'
PathPrimary = Iri | 'a' | '!' PathNegatedPropertySet | '(' Path ')'
PathNegatedPropertySet = PathOneInPropertySet | nil | '(' [ PathOneInPropertySet { '|' PathOneInPropertySet } ] ')'
PathOneInPropertySet (a property) = Iri | 'a' | '^' ( Iri | 'a' )
TriplesNode = '(' GraphNode { GraphNode } ')' | '[' PropertyListNotEmpty ']'
TriplesNodePath = '(' GraphNodePath { GraphNodePath } ')' | '[' PropertyListPathNotEmpty ']'
GraphNode (a value) = VarOrTerm | TriplesNode
GraphNodePath (a value) = VarOrTerm | TriplesNodePath
VarOrTerm = variable | Iri | Literal | blank | anon | nil
VarOrIri = variable | Iri
Iri (an IRI) = iri | name | prefix
Literal (a literal) = string [ language | '^^' Iri ] | Number | 'TRUE' | 'FALSE'
Number = [ '+' | '-' ] ( integer | decimal )
Expression (an expression) = And { Or }
Or (an operator) = '||' And
And = Relational { AndAlso }
AndAlso (an operator) = '&&' Relational
Relational = Additive [ Comparison ]
Comparison (an operator) = ( '=' | '!=' | '<' | '>' | '<=' | '>=' ) Additive | 'IN' ExpressionList | 'NOT' 'IN' ExpressionList
Additive = Multiplicative { Term }
Term (an operator) = ( '+' | '-' ) Multiplicative
Multiplicative = Unary { Factor }
Factor (an operator) = ( '*' | '/' ) Unary
Unary (an expression) = ( '!' | '+' | '-' ) Primary | Primary
Primary (an expression) = BrackettedExpression | BuiltInCall | Iri [ ArgList ] | string [ language | '^^' Iri ] | integer | decimal | 'TRUE' | 'FALSE' | variable
BrackettedExpression = '(' Expression ')'
BuiltInCall (a function) = function1 '(' Expression ')' | function2 '(' Expression ',' Expression ')' | function2to3 '(' Expression ',' Expression [ ',' Expression ] ')' | 'REPLACE' '(' Expression ',' Expression ',' Expression [ ',' Expression ] ')' | 'IF' '(' Expression ',' Expression ',' Expression ')' | 'BOUND' '(' variable ')' | function0 nil | 'BNODE' ( nil | '(' Expression ')' ) | functions ExpressionList | 'COUNT' '(' [ 'DISTINCT' ] ( '*' | Expression ) ')' | aggregate '(' [ 'DISTINCT' ] Expression ')' | 'GROUP_CONCAT' '(' [ 'DISTINCT' ] Expression [ ';' 'SEPARATOR' '=' string ] ')' | [ 'NOT' ] 'EXISTS' GroupGraphPattern
"""  # noqa: E501 - a rule a line
WORD_SETS: Mapping[str, str] = {
    "function0": "NOW RAND UUID STRUUID",
    "function1": "STR LANG DATATYPE IRI URI ABS CEIL FLOOR ROUND STRLEN UCASE LCASE ENCODE_FOR_URI YEAR MONTH DAY "
    "HOURS MINUTES SECONDS TIMEZONE TZ MD5 SHA1 SHA256 SHA384 SHA512 ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC",
    "function2": "LANGMATCHES CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER STRLANG STRDT SAMETERM",
    "function2to3": "SUBSTR REGEX",
    "functions": "COALESCE CONCAT",
    "aggregate": "SUM MIN MAX AVG SAMPLE",
}
"""Functions by how many expressions they take."""
TERMINAL_WORDS: Mapping[str, str] = {
    "variable": "a variable",
    "string": "a string",
    "integer": "a whole number",
    "decimal": "a number",
    "iri": "an IRI in < >",
    "name": "a name with a prefix",
    "prefix": "a prefix with its colon",
    "language": "a language",
    "blank": "a blank node",
    "anon": '"[]"',
    "nil": '"()"',
}
"""What people call the terminals of the lexer."""
KEYWORDS = frozenset(re.findall(r"'([A-Z_]+)'", RULES)) | {
    word for words in WORD_SETS.values() for word in words.split()
}
Symbols = tuple[str, ...]


@dataclass(frozen=True)
class Production:
    """What a symbol may consist of, and what people call it; empty where its parts are named instead."""

    alternatives: tuple[Symbols, ...]
    words: str = ""


@cache
def rules() -> Mapping[str, Production]:
    """Return the rules by name; those of optional and repeated parts have names that begin with a parenthesis."""
    reader = _ProductionReader()
    for line in RULES.strip().splitlines():
        head, _, body = line.partition(" = ")
        name, _, words = head.partition(" (")
        reader.read(name, words.removesuffix(")"), body)
    return reader.rules


@cache
def first(symbol: str) -> frozenset[str]:
    """Return the terminals that a symbol can begin with; with the empty string if it can be nothing."""
    if symbol not in rules():
        return frozenset({symbol})
    return frozenset[str]().union(*map(first_of_all, rules()[symbol].alternatives))


@cache
def first_of_all(symbols: Symbols) -> frozenset[str]:
    """Return the terminals that a sequence can begin with; with the empty string if it can be nothing."""
    terminals = frozenset({""})
    for symbol in symbols:
        if "" not in terminals:
            break
        terminals = terminals - {""} | first(symbol)
    return terminals


def expected_words(stack: Iterable[str]) -> list[str]:
    """Return what may stand next, in words, if these symbols are to follow, the nearest first."""
    words: dict[str, None] = {}
    for symbol in stack:
        _add_words(symbol, words)
        if "" not in first(symbol):
            break
    return [*words]


def _add_words(symbol: str, words: dict[str, None]) -> None:
    rule = rules().get(symbol)
    if rule is None:
        words[TERMINAL_WORDS.get(symbol) or (symbol if symbol[0].isalpha() else f'"{symbol}"')] = None
    elif rule.words:
        words[rule.words] = None
    else:
        for alternative in rule.alternatives:
            words |= dict.fromkeys(expected_words(alternative))


class _ProductionReader:
    """Reads rules; a part in brackets becomes a rule of its own."""

    def __init__(self) -> None:
        self.rules: dict[str, Production] = {}

    def read(self, name: str, words: str, body: str) -> None:
        texts = re.findall(r"'[^' ]+'|\S+", body)
        self.rules[name] = Production(self._alternatives(name, texts), words)

    def _alternatives(self, name: str, texts: list[str]) -> tuple[Symbols, ...]:
        """Take symbols up to the end or a closing bracket, which is taken too."""
        alternatives: list[list[str]] = [[]]
        while texts:
            written = texts.pop(0)
            if written in {")", "]", "}"}:
                break
            if written == "|":
                alternatives.append([])
            elif written in {"(", "[", "{"}:
                part = f"({name} {len(self.rules)}"
                # Its name is taken before its inner parts are read, whose names have the next numbers.
                self.rules[part] = Production(())
                inner = self._alternatives(name, texts)
                if written == "{":
                    # A repeated part ends in itself, so that alternatives are all that a production needs.
                    inner = tuple((*alternative, part) for alternative in inner)
                self.rules[part] = Production(inner if written == "(" else (*inner, ()))
                alternatives[-1].append(part)
            else:
                alternatives[-1].append(written.strip("'"))
        return tuple(map(tuple, alternatives))
