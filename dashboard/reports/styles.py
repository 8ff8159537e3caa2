"""The named styles of a workbook: one size of type, little colour, each with one meaning."""

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side

from dashboard.charts.style import LATE, LIMIT, QUIET, WITHIN
from dashboard.reports.cells import FORMATS

FAMILIES = {"zh_CN": "Microsoft YaHei", "en": "Calibri"}
INK, PALE, LINE = "1F2933", "EEF2F6", "D5DCE3"
GOOD, BAD = "2E7D4F", LIMIT.removeprefix("#").upper()
MARK, WARN, DIM = (colour.removeprefix("#").upper() for colour in (WITHIN, LATE, QUIET))
SERIES = (MARK, WARN, "8A6FC0", "5F9BD1", DIM)
LEFT = ("text", "day", "instant")
JUDGED = {"good": GOOD, "bad": BAD}


def add_styles(book: Workbook, language: str) -> None:
    """Give a workbook the house's named styles: `fw title`, `fw header`, and one for each kind of cell."""
    family, below = FAMILIES[language], Border(bottom=Side("thin", color=LINE))
    words = {
        "title": (Font(family, 16, bold=True, color=INK), Alignment(vertical="center")),
        "about": (Font(family, 10, color=DIM), Alignment(vertical="top", wrap_text=True)),
        "heading": (Font(family, 12, bold=True, color=INK), Alignment(vertical="bottom")),
        "note": (Font(family, 9, italic=True, color="5B6875"), Alignment(vertical="top", wrap_text=True)),
        "plain": (Font(family, 10, color=INK), Alignment(vertical="top", wrap_text=True)),
        "finding": (Font(family, 11, color=INK), Alignment(vertical="top", wrap_text=True)),
    }  # fmt: skip
    for name, (font, alignment) in words.items():
        book.add_named_style(NamedStyle(f"fw {name}", font=font, alignment=alignment))
    for name, side in (("header", "left"), ("header right", "right")):
        alignment = Alignment(horizontal=side, vertical="center", wrap_text=True, indent=1 if side == "left" else 0)
        book.add_named_style(NamedStyle(f"fw {name}", font=Font(family, 10, bold=True, color=INK),
                                        fill=PatternFill("solid", PALE), alignment=alignment,
                                        border=Border(bottom=Side("medium", color=MARK))))  # fmt: skip
    for name, written in FORMATS.items():
        is_left = name in LEFT
        alignment = Alignment(horizontal="left" if is_left else "right", vertical="top", wrap_text=name == "text",
                              indent=1 if is_left else 0)  # fmt: skip
        for judged, colour in {"": INK, **JUDGED}.items():
            style = NamedStyle(f"fw {name} {judged}".rstrip(), font=Font(family, 10, bold=bool(judged), color=colour),
                               border=below, alignment=alignment, number_format=written)  # fmt: skip
            book.add_named_style(style)
    plain = NamedStyle("fw listed", font=Font(family, 10, color=INK), alignment=Alignment(vertical="top", indent=1),
                       number_format="@")  # fmt: skip
    book.add_named_style(plain)
