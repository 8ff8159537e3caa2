"""What is said about a file that cannot be read, and about one that was read with a remark."""

from metrics.words import N_

# -- refusals (ReadError) --
MISSING = N_("{file} cannot be opened: it is not there, or this account may not read it.")
EMPTY = N_("{file} is empty: export it again.")
NO_ROWS = N_("{file} holds no table: no line with column names was found.")
NOT_TEXT = N_("{file} is no table file: its content is neither text nor a workbook. Export it as CSV or XLSX.")
FOREIGN = N_("{file} holds {kind} data, which is no table to read. Export the data as CSV or XLSX.")
HTML = N_("{file} is a web page saved under the name of a workbook. Open it in Excel and save it as XLSX or CSV.")
XML_WORKBOOK = N_("{file} is an old XML workbook. Open it in Excel and save it as XLSX or CSV.")
PASSWORD = N_("{file} is protected by a password. Remove the password in Excel and save the file again.")
ARCHIVE_DAMAGED = N_("{file} is a damaged or incomplete archive. Copy or export it again.")
ARCHIVE_EMPTY = N_("{file} is an archive without a data file in it.")
ARCHIVE_SEVERAL = N_("{file} holds {count} data files ({names}). Unpack it and load the ones you want, one at a time.")
ARCHIVE_NESTED = N_("{file} holds another archive. Unpack it and load the data file itself.")
ARCHIVE_MEMBERS = N_("{file} holds {count} parts; at most {limit} are read. Export the data as CSV.")
ARCHIVE_LARGE = N_("{file} unpacks to more than {limit} MB, far more than its size suggests. Export the data as CSV.")
ENTITIES = N_(
    "{file} holds definitions that a workbook never needs and that can harm the reader. Save it again in Excel."
)
SHEET_LARGE = N_(
    "{file}: sheet '{sheet}' reaches to {cell}; at most {columns} columns, {rows} rows and {cells} cells are read. "
    "Delete stray cells far outside the table, or export the data as CSV."
)
WORKBOOK_DAMAGED = N_("{file} is a damaged workbook. Open it in Excel and save it as XLSX.")
NO_SHEET = N_("{file} has no sheet '{sheet}'. It has: {names}.")
NO_SHEETS = N_("{file} has no sheet with cells.")
ENCODING_UNKNOWN = N_("'{encoding}' is no known encoding. Name one such as utf-8, gb18030, big5 or cp1252.")
ENCODING_ASK = N_("The encoding of {file} is not clear; it may be {candidates}. Name the encoding and load it again.")
DELIMITER = N_("'{delimiter}' cannot part columns: name one character, such as a comma, semicolon or tab.")
HEADER_LINE = N_("{file} has no line {line} that could hold the column names.")
HEADER_UNDECODABLE = N_(
    "Line {line} of {file}, which should hold the column names, is no text in its encoding. "
    "Name the right encoding, or export it again."
)
NOT_JSON = N_("{file} is not valid JSON: see line {line}, character {column}. Export it again.")
JSON_DEEP = N_("{file} is not valid JSON for a table: its values are nested too deeply.")
NOT_TABLE = N_(
    "{file} is valid JSON but not a table: a list of objects is needed, or an object with exactly one such list."
)
PARQUET_DAMAGED = N_("{file} is a damaged Parquet file. Export it again.")
TOO_WIDE = N_("{file} has {columns} columns; at most {limit} are read.")
TOO_LONG = N_("{file} took more than {seconds} seconds to read and was given up. Split it, or export it as CSV.")
TOO_MUCH_MEMORY = N_(
    "{file} needs more than {limit} MB of memory to read and was given up. Split it, or export it as CSV."
)
STOPPED = N_("{file} is so damaged that its reader stopped. Open it in its program and save or export it again.")
COUNTS_DIFFER = N_("{file} was read twice with different results ({first} and {second} rows), so it was not loaded.")

# -- remarks (Note) --
HEADER_MADE = N_(
    "No line with column names was found, so the columns are numbered. Name the header line if there is one."
)
HEADER_DAMAGED = N_(
    "The line of column names (line {line}) has a stray quotation mark; the names were read without it."
)
ENCODING_GUESSED = N_("The text was read as {encoding}. If characters look wrong, name another encoding.")
SHEETS_LEFT = N_("Sheet '{sheet}' was read; the workbook also has: {names}.")
MERGED = N_("Sheet '{sheet}' has {count} merged ranges; only the first cell of each holds its value.")
DUPLICATE_KEYS = N_("{count} objects name a field twice; the last value was kept.")
MEMBER = N_("The archive's file '{member}' was read.")

REASONS = (
    "bare_quote",
    "text_after_quote",
    "unterminated_quote",
    "too_many_cells",
    "too_few_cells",
    "undecodable",
    "nul_byte",
    "summary_row",
    "repeated_header",
    "not_an_object",
    "damaged_json",
)
"""Every reason a record may be set aside for while a file is read; worded under `reason.<name>`."""
