"""Response times as a capable user would write them: pandas and Streamlit, the tickets read once."""

import os

import numpy as np
import pandas as pd
import plotly.express as px
import streamlit as st


@st.cache_resource
def tickets() -> pd.DataFrame:
    frame = pd.read_parquet(os.environ["PLAIN_FACTS"])
    answered = frame["first_response_at"].dt.tz_convert("Asia/Shanghai")
    frame["week"] = answered.dt.tz_localize(None).dt.to_period("W").dt.start_time
    created = frame["created_at"].dt.tz_convert("Asia/Shanghai")
    frame["weekday"], frame["hour"] = created.dt.weekday, created.dt.hour
    return frame


shown = tickets()
for name in ("channel", "team"):
    chosen = st.sidebar.multiselect(name, sorted(shown[name].dropna().unique()), default=st.query_params.get_all(name))
    if chosen:
        shown = shown[shown[name].isin(chosen)]
waited = shown.dropna(subset=["first_response_calendar_seconds"])
seconds = waited["first_response_calendar_seconds"]
levels = [0.5, 0.75, 0.9, 0.95]

st.title("Response times")
bins = np.floor(np.log10(seconds.clip(lower=1)) * 8)
st.plotly_chart(px.bar(waited.groupby([bins, "first_response_met"]).size().reset_index(name="n"),
                       x="first_response_calendar_seconds", y="n", color="first_response_met"))  # fmt: skip
by_week = waited.groupby("week")["first_response_calendar_seconds"].quantile(levels).unstack()
st.plotly_chart(px.line(by_week, log_y=True))
by_channel = waited.groupby("channel").agg(
    n=("first_response_calendar_seconds", "size"),
    p50=("first_response_calendar_seconds", "median"),
    p90=("first_response_calendar_seconds", lambda values: values.quantile(0.9)),
    share=("first_response_met", "mean"),
)
st.plotly_chart(px.bar(by_channel.reset_index(), x="channel", y=["p50", "p90"]))
st.plotly_chart(px.imshow(waited.groupby(["weekday", "hour"])["first_response_calendar_seconds"].median().unstack()))
