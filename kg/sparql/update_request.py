"""Parses a SPARQL update: its operations, the graphs that each may write, and its USING clauses.

The text is parsed strictly, by SPARQL's rule of the longest token (SPARQL 1.1 Update, section 3), so that an allowed
operation writes only the graphs listed here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kg.errors import ForbiddenError, RequestError
from kg.sparql.lexer import END, Token, TokenKind, syntax_error, unescaped, unexpected
from kg.sparql.policy import allowed_text
from kg.sparql.prologue import Prologue, read_prologue
from kg.sparql.protocol import STORED, RequestDataset
from kg.sparql.query_request import called_functions, check_graphs, refuse_sparql12
from kg.sparql.tokenized_text import TokenizedText
from kg.sparql.workarounds.altered_literals import refuse_altered_in_text, with_strdt


@dataclass(frozen=True)
class Targets:
    """The graphs that an operation may write: by name (None: the default graph), all named graphs, or unforeseeable."""

    names: frozenset[str | None] = frozenset()
    all_named: bool = False
    unforeseeable: bool = False

    def __or__(self, other: Targets) -> Targets:
        return Targets(
            self.names | other.names, self.all_named or other.all_named, self.unforeseeable or other.unforeseeable
        )


@dataclass(frozen=True)
class Operation:
    """An operation: its text is `verb`, `rest`, the USING clauses and `where`; `reads` is whether it reads the data."""

    prologue: Prologue
    targets: Targets
    verb: str
    """Its first keyword as written: INSERT, DELETE, WITH, CLEAR …"""
    rest: str
    """The text after the keyword, up to USING and WHERE."""
    using: RequestDataset = STORED
    where: TokenizedText = field(default=TokenizedText(""), compare=False)
    """Its WHERE; only an operation with a WHERE accepts USING."""
    reads: bool = True
    is_data: bool = False
    """Whether it is INSERT DATA or DELETE DATA."""
    is_reworded: bool = False
    """Whether it differs from the request's own text."""
    with_graph: str | None = None
    """The graph that WITH names."""
    source: str | None = None
    """The source graph of COPY, MOVE or ADD, which must exist unless the operation is SILENT."""

    @property
    def as_written(self) -> bool:
        """Return whether the request's own text can run: it is not reworded, and has no union of USING graphs."""
        return not self.is_reworded and len(self.using.default) <= 1

    @property
    def deletes(self) -> bool:
        """Return whether the operation begins with DELETE."""
        return self.verb.upper() == "DELETE"

    def text(self) -> str:
        """Return the operation as SPARQL, with its prologue."""
        return f"{self.prologue.text()}{self.body()}"

    def body(self) -> str:
        """Return the operation as SPARQL, without its prologue."""
        default = "".join(f" USING <{name}>" for name in self.using.default)
        named = "".join(f" USING NAMED <{name}>" for name in self.using.named)
        return f"{self.verb}{self.rest}{default}{named} {self.where.text}"


@dataclass(frozen=True)
class Update:
    """An update that the policy allows."""

    tokenized: TokenizedText
    operations: tuple[Operation, ...]
    functions: tuple[str, ...]
    has_later_prologue: bool = False
    """Whether a prologue follows the first operation, which SPARQL allows and the engine does not support."""


def read_update(text: str, base: str | None, protocol: RequestDataset) -> Update:
    """Parse an update and apply the policy; a protocol dataset together with USING or WITH is an error (2.2.3)."""
    tokenized = allowed_text(unescaped(text))
    refuse_sparql12(tokenized, "updates are of SPARQL 1.1, since the store holds RDF 1.1")
    # Before the operations are parsed, so that each of them has the text that runs.
    if any(token.is_word("STRDT") for token in tokenized.tokens):
        tokenized = with_strdt(tokenized)
    reader = _UpdateReader(tokenized, Prologue(base, {}))
    operations = reader.operations()
    check_graphs((*protocol.default, *protocol.named))
    if protocol.default or protocol.named:
        operations = [_with_protocol(operation, protocol) for operation in operations]
    functions = called_functions(tokenized, reader.prologue)
    return Update(tokenized, tuple(operations), functions, reader.has_later_prologue)


def _with_protocol(operation: Operation, protocol: RequestDataset) -> Operation:
    if operation.with_graph is not None or operation.using != STORED:
        raise RequestError(
            "The request names a dataset with using-graph-uri, and its text does with USING or WITH too."
        )
    return replace(operation, using=protocol, is_reworded=True) if operation.where.text else operation


class _UpdateReader:
    """Reads the operations of an update, one token after another."""

    def __init__(self, tokenized: TokenizedText, prologue: Prologue) -> None:
        self.text, self.prologue = tokenized.text, prologue
        self._tokenized, self._tokens, self._at = tokenized, tokenized.tokens, 0
        self.has_later_prologue = False

    def operations(self) -> list[Operation]:
        operations: list[Operation] = []
        while True:
            start = self._at
            self.prologue, self._at = read_prologue(self.text, self._tokens, start, self.prologue)
            self.has_later_prologue |= bool(operations) and self._at > start
            if self._at == len(self._tokens):
                return operations
            first = self._at
            operations.append(self._operation())
            # With the prefixes declared so far: a later prologue may redefine them.
            refuse_altered_in_text(self._tokens[first : self._at], self._resolved)
            if self._at < len(self._tokens):
                self._expect(";")

    def _operation(self) -> Operation:
        token = self._next()
        verb = token.text.upper() if token.kind is TokenKind.WORD else ""
        # The engine accepts a keyword without a space after it (`LOADex:a`): see `policy`.
        if verb == "LOAD" or token.text.upper().startswith("LOAD"):
            raise ForbiddenError(
                "LOAD asks for a connection or a file, which this endpoint never opens; send the triples."
            )
        if verb in ("CLEAR", "DROP", "CREATE"):
            return self._management(verb, token)
        if verb in ("COPY", "MOVE", "ADD"):
            return self._transfer(verb, token)
        if verb in ("INSERT", "DELETE") and self._takes("DATA"):
            targets = self._quads(frozenset({None}))
            return Operation(self.prologue, targets, token.text, self._rest(token), reads=False, is_data=True)
        if verb in ("INSERT", "DELETE", "WITH"):
            return self._modify(verb, token)
        raise unexpected(self.text, token, "an operation such as INSERT DATA or DELETE")

    def _management(self, verb: str, token: Token) -> Operation:
        is_silent = self._takes("SILENT")
        if verb == "CREATE" or self._peek().is_word("GRAPH"):
            self._expect("GRAPH")
            targets = Targets(frozenset({self._iri()}))
        elif self._takes("DEFAULT"):
            targets = Targets(frozenset({None}))
        elif self._takes("NAMED"):
            targets = Targets(all_named=True)
        else:
            self._expect("ALL")
            targets = Targets(frozenset({None}), all_named=True)
        rest = self._rest(token)
        if verb == "CLEAR" and not is_silent:  # an absent graph is already as empty as CLEAR makes it
            return Operation(self.prologue, targets, verb, f" SILENT{rest}", reads=False, is_reworded=True)
        return Operation(self.prologue, targets, token.text, rest, reads=False)

    def _transfer(self, verb: str, token: Token) -> Operation:
        is_silent = self._takes("SILENT")
        source = self._graph_or_default()
        self._expect("TO")
        target = self._graph_or_default()
        # MOVE removes its source (SPARQL 1.1 Update, section 3.2.4), so it writes there too.
        written = {source, target} if verb == "MOVE" else {target}
        # The engine treats an absent source as an empty one, so its existence is checked before the operation runs.
        required = None if is_silent else source
        return Operation(self.prologue, Targets(frozenset(written)), token.text, self._rest(token), source=required)

    def _modify(self, verb: str, token: Token) -> Operation:
        with_graph = self._iri() if verb == "WITH" else None
        if verb == "WITH":
            if not self._peek().is_word("DELETE", "INSERT"):
                raise unexpected(self.text, self._peek(), "DELETE or INSERT")
            verb = self._next().text.upper()
        if verb == "DELETE" and self._takes("WHERE"):
            return self._delete_where(token)
        default = frozenset({with_graph})
        targets = self._quads(default)
        if verb == "DELETE" and self._takes("INSERT"):
            targets |= self._quads(default)
        rest = self._rest(token)
        using = self._using()
        begin = self._at
        self._expect("WHERE")
        self._group()
        where = self._tokenized.part(begin, self._at)
        return Operation(self.prologue, targets, token.text, rest, using, where, with_graph=with_graph)

    def _delete_where(self, token: Token) -> Operation:
        if token.is_word("WITH"):
            raise unexpected(self.text, self._peek(), "a template: DELETE WHERE takes no WITH")
        opening = self._at
        targets = self._quads(frozenset({None}))
        # Split into template and pattern, since a protocol's USING can only precede a WHERE that follows a template.
        where = self._tokenized.part(opening - 1, self._at)
        return Operation(self.prologue, targets, "DELETE", f" {self._tokenized.raw(opening, self._at)}", where=where)

    def _using(self) -> RequestDataset:
        default: list[str] = []
        named: list[str] = []
        while self._takes("USING"):
            (named if self._takes("NAMED") else default).append(self._iri())
        check_graphs((*default, *named))
        return RequestDataset(tuple(dict.fromkeys(default)), tuple(dict.fromkeys(named)))

    def _quads(self, default: frozenset[str | None]) -> Targets:
        """Parse a block of quads and return the graphs that it names; triples outside GRAPH belong to `default`."""
        self._expect("{")
        targets = Targets()
        while not self._peek().is_sign("}"):
            if self._takes("GRAPH"):
                # The graphs of a variable are known only once WHERE has been evaluated.
                variable = self._peek().kind is TokenKind.VARIABLE
                targets |= Targets(unforeseeable=True) if variable else Targets(frozenset({self._iri()}))
                if variable:
                    self._at += 1
                self._group()
            elif not self._takes("."):
                # The triples themselves are left to the engine's parser: only the graphs matter here.
                if self._peek().is_sign("{"):
                    raise unexpected(self.text, self._peek(), "a triple or GRAPH")
                self._next()
                targets |= Targets(default)
        self._expect("}")
        return targets

    def _group(self) -> None:
        self._expect("{")
        # The content of the group is left to the engine: only graphs named outside it are written.
        self._at = self._tokenized.closing[self._at - 1] + 1

    def _graph_or_default(self) -> str | None:
        if self._takes("DEFAULT"):
            return None
        self._takes("GRAPH")
        return self._iri()

    def _resolved(self, token: Token) -> str:
        return self.prologue.resolve(self.text, token)

    def _iri(self) -> str:
        token = self._next()
        if token.kind not in (TokenKind.IRI, TokenKind.NAME):
            raise unexpected(self.text, token, "the name of a graph")
        return self._resolved(token)

    def _peek(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else END

    def _next(self) -> Token:
        token = self._peek()
        if token is END:
            raise syntax_error(self.text, len(self.text), "it ends in the middle of an operation")
        self._at += 1
        return token

    def _rest(self, token: Token) -> str:
        """Return the text read so far after a token."""
        return self.text[token.end : self._tokens[self._at - 1].end]

    def _takes(self, text: str) -> bool:
        """Consume the next token if it is this keyword or sign, and return whether it was."""
        token = self._peek()
        is_next = token.is_word(text) or token.is_sign(text)
        if is_next:
            self._at += 1
        return is_next

    def _expect(self, text: str) -> None:
        if not self._takes(text):
            raise unexpected(self.text, self._peek(), text)
