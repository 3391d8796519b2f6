"""The workbook of `kg export --format xlsx`, as openpyxl reads it."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl

from kg.lookups.property_values import Values
from kg.lookups.tables import Table, tables
from kg.lookups.workbook import write_workbook
from kg.store import open_store


def rows(data: bytes, sheet: str) -> list[dict[str, object]]:
    header, *others = openpyxl.load_workbook(io.BytesIO(data))[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in others]


def test_the_sheets_hold_what_the_store_holds(store: Path) -> None:
    values = Values(open_store(store))
    data = write_workbook(tables(values))
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == [
        "People",
        "Organizations",
        "Meetings",
        "Statements",
        "Passages",
    ]
    (roux,) = [row for row in rows(data, "People") if row["name"] == "Nadia Roux"]
    assert roux["posts"] == "chief of the navy of Kelmark"
    statements, passages = rows(data, "Statements"), {row["iri"] for row in rows(data, "Passages")}
    assert (len(statements), len(rows(data, "Meetings"))) == (38, 1)
    assert {iri for row in statements for iri in str(row["passages"]).split(" | ")} <= passages
    (relayed,) = [row for row in statements if str(row["iri"]).endswith("/nine-points-quoted")]
    assert relayed["who says that who says it"] == (
        "The article tells that Ilse Tarrant reported that Jovan Šerić assessed: "
        "The two sides agree on nine points of ten."
    )
    assert relayed["side"] == "the government of Kelmark"
    assert {row["polarity"] for row in statements} == {
        "that something is so",
        "that something is not so",
        "something, whether it is so left open",
    }
    assert relayed["occasion"] == "Tarrant\u2019s words to reporters"
    (inner,) = [row for row in statements if row["relayed by"] == "Ilse Tarrant" and row["act"] == "assess"]
    assert (inner["source"], inner["side"]) == ("Jovan Šerić", "the government of Sarrovia")
    (padlock,) = [row for row in statements if str(row["iri"]).endswith("/padlock")]
    assert padlock["who says that who says it"] == (
        "The article tells that Jovan Šerić complained that this is not so: "
        "Talks can be held while the closing of the strait is threatened."
    )
    assert write_workbook(tables(values)) == data


def test_an_articles_words_are_no_formula_and_no_link() -> None:
    texts = ("=1+1", "https://example.org/", "x" * 40_000, "a\x07b")
    sheet = openpyxl.load_workbook(io.BytesIO(write_workbook([Table("One", ("a", "b", "c", "d"), iter([texts]))])))[
        "One"
    ]
    cells = [sheet.cell(2, column) for column in (1, 2, 3, 4)]
    assert [cell.data_type for cell in cells] == ["s"] * 4
    assert [cell.hyperlink for cell in cells] == [None] * 4
    assert (cells[0].value, len(str(cells[2].value))) == ("=1+1", 32_767)
