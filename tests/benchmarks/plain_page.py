"""Response times as a capable user of pandas, SciPy and Streamlit would write them.

The same charts, with the same figures and the same bounds. The tickets are read once, with all that does not depend on
the filters worked out there.
"""

import os
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from plotly import express as px
from scipy.stats import binom, norm

TARGET, ZONE = "first_response_met", "Asia/Shanghai"
SECONDS, WAITING = "first_response_calendar_seconds", "first_response_waiting_calendar_seconds"
LEVELS = {"p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95}
BANDS = [int(second) for second in os.environ["PLAIN_BANDS"].split(",")]
Z = norm.ppf(0.975)
Numbers = npt.NDArray[np.float64]


@st.cache_resource
def tickets() -> pd.DataFrame:
    frame = pd.read_parquet(os.environ["PLAIN_FACTS"])
    answered = frame["first_response_at"].dt.tz_convert(ZONE).dt.tz_localize(None)
    frame["week"] = answered.dt.to_period("W").dt.start_time
    frame["bin"] = np.floor(np.log10(frame[SECONDS].clip(lower=1)) * 8 + 1e-9)
    frame["waited"] = frame[SECONDS].fillna(frame[WAITING])
    for name in ("channel", "team", "weekday", "hour", "peak"):
        frame[name] = frame[name].astype("category")
    return frame


@st.cache_resource
def ratings() -> pd.DataFrame:
    frame = pd.read_parquet(os.environ["PLAIN_RATINGS"]).dropna(subset=["is_satisfied", SECONDS])
    frame["band"] = pd.cut(frame[SECONDS], [0, *BANDS, np.inf], right=False, labels=[0, *BANDS])
    return frame


def chosen(frame: pd.DataFrame) -> pd.DataFrame:
    for name, values in asked.items():
        if values:
            frame = frame[frame[name].isin(values)]
    return frame


def quantiles(values: Numbers, levels: Sequence[float], tail: float = 0.025) -> Numbers:
    """Value, low and high of each quantile of sorted values; the bounds by order statistics."""
    n, q = len(values), np.array(levels)
    low, high = binom.ppf(tail, n, q).astype(int) - 1, binom.ppf(1 - tail, n, q).astype(int)
    bounds = [np.where((at >= 0) & (at < n), values[np.clip(at, 0, n - 1)], np.nan) for at in (low, high)]
    return np.array([np.quantile(values, q), *bounds])


def by_group(frame: pd.DataFrame, keys: str | list[str], levels: dict[str, float]) -> pd.DataFrame:
    found = []
    for key, values in frame.groupby(keys, observed=True)[SECONDS]:
        ordered = np.sort(values.to_numpy())
        value, low, high = quantiles(ordered, list(levels.values()))
        found += [
            (*np.atleast_1d(key), name, len(ordered), *told)
            for name, *told in zip(levels, value, low, high, strict=True)
        ]
    return pd.DataFrame(found, columns=[*np.atleast_1d(keys), "level", "n", "value", "low", "high"])


def shares(frame: pd.DataFrame, key: str, of: str) -> pd.DataFrame:
    """Share, n and Wilson's bounds."""
    found = frame.dropna(subset=[of]).astype({of: float}).groupby(key, observed=True)[of].agg(["mean", "size"])
    p, n = found["mean"], found["size"]
    middle, half = p + Z**2 / (2 * n), Z * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return found.assign(low=(middle - half) / (1 + Z**2 / n), high=(middle + half) / (1 + Z**2 / n)).reset_index()


def kaplan_meier(frame: pd.DataFrame) -> pd.DataFrame:
    """Quantiles of all who waited, those still waiting censored, with the bounds of the log-log band."""
    waits = pd.DataFrame({"at": frame["waited"], "ended": frame[SECONDS].notna()}).dropna(subset=["at"])
    steps = waits.groupby("at")["ended"].agg(["sum", "size"])
    at_risk = steps["size"][::-1].cumsum()[::-1]
    share = (1 - steps["sum"] / at_risk).cumprod()
    variance = (steps["sum"] / (at_risk * (at_risk - steps["sum"])).where(at_risk > steps["sum"])).cumsum()
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = Z * np.sqrt(variance) / np.log(share)
        curves = {"value": share, "low": share ** np.exp(-reach), "high": share ** np.exp(reach)}
    rows = []
    for name, q in LEVELS.items():
        over = {column: curve.index[(curve <= 1 - q + 1e-12).to_numpy()] for column, curve in curves.items()}
        rows.append({"level": name, "n": len(waits)} | {k: at[0] if len(at) else np.nan for k, at in over.items()})
    return pd.DataFrame(rows)


def ladder(sides: dict[str, pd.DataFrame]) -> go.Figure:
    figure = go.Figure()
    for name, rows in sides.items():
        bounds = {"symmetric": False, "array": rows["high"] - rows["value"], "arrayminus": rows["value"] - rows["low"]}
        figure.add_scatter(x=rows["value"], y=rows["level"], error_x=bounds, mode="markers", name=name)
    return figure.update_xaxes(type="log", title="time waited")


def lines(rows: pd.DataFrame, x: str) -> go.Figure:
    return px.line(rows, x=x, y="value", color="level", hover_data=["n", "low", "high"], log_y=True)


def drawn(rows: pd.DataFrame, y: str) -> go.Figure:
    return px.scatter(
        rows, x="mean", y=y, error_x=rows["high"] - rows["mean"], error_x_minus=rows["mean"] - rows["low"],
        hover_data=["size"],
    )  # fmt: skip


everything = tickets()
asked = {
    name: st.sidebar.multiselect(name, everything[name].cat.categories, default=st.query_params.get_all(name))
    for name in ("channel", "team")
}
shown = chosen(everything)
answered = shown.dropna(subset=[SECONDS])
whole = quantiles(np.sort(answered[SECONDS].to_numpy()), list(LEVELS.values()))
alone = pd.DataFrame(
    {"level": list(LEVELS), "n": len(answered), **dict(zip(("value", "low", "high"), whole, strict=True))}
)

st.title("Response times")
st.header(f"Half of the answers came within {whole[0][0]:.0f} s; one in ten took longer than {whole[0][2]:.0f} s.")
st.caption(f"n = {len(answered):,} · {(answered[SECONDS] <= 7200).mean():.1%} within 2 hours")
bins = answered.groupby(["bin", answered[TARGET].astype("string").fillna("undecided")]).size().reset_index(name="n")
st.plotly_chart(px.bar(bins, x="bin", y="n", color=TARGET))

st.header("Those still waiting")
st.plotly_chart(ladder({"the answered alone": alone, "with those still waiting": kaplan_meier(shown)}))

st.header("Over time")
by_week = by_group(answered, "week", LEVELS)
st.plotly_chart(lines(by_week, "week"))

st.header("Side by side")
by_channel = by_group(answered, "channel", {"p50": 0.5, "p90": 0.9}).merge(
    shares(shown, "channel", TARGET), on="channel"
)
st.plotly_chart(
    px.scatter(by_channel, x="value", y="channel", color="level", hover_data=["n", "low_x", "high_x", "mean"])
)

st.header("By weekday and hour")
fields = by_group(answered, ["weekday", "hour"], {"p50": 0.5})
st.plotly_chart(px.imshow(fields[fields["n"] >= 5].pivot(index="weekday", columns="hour", values="value")))

st.header("Within target by hour")
st.plotly_chart(drawn(shares(shown, "hour", TARGET), "hour"))

st.header("Consistency")
found = []
for week, values in answered.groupby("week")[SECONDS]:
    (lower, upper), lows, highs = quantiles(np.sort(values.to_numpy()), [0.5, 0.9], tail=0.0125)
    found.append((week, len(values), upper / lower, lows[1] / highs[0], highs[1] / lows[0]))
consistency = pd.DataFrame(found, columns=["week", "n", "value", "low", "high"])
st.plotly_chart(px.line(consistency, x="week", y=["value", "low", "high"], hover_data=["n"]))

st.header("Peak hours against the rest")
peaks = by_group(answered, "peak", LEVELS)
busy, rest = (peaks[peaks["peak"] == side].set_index("level") for side in ("yes", "no"))
below = np.hypot(busy["value"] - busy["low"], rest["high"] - rest["value"])
above = np.hypot(busy["high"] - busy["value"], rest["value"] - rest["low"])
difference = (busy["value"] - rest["value"]).to_frame("value").assign(below=below, above=above)
within = shares(shown, "peak", TARGET)
st.caption(f"{difference.to_dict('index')} {within.to_dict('records')}")
st.plotly_chart(ladder({"peak hours and event days": busy.reset_index(), "the rest": rest.reset_index()}))

st.header("Satisfaction by waiting time")
st.plotly_chart(drawn(shares(chosen(ratings()), "band", "is_satisfied"), "band"))
