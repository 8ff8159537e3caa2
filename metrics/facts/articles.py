"""Whether an article of the knowledge base was used on a resolved ticket."""

from collections.abc import Collection

import polars as pl

FIELD = "x_knowledge"
"""ServiceNow's own field of that, kept beside the canonical columns."""
NO = ("no", "n", "false", "0", "none", "否", "无", "未使用")
"""What a source writes that only tells whether an article was used."""


def article_named(columns: Collection[str]) -> pl.Expr:
    """What a ticket with these columns says of an article."""
    return pl.coalesce("kb_article", FIELD) if FIELD in columns else pl.col("kb_article")


def with_articles(settled: pl.DataFrame, tells: pl.Expr) -> pl.DataFrame:
    """Add is_kb_used: of resolved inquiries whose source tells of articles; an empty cell there says that none was."""
    article = article_named(settled.columns).str.strip_chars().str.to_lowercase()
    resolved = pl.col("is_inquiry") & pl.col("is_resolved").fill_null(False)
    used = article.is_not_null() & ~article.is_in(NO).fill_null(False)
    return settled.with_columns(is_kb_used=pl.when(resolved & tells).then(used))
