"""Reading files for `kg import`: finding them in folders, decompressing them within a limit, parsing and digests."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import zstandard

from kg.errors import PayloadError, RequestError
from kg.formats import FILE_EXTENSIONS, Format, Holds
from kg.mapping.authoring.new_document import slug_of
from kg.provenance import SourceFile
from kg.store import ParsedGraph, PayloadLimits
from kg.store.rdf_parser import read_dataset, read_graph

STANDARD_INPUT = Path("-")
MAX_FILE_BYTES = 256 * 2**20
"""The maximum size of a file in bytes, both compressed and decompressed."""
READ_BYTES = 2**16
"""The bytes that are decompressed at a time."""
ZSTD_INPUT_BYTES = 2**10
"""The bytes passed to zstd at a time: its output is not limited, and four bytes can expand to 128 kB."""
MAX_ZSTD_WINDOW_BYTES = 8 * 2**20
"""The maximum memory for a zstd frame, which RFC 8878, section 3.1.1.1.2, recommends that decoders support."""
Inflater = Callable[[bytes], Iterator[bytes]]


def _read(opened: BinaryIO) -> Iterator[bytes]:
    while block := opened.read(READ_BYTES):
        yield block


def _inflate_by(open_file: Callable[[BinaryIO], Any]) -> Inflater:
    def inflate(raw: bytes) -> Iterator[bytes]:
        with open_file(BytesIO(raw)) as opened:
            yield from _read(opened)

    return inflate


def _inflate_zstd(raw: bytes) -> Iterator[bytes]:
    decompressor, rest = zstandard.ZstdDecompressor(max_window_size=MAX_ZSTD_WINDOW_BYTES), raw
    while rest:
        decoder, at = decompressor.decompressobj(), 0
        while not decoder.eof:
            block = rest[at : at + ZSTD_INPUT_BYTES]
            if not block:
                raise EOFError("it ends before its end marker")
            yield decoder.decompress(block)
            at += len(block)
        # A file may consist of several frames (RFC 8878, section 3.1).
        rest = decoder.unused_data + rest[at:]


COMPRESSIONS: dict[str, tuple[bytes, Inflater]] = {
    "gz": (b"\x1f\x8b", _inflate_by(gzip.open)),
    "bz2": (b"BZh", _inflate_by(bz2.open)),
    "xz": (b"\xfd7zXZ\x00", _inflate_by(lzma.open)),
    "zst": (b"\x28\xb5\x2f\xfd", _inflate_zstd),
}
"""The initial bytes, with which RDF never begins, and the decompressor, by file extension."""
_DECOMPRESSION_ERRORS = (OSError, EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError)
_LINE = re.compile(r"\bline (\d+)")
_BYTE = re.compile(r"\bat byte (\d+)")


@dataclass(frozen=True)
class ImportFile:
    """A file to be read: its display name, and the slug for naming its graph."""

    path: Path
    name: str
    slug: str
    format: Format


@dataclass(frozen=True)
class ReadFile:
    """The content of a file: the triples of each of its graphs, with None for the default graph."""

    file: ImportFile
    source: SourceFile
    graphs: dict[str | None, ParsedGraph]
    text: str = field(repr=False)

    def line_of(self, name: str) -> int:
        """Return the first line that contains a name, or 0 if none does."""
        return self._line_at(self.text.find(name)) if name else 0

    def line_of_end(self, name: str) -> int:
        """Return the first line that contains the end of a name, after a prefix or in an IRI, or 0 if none does."""
        end = re.split(r"[/#:]", name.rstrip("/"))[-1]
        match = re.search(rf"(?<=[/#:]){re.escape(end)}\b", self.text) if end else None
        return self._line_at(match.start() if match else -1)

    def _line_at(self, index: int) -> int:
        return self.text.count("\n", 0, index) + 1 if index >= 0 else 0


def files_to_import(paths: Iterable[Path], chosen: Format | None, *, in_one_graph: bool = False) -> list[ImportFile]:
    """Return the files at paths; a folder stands for all files in it with an RDF extension, sorted.

    Raises RequestError if a format is unknown, a folder has no such file, or two files give the same graph name.
    """
    files = [file for path in paths for file in _files_of(path, chosen)]
    slugs: dict[str, ImportFile] = {}
    # With a single graph, file names are not used.
    for file in () if in_one_graph else files:
        if not file.slug:
            raise RequestError(f"{file.name} has no ASCII letter or digit to name a graph by: expected --graph.")
        if file.slug in slugs:
            other = slugs[file.slug].name
            raise RequestError(
                f"{file.name} and {other} would both be the graph import/{file.slug}: rename one, or name the graph by "
                "--graph."
            )
        slugs[file.slug] = file
    return files


def read_file(file: ImportFile, standard_input: BinaryIO, base: str, limits: PayloadLimits) -> ReadFile:
    """Return the content of a file. Raises PayloadError, with the file, line and expected format, if it is invalid."""
    raw = _bytes_of(file, standard_input)
    data = _decompressed(file, raw)
    try:
        if file.format.holds is Holds.QUADS:
            graphs = dict(read_dataset(data, file.format, base, limits))
        else:
            graphs = {None: read_graph(data, file.format, base, limits)}
    except PayloadError as error:
        raise _located(file, data, error) from error
    if not any(len(triples) for triples in graphs.values()):
        raise PayloadError(f"{file.name}:1: it holds no triples: expected at least one in {file.format.label}.")
    # The digest of the file itself, compressed or not, so that it can be verified with `sha256sum`.
    source = SourceFile(file.name, hashlib.sha256(raw).hexdigest())
    # The text is only used to find lines; the parser read the bytes.
    return ReadFile(file, source, graphs, data.decode("utf-8", "replace"))


def file_text(path: Path) -> tuple[bytes, str]:
    """Return the bytes of a file, and its text decompressed. Raises PayloadError if it is too large or not UTF-8."""
    # Any format will do: the functions called here only use the name, for errors.
    file = ImportFile(path, str(path), "", FILE_EXTENSIONS["nt"])
    raw = _bytes_of(file, BytesIO())
    data = _decompressed(file, raw)
    try:
        return raw, data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PayloadError(f"{path}:{line}: byte {error.start + 1} cannot be read: expected text in UTF-8.") from error


def _files_of(path: Path, chosen: Format | None) -> Iterator[ImportFile]:
    if path == STANDARD_INPUT:
        if chosen is None:
            raise RequestError("Standard input has no file name to tell the format from: expected --format.")
        yield ImportFile(path, "standard input", "standard-input", chosen)
    elif path.is_dir():
        yield from _files_below(path, chosen)
    elif not path.is_file():
        raise RequestError(
            f"There is no file {str(path)!r}: expected a file or folder of RDF, or - for standard input."
        )
    else:
        format_ = chosen or FILE_EXTENSIONS.get(_extension(path))
        if format_ is None:
            raise RequestError(
                f"The format of {str(path)!r} cannot be told from its name: expected --format, or one of the "
                f"extensions {', '.join(FILE_EXTENSIONS)}."
            )
        yield ImportFile(path, str(path), _slug(Path(path.name)), format_)


def _files_below(folder: Path, chosen: Format | None) -> Iterator[ImportFile]:
    # Sorted, since file systems list files in arbitrary order, and errors should always name the same one.
    files = sorted(path for path in folder.rglob("*") if path.is_file() and _is_listed(path.relative_to(folder)))
    if not files:
        raise RequestError(
            f"The folder {str(folder)!r} holds no RDF file: expected names that end in one of "
            f"{', '.join(FILE_EXTENSIONS)}."
        )
    for path in files:
        within = path.relative_to(folder)
        yield ImportFile(path, str(path), _slug(within), chosen or FILE_EXTENSIONS[_extension(path)])


def _is_listed(path: Path) -> bool:
    return _extension(path) in FILE_EXTENSIONS and not any(part.startswith(".") for part in path.parts)


def _extension(path: Path) -> str:
    return _uncompressed(path).suffix.removeprefix(".").lower()


def _uncompressed(path: Path) -> Path:
    return path.with_suffix("") if path.suffix.removeprefix(".").lower() in COMPRESSIONS else path


def _slug(path: Path) -> str:
    """Return the name of a file's graph: its path without extensions, in lower-case letters, digits and hyphens.

    It is empty if a part of the path has none of these.
    """
    parts = [slug_of(part) for part in _uncompressed(path).with_suffix("").parts]
    return "/".join(parts) if all(parts) else ""


def _bytes_of(file: ImportFile, standard_input: BinaryIO) -> bytes:
    if file.path == STANDARD_INPUT:
        return _joined(file, _read(standard_input))
    with file.path.open("rb") as opened:
        return _joined(file, _read(opened))


def _decompressed(file: ImportFile, raw: bytes) -> bytes:
    # Detected by the first bytes rather than by the name, which standard input lacks and a download may have lost.
    inflate = next((inflate for start, inflate in COMPRESSIONS.values() if raw.startswith(start)), None)
    if inflate is None:
        return raw
    try:
        return _joined(file, inflate(raw))
    except _DECOMPRESSION_ERRORS as error:
        raise PayloadError(f"{file.name}: it cannot be decompressed ({error}): expected a whole file.") from error


def _joined(file: ImportFile, blocks: Iterable[bytes]) -> bytes:
    data = bytearray()
    for block in blocks:
        # Checked as it grows, since decompression may expand a file a thousandfold.
        data += block
        if len(data) > MAX_FILE_BYTES:
            size = f"{MAX_FILE_BYTES // 2**20:,} MiB"
            raise PayloadError(f"{file.name}: it has more than {size} of text: expected it in several files.")
    return bytes(data)


def _located(file: ImportFile, data: bytes, error: PayloadError) -> PayloadError:
    """Return a parser's error with the file, the line and the expected format."""
    sentence = str(error)
    line = _line(data, error)
    place = f"{file.name}:{line}" if line else file.name
    plain = sentence.removeprefix("The payload ").replace("The payload", "It")
    return PayloadError(f"{place}: {plain} Expected {file.format.label}, by its name or --format.")


def _line(data: bytes, error: PayloadError) -> int:
    # Parsers report where they stopped in different ways: as an attribute, or as a line or byte in the message.
    number = getattr(error.__cause__, "lineno", None)
    if isinstance(number, int):
        return number
    if match := _LINE.search(str(error)):
        return int(match[1])
    if match := _BYTE.search(str(error)):
        return data.count(b"\n", 0, int(match[1])) + 1
    return 0
