"""Whole numbers in tables, with the separators of the reader's language."""

import polars as pl
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig


def grouped(table: pl.DataFrame) -> dict[str, ColumnConfig]:
    """How the columns of whole numbers are shown: 12045 as 12,045."""
    return {
        name: st.column_config.NumberColumn(name, format="localized")
        for name, kind in table.schema.items()
        if kind.is_integer()
    }
