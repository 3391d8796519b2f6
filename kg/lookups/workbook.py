"""Tables as an XLSX workbook, written with XlsxWriter."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime

import xlsxwriter

from kg.lookups.tables import Table

MAX_CELL_CHARACTERS = 32_767
"""The maximum number of characters in an XLSX cell."""
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The creation time in every workbook, constant so that the same tables give the same bytes."""


def write_workbook(tables: Iterable[Table]) -> bytes:
    """Return a workbook with a sheet for each table."""
    file = io.BytesIO()
    # In memory, since otherwise XlsxWriter writes the sheets to temporary files first.
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": _MADE})
        bold = workbook.add_format({"bold": True})
        for table in tables:
            _write_sheet(workbook.add_worksheet(table.name), table, bold)
    return file.getvalue()


def _write_sheet(sheet: xlsxwriter.worksheet.Worksheet, table: Table, bold: xlsxwriter.format.Format) -> None:
    sheet.freeze_panes(1, 1)
    sheet.write_row(0, 0, table.columns, bold)
    number = 0  # a table may have no rows
    for number, row in enumerate(table.rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(number, column, cell)
            else:  # always as a string: an article's words are never a formula or a link
                sheet.write_string(number, column, cell[:MAX_CELL_CHARACTERS])
    sheet.autofilter(0, 0, number, len(table.columns) - 1)
    sheet.set_column(0, len(table.columns) - 1, 24)
