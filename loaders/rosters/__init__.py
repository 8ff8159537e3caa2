"""Rosters out of files and pasted text: one shift a row, or one person a row and one day a column."""

from loaders.rosters.reading import Known, RosterError, RosterRead, codes_of, read_roster

__all__ = ["Known", "RosterError", "RosterRead", "codes_of", "read_roster"]
