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
from kg.mapping.yaml_document import Items, Mapping, Node, Text

MOST_PROBLEMS = 200
"""Faults that one document is told of; the rest wait for the next run."""
MOST_KEYS = 8
"""Keys of a mapping that a message lists."""
LONGEST_SHOWN = 60
"""Code points of a value that a message repeats."""


def faults(root: Mapping, schema: Json, kind: str) -> list[Problem]:
    """Return what is wrong with a document's structure as a `kind` of document (a name in the schema's `$defs`)."""
    validator = _VALIDATOR({"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]})
    told = (problem for error in validator.iter_errors(_plain(root)) for problem in _told(root, error))
    return [*islice(_one_a_fault(told), MOST_PROBLEMS)]


def shown(value: str) -> str:
    """Return a value as a message repeats it, in quotation marks and cut short where it is long."""
    return repr(value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…")


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean …?)` with the known word nearest to a misspelt one; nothing where none is near."""
    near = get_close_matches(word[:LONGEST_SHOWN], known, n=1)
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
        fault = problem.location, problem.message.partition("; expected")[0]
        if fault not in seen:
            seen.add(fault)
            yield problem


def _plain(node: Node) -> Any:  # noqa: ANN401 - JSON
    if isinstance(node, Text):
        return node.value
    if isinstance(node, Items):
        return [_plain(each) for each in node.nodes]
    return {key: _plain(value) for key, value in node.nodes.items()}


def _told(root: Mapping, error: ValidationError) -> Iterator[Problem]:
    node: Node = root
    for step in error.absolute_path:
        node = _inner(node, step)
    if isinstance(node, Mapping) and error.validator == "additionalProperties":
        yield from _unknown(node, error)
    elif isinstance(node, Mapping) and error.validator == "required":
        yield from _missing(node, error)
    elif isinstance(node, Mapping) and error.validator in ("anyOf", "oneOf"):
        yield Problem(node.where, f"{_alternatives(node, error)}; expected {_expected(error)}.")
    elif isinstance(node, Mapping) and isinstance(error.instance, str):
        yield Problem(
            _at(node, error.instance), f"the key {shown(error.instance)} stands here; expected {_expected(error)}."
        )
    else:
        yield Problem(node.where, f"{_found(node)}; expected {_expected(error)}.")


def _inner(node: Node, step: str | int) -> Node:
    if isinstance(node, Items) and isinstance(step, int):
        return node.nodes[step]
    return node.nodes[step] if isinstance(node, Mapping) and isinstance(step, str) else node


def _unknown(node: Mapping, error: ValidationError) -> Iterator[Problem]:
    known = sorted(error.schema["properties"]) if isinstance(error.schema, dict) else []
    for key in node.keys:
        if key not in known:
            hint = nearest(key, known) or f"; known here: {', '.join(known)}"
            yield Problem(_at(node, key), f"the key {shown(key)} is not known here{hint}.")


def _at(node: Mapping, key: str) -> Location:
    where = node.keys[key].where
    path = ".".join(part for part in (where.key, key[:LONGEST_SHOWN]) if part)
    return Location(where.file, where.line, where.column, path)


def _missing(node: Mapping, error: ValidationError) -> Iterator[Problem]:
    schema = error.schema if isinstance(error.schema, dict) else {}
    required, known = schema["required"], schema["properties"]
    missing = next(key for key in required if key not in node.nodes and error.message.startswith(repr(key)))
    if not any(get_close_matches(key, known, n=1) == [missing] for key in node.nodes if key not in known):
        yield Problem(node.where, f"the key {missing!r} is missing here.")


def _alternatives(node: Mapping, error: ValidationError) -> str:
    schema = error.schema if isinstance(error.schema, dict) else {}
    keys = [key for each in schema[str(error.validator)] for key in each["required"]]
    if any(key in node.nodes for key in keys):
        return f"{' and '.join(f'`{key}`' for key in keys)} stand here together"
    return f"neither {' nor '.join(f'`{key}`' for key in keys)} stands here"


def _found(node: Node) -> str:
    if isinstance(node, Text):
        return f"{shown(node.value)} stands here" if node.value.strip() else "the value is empty"
    if not node.nodes:
        return "the list is empty" if isinstance(node, Items) else "the mapping is empty"
    if isinstance(node, Items):
        return "a list stands here"
    return f"a mapping with the keys {', '.join(list(node.nodes)[:MOST_KEYS])} stands here"


def _expected(error: ValidationError) -> str:
    schema = error.schema if isinstance(error.schema, dict) else {}
    if error.validator == "type" and "description" not in schema:
        return {"object": "a mapping", "array": "a list", "string": "text"}.get(
            str(error.validator_value), "another type"
        )
    return str(schema.get("description") or error.message)
