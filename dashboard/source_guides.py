"""The pages that say, for every named system, how to export from it and what its exports cannot tell."""

from functools import cache
from importlib.resources import files

HEADINGS = {"en": "## English", "zh_CN": "## 中文"}


@cache
def guides() -> dict[str, str]:
    """Source -> the system's title, in the order of the titles."""
    folder = files("dashboard") / "docs" / "sources"
    pages = {page.name.removesuffix(".md"): page for page in folder.iterdir() if page.name.endswith(".md")}
    titles = {name: _text(name).partition("\n")[0].removeprefix("# ") for name in pages}
    return dict(sorted(titles.items(), key=lambda pair: pair[1].casefold()))


def guide(source: str, language: str) -> str:
    """The part of a system's page in this language, as Markdown without its headings."""
    heading = HEADINGS.get(language, HEADINGS["en"])
    return _text(source).partition(heading)[2].partition("\n## ")[0].strip()


@cache
def _text(source: str) -> str:
    return (files("dashboard") / "docs" / "sources" / f"{source}.md").read_text(encoding="utf-8")
