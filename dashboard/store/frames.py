"""Answers of the desk's database as frames."""

from collections.abc import Mapping

import polars as pl
from sqlalchemy import Executable
from sqlalchemy.orm import Session


def frame_of(
    session: Session, asked: Executable, schema: Mapping[str, pl.DataType | type[pl.DataType]]
) -> pl.DataFrame:  # fmt: skip
    """The rows of a question; the schema names and types its columns in their order."""
    return pl.DataFrame([tuple(row) for row in session.execute(asked).all()], schema=dict(schema), orient="row")
