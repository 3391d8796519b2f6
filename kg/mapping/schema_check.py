"""The structure of a mapping document: the JSON Schema that editors use too, with each fault's place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError

from kg.errors import Location, Problem
from kg.mapping.mapping_vocabulary import Json
from kg.mapping.yaml_document import YamlList, YamlMapping, YamlNode, YamlText

MAX_PROBLEMS_PER_DOCUMENT = 200
"""Faults that one document is told of; the rest wait for the next run."""
MAX_KEYS_SHOWN = 8
"""Keys of a mapping that a message lists."""
MAX_SHOWN_CHARACTERS = 60
"""Code points of a value that a message repeats."""


def schema_faults(root: YamlMapping, schema: Json, kind: str) -> list[Problem]:
    """Return what is wrong with a document's structure as a `kind` of document (a name in the schema's `$defs`)."""
    validator = _VALIDATOR({"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]})
    told = (problem for error in validator.iter_errors(_plain(root)) for problem in _told(root, error))
    return [*islice(_one_a_fault(told), MAX_PROBLEMS_PER_DOCUMENT)]


def shown(value: str) -> str:
    """Return a value as a message repeats it, in quotation marks and cut short where it is long."""
    return repr(value if len(value) <= MAX_SHOWN_CHARACTERS else f"{value[:MAX_SHOWN_CHARACTERS]}…")


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean …?)` with the known word nearest to a misspelt one; nothing where none is near."""
    near = get_close_matches(word[:MAX_SHOWN_CHARACTERS], known, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _pattern(_: object, pattern: str, instance: object, __: object) -> Iterator[ValidationError]:
    """Check a pattern as ECMA-262 means it: Python's `$` lets a line end follow."""
    if isinstance(instance, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


_VALIDATOR = validators.extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]


def _one_a_fault(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Pass over what breaks a second rule at one place: a list where text must stand breaks two."""
    seen: set[tuple[Location, str]] = set()
    for problem in problems:
        expected_literal = problem.location, problem.message.partition("; expected")[0]
        if expected_literal not in seen:
            seen.add(expected_literal)
            yield problem


def _plain(node: YamlNode) -> Any:  # noqa: ANN401 - JSON
    if isinstance(node, YamlText):
        return node.value
    if isinstance(node, YamlList):
        return [_plain(each) for each in node.nodes]
    return {key: _plain(value) for key, value in node.nodes.items()}


def _told(root: YamlMapping, error: ValidationError) -> Iterator[Problem]:
    node: YamlNode = root
    for step in error.absolute_path:
        node = _inner(node, step)
    if isinstance(node, YamlMapping) and error.validator == "additionalProperties":
        yield from _unknown(node, error)
    elif isinstance(node, YamlMapping) and error.validator == "required":
        yield from _missing(node, error)
    elif isinstance(node, YamlMapping) and error.validator in ("anyOf", "oneOf"):
        yield Problem(node.location, f"{_alternatives(node, error)}; expected {_expected(error)}.")
    elif isinstance(node, YamlMapping) and isinstance(error.instance, str):
        yield Problem(
            _at(node, error.instance), f"the key {shown(error.instance)} stands here; expected {_expected(error)}."
        )
    else:
        yield Problem(node.location, f"{_found(node)}; expected {_expected(error)}.")


def _inner(node: YamlNode, step: str | int) -> YamlNode:
    if isinstance(node, YamlList) and isinstance(step, int):
        return node.nodes[step]
    return node.nodes[step] if isinstance(node, YamlMapping) and isinstance(step, str) else node


def _unknown(node: YamlMapping, error: ValidationError) -> Iterator[Problem]:
    known = sorted(error.schema["properties"]) if isinstance(error.schema, dict) else []
    for key in node.keys:
        if key not in known:
            hint = suggestion(key, known) or f"; known here: {', '.join(known)}"
            yield Problem(_at(node, key), f"the key {shown(key)} is not known here{hint}.")


def _at(node: YamlMapping, key: str) -> Location:
    location = node.keys[key].location
    path = ".".join(part for part in (location.key, key[:MAX_SHOWN_CHARACTERS]) if part)
    return Location(location.file, location.line, location.column, path)


def _missing(node: YamlMapping, error: ValidationError) -> Iterator[Problem]:
    schema = error.schema if isinstance(error.schema, dict) else {}
    required, known = schema["required"], schema["properties"]
    missing = next(key for key in required if key not in node.nodes and error.message.startswith(repr(key)))
    if not any(get_close_matches(key, known, n=1) == [missing] for key in node.nodes if key not in known):
        yield Problem(node.location, f"the key {missing!r} is missing here.")


def _alternatives(node: YamlMapping, error: ValidationError) -> str:
    schema = error.schema if isinstance(error.schema, dict) else {}
    keys = [key for each in schema[str(error.validator)] for key in each["required"]]
    if any(key in node.nodes for key in keys):
        return f"{' and '.join(f'`{key}`' for key in keys)} stand here together"
    return f"neither {' nor '.join(f'`{key}`' for key in keys)} stands here"


def _found(node: YamlNode) -> str:
    if isinstance(node, YamlText):
        return f"{shown(node.value)} stands here" if node.value.strip() else "the value is empty"
    if not node.nodes:
        return "the list is empty" if isinstance(node, YamlList) else "the mapping is empty"
    if isinstance(node, YamlList):
        return "a list stands here"
    return f"a mapping with the keys {', '.join(list(node.nodes)[:MAX_KEYS_SHOWN])} stands here"


def _expected(error: ValidationError) -> str:
    schema = error.schema if isinstance(error.schema, dict) else {}
    if error.validator == "type" and "description" not in schema:
        return {"object": "a mapping", "array": "a list", "string": "text"}.get(
            str(error.validator_value), "another type"
        )
    return str(schema.get("description") or error.message)
