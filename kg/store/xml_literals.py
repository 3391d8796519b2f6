"""XML literals: an element's content in exclusive canonical form (RDF 1.1 XML Syntax, section 7.2.17).

In Exclusive XML Canonicalization 1.0, an element declares the namespaces that it and its attributes use unless an
enclosing element has declared them, and attributes are sorted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

SEPARATOR = "\x1f"
"""Separates a name's namespace, local name and prefix: a character that XML documents cannot contain."""
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_ATTRIBUTE = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"})
_XML = "http://www.w3.org/XML/1998/namespace"


class _Name(NamedTuple):
    """A name, which sorts as attributes do in canonical XML: by namespace, then by local name."""

    namespace: str
    local: str
    prefix: str

    @property
    def written(self) -> str:
        return f"{self.prefix}:{self.local}" if self.prefix else self.local


class XmlLiteral:
    """Collects the events of a literal's content; `text` is its lexical form."""

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
        """Return the number of open elements."""
        return len(self._open)

    def start(self, name: str, attributes: Sequence[str]) -> None:
        """Handle the start of an element; `attributes` alternates names and values."""
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
        """Handle the end of the innermost open element."""
        written, declared = self._open.pop()
        for prefix, before in declared:
            if before is None:
                del self._declared[prefix]
            else:
                self._declared[prefix] = before
        self._parts.append(f"</{written}>")

    def characters(self, text: str) -> None:
        """Handle text."""
        self._parts.append(text.translate(_TEXT))

    def comment(self, text: str) -> None:
        """Handle a comment."""
        self._parts.append(f"<!--{text}-->")

    def instruction(self, target: str, data: str) -> None:
        """Handle a processing instruction."""
        self._parts.append(f"<?{target} {data}?>" if data else f"<?{target}?>")

    def _declare(self, used: dict[str, str]) -> Iterator[tuple[str, str | None]]:
        """Declare the namespaces that are not declared yet; yield the prefix and the previous namespace of each."""
        # Sorted by prefix, as in canonical XML (C14N 1.0, section 2.2).
        for prefix in sorted(used):
            before = self._declared.get(prefix)
            # Without a declared default namespace, an element needs no xmlns="" to be in none.
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
    # Two parts are the namespace and the local name: an element in a default namespace has no prefix.
    namespace, local, *prefix = name.split(SEPARATOR)
    return _Name(namespace, local, *(prefix or [""]))
