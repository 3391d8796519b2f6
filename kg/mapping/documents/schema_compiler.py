"""JSON Schemas compiled to functions that check whether a document's nodes conform.

Nearly every document conforms, and the validator takes ten times as long to find that out; it reports the faults of the
others. A node that meets a keyword without a translation counts as nonconforming, so that the validator decides:
slower, but never wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import Any

from kg.mapping.documents.yaml_document import YamlList, YamlMapping, YamlNode, YamlText

Check = Callable[[Any], bool]
Json = dict[str, Any]
NODE_CLASSES: dict[str, type[YamlNode]] = {"string": YamlText, "array": YamlList, "object": YamlMapping}
"""The classes of nodes by JSON type; no node is a number, a Boolean or null."""
ANNOTATIONS = frozenset({"default", "description", "examples", "title"})
"""Keywords that restrict nothing."""


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return a pattern compiled with the ECMA-262 meaning of `$`; in Python, a line end may follow it."""
    return re.compile(re.sub(r"\$$", r"\\Z", pattern))


class UntranslatedKeywordError(Exception):
    """A node meets a keyword that has no translation: only the validator can decide whether it conforms."""


class SchemaChecks:
    """The checks of a schema's definitions, each compiled when it is first needed."""

    def __init__(self, definitions: Json) -> None:
        self._definitions = definitions
        self._compiled: dict[str, Check] = {}

    def __reduce__(self) -> tuple[type[SchemaChecks], tuple[Json]]:
        """Pickle only the definitions, which another process compiles itself: functions cannot be sent to it."""
        return SchemaChecks, (self._definitions,)

    def conforms(self, name: str, node: YamlNode) -> bool:
        """Return whether a node conforms to the definition with a name; only False can be wrong."""
        # Raised rather than returned: under `oneOf` and `if`, a part that does not conform can make the whole conform.
        try:
            return self._conforms(name, node)
        except UntranslatedKeywordError:
            return False

    def _conforms(self, name: str, node: YamlNode) -> bool:
        check = self._compiled.get(name)
        if check is None:
            check = self._compiled[name] = self._check(self._definitions[name])
        return check(node)

    def _check(self, schema: Any) -> Check:  # noqa: ANN401 -- JSON
        if isinstance(schema, bool):
            return lambda _: schema
        types = schema.get("type", [*NODE_CLASSES])
        classes = [NODE_CLASSES.get(name) for name in ([types] if isinstance(types, str) else types)]
        checks: dict[type[YamlNode], list[Check]] = {class_: [] for class_ in classes if class_}
        for class_, check in self._translations({key: schema[key] for key in schema.keys() - ANNOTATIONS - {"type"}}):
            checks.get(class_, []).append(check)
        by_class = {class_: _conjunction(of_class) for class_, of_class in checks.items()}
        return lambda node: (check := by_class.get(type(node))) is not None and check(node)

    def _translations(self, schema: Json) -> Iterator[tuple[type[YamlNode], Check]]:
        """Yield the checks of a schema without annotations, each with the class of nodes that it applies to."""
        left = {**schema}
        if "pattern" in left:
            search = compile_pattern(left.pop("pattern")).search
            yield YamlText, lambda text: search(text.value) is not None
        if "maxLength" in left:
            longest = left.pop("maxLength")
            yield YamlText, lambda text: len(text.value) <= longest
        if "minItems" in left:
            fewest_items = left.pop("minItems")
            yield YamlList, lambda list_: len(list_.nodes) >= fewest_items
        if "items" in left:
            item = self._check(left.pop("items"))
            yield YamlList, lambda list_: all(map(item, list_.nodes))
        if "minProperties" in left:
            fewest_keys = left.pop("minProperties")
            yield YamlMapping, lambda mapping: len(mapping.nodes) >= fewest_keys
        if "propertyNames" in left:
            name = self._check(left.pop("propertyNames"))
            yield YamlMapping, lambda mapping: all(name(YamlText(mapping.location, key, 0, 0)) for key in mapping.nodes)
        if "required" in left:
            required = frozenset(left.pop("required"))
            yield YamlMapping, lambda mapping: required <= mapping.nodes.keys()
        if left.keys() & {"properties", "additionalProperties"}:
            known = {key: self._check(value) for key, value in left.pop("properties", {}).items()}
            other = self._check(left.pop("additionalProperties", True))
            yield YamlMapping, lambda mapping: all(known.get(key, other)(node) for key, node in mapping.nodes.items())
        for check in self._combinations(left):
            yield from ((class_, check) for class_ in NODE_CLASSES.values())

    def _combinations(self, schema: Json) -> Iterator[Check]:
        left = {**schema}
        if "$ref" in left:
            # By name, since definitions may refer to themselves.
            yield partial(self._conforms, left.pop("$ref").removeprefix("#/$defs/"))
        if "enum" in left:
            values = frozenset(filter(lambda value: isinstance(value, str), left.pop("enum")))
            yield lambda node: isinstance(node, YamlText) and node.value in values
        yield from map(self._check, left.pop("allOf", ()))
        if "anyOf" in left:
            alternatives = [*map(self._check, left.pop("anyOf"))]
            yield lambda node: any(check(node) for check in alternatives)
        if "oneOf" in left:
            choices = [*map(self._check, left.pop("oneOf"))]
            yield lambda node: sum(check(node) for check in choices) == 1
        if "if" in left:
            condition, then, else_ = (self._check(left.pop(key, {})) for key in ("if", "then", "else"))
            yield lambda node: then(node) if condition(node) else else_(node)
        if left:
            yield _refuse_to_tell


def _conjunction(checks: list[Check]) -> Check:
    return checks[0] if len(checks) == 1 else lambda node: all(check(node) for check in checks)


def _refuse_to_tell(node: YamlNode) -> bool:
    raise UntranslatedKeywordError(node.location)
