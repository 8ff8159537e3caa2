"""A plain page over 100,000 rows: four figures, a chart, a table, filtered by what is typed."""

import os

import polars as pl
import streamlit as st

ROWS = 100_000


@st.cache_resource
def rows() -> pl.DataFrame:
    number = pl.int_range(ROWS, eager=True)
    return pl.DataFrame({"day": number % 365, "team": number % 20, "seconds": (number * 7919) % 3600})


if os.environ.get("GATED"):
    from dashboard.people.current import current_actor

    st.caption(current_actor().name)
typed = st.text_input("Team", key="team")
team = sum(map(ord, typed)) % 20
chosen = rows().filter(pl.col("team") == team)
for column, name, value in zip(
    st.columns(4),
    ("Tickets", "Mean", "Median", "Longest"),
    (chosen.height, chosen["seconds"].mean(), chosen["seconds"].median(), chosen["seconds"].max()),
    strict=True,
):
    column.metric(name, f"{value:,.0f}")
st.line_chart(chosen.group_by("day").agg(pl.col("seconds").mean()).sort("day"), x="day", y="seconds")
st.dataframe(chosen.head(50), hide_index=True)
