"""Foreign files as tables of text: CSV, workbooks, JSON and Parquet, packed or not, in any encoding."""

from loaders.reading.supervisor import read_file

__all__ = ["read_file"]
