"""XML literals: an element's content in exclusive canonical form, as RDF 1.1 XML Syntax has it in section 7.2.17.

Exclusive XML Canonicalization 1.0: an element declares the namespaces that it and its attributes use, where none of
the elements around it has; attributes stand in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

SEPARATOR = "\x1f"
"""Stands between a name's namespace, its local name and its prefix: a character that no document can hold."""
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_ATTRIBUTE = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"})
_XML = "http://www.w3.org/XML/1998/namespace"


class _Name(NamedTuple):
    """A name, ordered as canonical XML orders attributes: by namespace, then by local name."""

    namespace: str
    local: str
    prefix: str

    @property
    def written(self) -> str:
        return f"{self.prefix}:{self.local}" if self.prefix else self.local


class XmlLiteral:
    """Gathers the events of a literal's content; `text` is its lexical form."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open: list[tuple[str, list[tuple[str, str | None]]]] = []
        self._declared: dict[str, str] = {"xml": _XML}

    @property
    def text(self) -> str:
        """Return the lexical form."""
        return "".join(self._parts)

    @property
    def depth(self) -> int:
        """Return how many elements are open."""
        return len(self._open)

    def start(self, name: str, attributes: Sequence[str]) -> None:
        """Take an element's beginning; names and values of attributes follow one another."""
        element = _name(name)
        own = sorted(zip(map(_name, attributes[::2]), attributes[1::2], strict=True))
        used = {name.prefix: name.namespace for name, _ in own if name.prefix} | {element.prefix: element.namespace}
        declared = list(self._declare(used))
        self._open.append((element.written, declared))
        namespaces = [(f"xmlns:{prefix}" if prefix else "xmlns", used[prefix]) for prefix, _ in declared]
        pairs = [*namespaces, *((name.written, value) for name, value in own)]
        inner = "".join(f' {name}="{value.translate(_ATTRIBUTE)}"' for name, value in pairs)
        self._parts.append(f"<{element.written}{inner}>")

    def end(self) -> None:
        """Take the end of the element that began last."""
        written, declared = self._open.pop()
        for prefix, before in declared:
            if before is None:
                del self._declared[prefix]
            else:
                self._declared[prefix] = before
        self._parts.append(f"</{written}>")

    def characters(self, text: str) -> None:
        """Take text."""
        self._parts.append(text.translate(_TEXT))

    def comment(self, text: str) -> None:
        """Take a comment."""
        self._parts.append(f"<!--{text}-->")

    def instruction(self, target: str, data: str) -> None:
        """Take a processing instruction."""
        self._parts.append(f"<?{target} {data}?>" if data else f"<?{target}?>")

    def _declare(self, used: dict[str, str]) -> Iterator[tuple[str, str | None]]:
        """Declare the namespaces that are not declared yet; yield the prefix of each, and its namespace before."""
        # In the order of their prefixes, as canonical XML has namespaces (C14N 1.0, section 2.2).
        for prefix in sorted(used):
            before = self._declared.get(prefix)
            # Where nothing is declared, an element without a namespace is in none as it is: xmlns="" would be left out.
            if (before or "") != used[prefix]:
                self._declared[prefix] = used[prefix]
                yield prefix, before


def split_name(name: str) -> tuple[str, str]:
    """Return the namespace of a name, empty if it has none, and its local name."""
    namespace, local, _ = _name(name)
    return namespace, local


def _name(name: str) -> _Name:
    if SEPARATOR not in name:
        return _Name("", name, "")
    # Two parts are a namespace and a local name: an element under a default namespace has no prefix.
    namespace, local, *prefix = name.split(SEPARATOR)
    return _Name(namespace, local, *(prefix or [""]))
