"""Validates mapping documents against the JSON Schema that editors also use, with the location of each fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from kg.errors import Location, Problem
from kg.mapping.documents.mapping_vocabulary import Json
from kg.mapping.documents.schema_compiler import compile_pattern
from kg.mapping.documents.yaml_document import YamlList, YamlMapping, YamlNode, YamlText, to_json

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

MAX_PROBLEMS_PER_DOCUMENT = 200
"""The most faults of one document that are reported at a time."""
MAX_KEYS_SHOWN = 8
"""The most keys of a mapping that a message lists."""
MAX_SHOWN_CHARACTERS = 60
"""The most code points of a value that a message repeats."""

ACROSS_ARTICLES = "article:"
"""How a reference to a node of another article begins."""
KEYS_ACROSS_ARTICLES = (("links", ("linkSubject", "linkObject")), ("the authority", ("accounts", "tellings")))
"""The keys whose values can be nodes of other articles, by the section or document that contains them."""


def schema_faults(root: YamlMapping, schema: Json, kind: str) -> list[Problem]:
    """Return the structural faults of a document of a kind, as named in the schema's `$defs`."""
    definition = {"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]}
    errors = _validator()(definition).iter_errors(to_json(root))
    # Lazily, since a file that is not a mapping document at all has countless faults.
    problems = (problem for error in errors for problem in _problems_of(root, error))
    return [*islice(_first_per_fault(problems), MAX_PROBLEMS_PER_DOCUMENT)]


def is_valid_json(value: Any, schema: Json) -> bool:  # noqa: ANN401 -- JSON
    """Return whether a JSON value conforms to a schema."""
    return _validator()(schema).is_valid(value)


def shown(value: str) -> str:
    """Return a value as a message shows it, in quotation marks and truncated."""
    return repr(value if len(value) <= MAX_SHOWN_CHARACTERS else f"{value[:MAX_SHOWN_CHARACTERS]}…")


def suggestion(word: str, known: Iterable[str], prefix: str = "") -> str:
    """Return ` (did you mean …?)` with the known word most similar to a misspelt one, empty if none is similar.

    `prefix` is what comes before the word as typed, and is part of the suggestion.
    """
    matches = get_close_matches(word[:MAX_SHOWN_CHARACTERS], known, n=1)
    return f" (did you mean {prefix + matches[0]!r}?)" if matches else ""


@cache
def _validator() -> type[Validator]:
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415 -- only for documents that do not conform
    from jsonschema.exceptions import ValidationError  # noqa: PLC0415

    def pattern_faults(_: object, pattern: str, instance: object, __: object) -> Iterator[ValidationError]:
        if isinstance(instance, str) and not compile_pattern(pattern).search(instance):
            yield ValidationError(f"{instance!r} does not match {pattern!r}")

    validator: type[Validator] = validators.extend(Draft202012Validator, {"pattern": pattern_faults})  # type: ignore[no-untyped-call]
    return validator


def _first_per_fault(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the first of several problems with the same value: a list instead of text breaks two rules."""
    seen: set[tuple[Location, str]] = set()
    for problem in problems:
        fault = problem.location, problem.message.partition("; expected")[0]
        if fault not in seen:
            seen.add(fault)
            yield problem


def _problems_of(root: YamlMapping, error: ValidationError) -> Iterator[Problem]:
    # The validator only sees JSON: the path of an error leads to the node, which has its location in the file.
    node: YamlNode = root
    for step in error.absolute_path:
        node = _child(node, step)
    if isinstance(node, YamlMapping) and error.validator == "additionalProperties":
        yield from _unknown_keys(node, error)
    elif isinstance(node, YamlMapping) and error.validator == "required":
        yield from _missing_key(node, error)
    elif isinstance(node, YamlMapping) and error.validator in ("anyOf", "oneOf"):
        yield Problem(node.location, f"{_present_alternatives(node, error)}; expected {_expected(error)}.")
    elif isinstance(node, YamlMapping) and isinstance(error.instance, str):
        yield Problem(
            _key_location(node, error.instance),
            f"found the key {shown(error.instance)}; expected {_expected(error)}.",
        )
    else:
        places = _places_across_articles(node, error)
        yield Problem(node.location, f"{_description(node)}; expected {_expected(error)}{places}.")


def _places_across_articles(node: YamlNode, error: ValidationError) -> str:
    """Return a sentence on where references to other articles may be; empty if the node is not such a reference."""
    expected = _expected(error)
    is_reference = error.validator == "pattern" and "identifier" in expected and ACROSS_ARTICLES not in expected
    if not (is_reference and isinstance(node, YamlText) and node.value.startswith(ACROSS_ARTICLES)):
        return ""
    places = " and in ".join(f"`{'` and `'.join(keys)}` of {holder}" for holder, keys in KEYS_ACROSS_ARTICLES)
    return f". References to other articles ({ACROSS_ARTICLES}SLUG/kind/name) are allowed only in {places}"


def _child(node: YamlNode, step: str | int) -> YamlNode:
    if isinstance(node, YamlList) and isinstance(step, int):
        return node.nodes[step]
    return node.nodes[step] if isinstance(node, YamlMapping) and isinstance(step, str) else node


def _unknown_keys(node: YamlMapping, error: ValidationError) -> Iterator[Problem]:
    known = sorted(error.schema["properties"]) if isinstance(error.schema, dict) else []
    for key in node.keys:
        if key not in known:
            hint = suggestion(key, known) or f"; known here: {', '.join(known)}"
            if " " in key:  # YAML reads what follows a comma inside { } as a key
                hint = "; if it belongs to the value before it, put that value in quotation marks"
            yield Problem(_key_location(node, key), f"the key {shown(key)} is not known here{hint}.")


def _key_location(node: YamlMapping, key: str) -> Location:
    location = node.keys[key].location
    path = ".".join(part for part in (location.key, key[:MAX_SHOWN_CHARACTERS]) if part)
    return Location(location.file, location.line, location.column, path)


def _missing_key(node: YamlMapping, error: ValidationError) -> Iterator[Problem]:
    schema = error.schema if isinstance(error.schema, dict) else {}
    required, known = schema["required"], schema["properties"]
    # The validator reports each missing key separately, and names it only in its message.
    missing = next(key for key in required if key not in node.nodes and error.message.startswith(repr(key)))
    # A misspelt key is already reported as unknown, with this one as the suggestion.
    if not any(get_close_matches(key, known, n=1) == [missing] for key in node.nodes if key not in known):
        yield Problem(node.location, f"the key {missing!r} is missing here.")


def _present_alternatives(node: YamlMapping, error: ValidationError) -> str:
    schema = error.schema if isinstance(error.schema, dict) else {}
    keys = [key for branch in schema[str(error.validator)] for key in branch["required"]]
    if any(key in node.nodes for key in keys):
        return f"{' and '.join(f'`{key}`' for key in keys)} are both present"
    return f"neither {' nor '.join(f'`{key}`' for key in keys)} is present"


def _description(node: YamlNode) -> str:
    if isinstance(node, YamlText):
        return f"found {shown(node.value)}" if node.value.strip() else "the value is empty"
    if not node.nodes:
        return "the list is empty" if isinstance(node, YamlList) else "the mapping is empty"
    if isinstance(node, YamlList):
        return "found a list"
    return f"found a mapping with the keys {', '.join(list(node.nodes)[:MAX_KEYS_SHOWN])}"


def _expected(error: ValidationError) -> str:
    schema = error.schema if isinstance(error.schema, dict) else {}
    if error.validator == "type" and "description" not in schema:
        return {"object": "a mapping", "array": "a list", "string": "text"}.get(
            str(error.validator_value), "another type"
        )
    return str(schema.get("description") or error.message)
