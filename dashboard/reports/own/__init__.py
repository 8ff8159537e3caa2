"""Layouts of a desk's own: a workbook whose named cells are filled, all else of which stays byte for byte."""
