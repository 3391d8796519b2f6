"""Recognizes queries that cost next to nothing, whatever the data: `ASK {}`, and one triple pattern.

The engine finds each solution of one triple pattern in an index, in one step, so the bytes of the answer bound the
cost. None of the rewritings, and nothing of the policy, concerns such a text: the engine gets it as it is.
"""

from __future__ import annotations

import re

from kg.sparql.protocol import QueryForm

MAX_CHARACTERS = 4096
# The repetitions are possessive, so that a text fails at its first difference, without backtracking.
_SPACE = r"(?:[ \t\r\n]++|#[^\r\n]*+[\r\n])"
_IRI = r"<[!#-;=?-\[\]_a-z~]*+>"
_NAME = r"[A-Za-z][A-Za-z0-9_]*+:[A-Za-z0-9_]++(?:-[A-Za-z0-9_]++)*+"
_VARIABLE = r"[?$][A-Za-z_][A-Za-z0-9_]*+"
_STRING = r'"[^"\r\n]*+"(?:@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)?'
_ENTITY = f"{_VARIABLE}|{_IRI}|{_NAME}"
_PATTERN = (
    rf"(?P<subject>{_ENTITY}){_SPACE}++(?P<predicate>{_ENTITY}|a){_SPACE}++(?P<object>{_ENTITY}|{_STRING}){_SPACE}*+"
    rf"(?:\.{_SPACE}*+)?+"
)
_QUERY = re.compile(
    rf"(?:{_SPACE}|PREFIX[ \t]++[A-Za-z]?[A-Za-z0-9_]*+:[ \t]*+{_IRI})*+"
    rf"(?:(?P<ask>ASK)(?![A-Za-z0-9_])|SELECT(?P<selected>{_SPACE}*+\*|(?:{_SPACE}++{_VARIABLE})++)){_SPACE}*+(?:WHERE{_SPACE}*+)?+"
    rf"\{{{_SPACE}*+(?:{_PATTERN})?+\}}"
    rf"{_SPACE}*+(?:LIMIT{_SPACE}++[0-9]{{1,9}}(?![^ \t\r\n#]){_SPACE}*+)?+(?:#[^\r\n]*+)?",
    re.IGNORECASE | re.ASCII,
)
_VARIABLES = re.compile(_VARIABLE, re.ASCII)


def immediate_form(text: str) -> QueryForm | None:
    """Return the form of such a query, whose terms may still be in error; None for any other text."""
    # With an escape, a comment may end where none seems to (SPARQL 1.1 Query, section 19.2).
    if len(text) > MAX_CHARACTERS or "\\" in text:
        return None
    match = _QUERY.fullmatch(text)
    if match is None:
        return None
    terms = [term for term in match.group("subject", "predicate", "object") if term is not None]
    variables = [term[1:] for term in terms if term[0] in "?$"]
    # A variable that occurs twice makes the engine look for solutions among many candidates.
    if len(variables) != len({*variables}):
        return None
    if match["ask"]:
        return QueryForm.ASK
    selected = [name[1:] for name in _VARIABLES.findall(match["selected"])]
    # Each solution has to add to the answer's bytes.
    if not variables or len(selected) != len({*selected}) or not {*selected} <= {*variables}:
        return None
    return QueryForm.SELECT
