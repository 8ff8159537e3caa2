"""What customers of the demo desk ask about: type, subtype, product, customer, language, priority."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from dashboard.demo import people
from dashboard.demo.calendar_of_demand import (
    DAY,
    DAYS,
    USED_CHANNELS,
    Arrivals,
    Floats,
    Whole,
    day_number,
    promotion_surge,
)
from dashboard.demo.people import Flags
from dashboard.demo.texts import INQUIRIES, TALKS

PRODUCTS = (
    "小满扫地机器人 S5", "霜降净水器 W2", "白露加湿器 M1", "谷雨电饭煲 R3", "立夏无叶风扇 F2", "大寒取暖器 T4",
    "惊蛰蓝牙耳机 H2", "芒种破壁机 B8", "处暑除湿机 D5", "立春电动牙刷 E1", "秋分护眼台灯 L3", "冬至养生壶 K2",
    "小暑空气循环扇 C7", "寒露智能手表 V4",
)  # fmt: skip
ENGLISH_PRODUCTS = (
    "robot vacuum S5", "water purifier W2", "humidifier M1", "rice cooker R3", "bladeless fan F2", "heater T4",
    "earphones H2", "blender B8", "dehumidifier D5", "electric toothbrush E1", "desk lamp L3", "kettle K2",
    "air circulator C7", "smart watch V4",
)  # fmt: skip
PRODUCT_SHARE = np.array([14, 9, 7, 10, 5, 5, 12, 7, 3, 8, 6, 6, 4, 9], dtype=np.float64)
BAD_PRODUCT = PRODUCTS.index("惊蛰蓝牙耳机 H2")
BAD_BATCH = (date(2026, 3, 9), date(2026, 5, 3))
"""Earphones of one batch charge badly: support requests and returns jump in these weeks."""
CLASSES = ("普通会员", "银卡会员", "金卡会员", "新客户", "企业客户")
LANGUAGES = ("zh", "en")
PRIORITY_NAMES = ("urgent", "important", "normal", "low")
URGENT, IMPORTANT, NORMAL, LOW = range(4)
CUSTOMERS = 62_000


@dataclass(frozen=True)
class Kind:
    """How a type behaves: its share, how much oftener than usual it is settled at once, else its working hours."""

    share: float
    at_once: float
    hours: float
    promotion: float = 0.0
    trend: float = 0.0
    office: float = 1.0


KINDS = {
    "product_information": Kind(14.0, 0.20, 2.0, promotion=0.25),
    "order_status": Kind(13.0, 0.15, 3.0, promotion=0.30),
    "delivery": Kind(13.0, -0.10, 9.0, promotion=0.45),
    "returns_exchanges": Kind(11.0, -0.25, 20.0),
    "promotions": Kind(7.0, 0.15, 3.0, promotion=1.10),
    "technical_support": Kind(7.5, -0.20, 14.0),
    "after_sales": Kind(5.5, -0.20, 16.0),
    "billing_payment": Kind(5.5, 0.00, 10.0, promotion=0.20),
    "how_to_use": Kind(4.5, 0.12, 4.0),
    "account": Kind(3.5, 0.05, 4.0),
    "complaint": Kind(3.2, -0.38, 18.0),
    "warranty": Kind(3.0, -0.25, 22.0),
    "stock": Kind(2.6, 0.18, 5.0, promotion=0.5),
    "loyalty": Kind(2.0, 0.08, 5.0, promotion=0.3),
    "subscription": Kind(0.5, 0.00, 7.0, trend=9.0),
    "business_wholesale": Kind(1.1, -0.25, 16.0, office=0.15),
    "fault_report": Kind(1.2, -0.15, 9.0, promotion=0.35),
    "feedback": Kind(1.2, 0.10, 8.0),
    "other_languages": Kind(0.5, 0.05, 6.0),
    "event_participation": Kind(0.9, 0.10, 4.0, promotion=0.8),
    "personalisation": Kind(0.6, -0.05, 10.0),
    "privacy_security": Kind(0.4, -0.30, 16.0),
    "competitor_comparison": Kind(0.7, 0.20, 2.0, promotion=0.3),
    "environment_social": Kind(0.25, 0.0, 10.0),
    "emergency": Kind(0.15, -0.10, 3.0),
}  # fmt: skip
TYPE_NAMES = tuple(KINDS)
TYPE_NUMBER = {name: number for number, name in enumerate(TYPE_NAMES)}
RETURNS, SUPPORT, COMPLAINT = (TYPE_NUMBER[name] for name in ("returns_exchanges", "technical_support", "complaint"))

CHANNEL_TASTE: dict[str, dict[str, float]] = {
    "phone": {
        "complaint": 1.9, "technical_support": 1.4, "emergency": 4.0, "product_information": 0.7, "promotions": 0.5,
    },
    "email": {
        "business_wholesale": 4.0, "billing_payment": 1.5, "other_languages": 6.0, "privacy_security": 3.0,
        "promotions": 0.4, "order_status": 0.7,
    },
    "web_form": {"business_wholesale": 3.0, "feedback": 3.0, "warranty": 1.8, "promotions": 0.4},
    "social": {
        "complaint": 3.2, "event_participation": 3.0, "feedback": 2.0, "environment_social": 4.0, "account": 0.5,
    },
    "store": {
        "product_information": 1.8, "how_to_use": 2.2, "warranty": 2.6, "order_status": 0.3, "delivery": 0.2,
        "subscription": 0.3, "account": 0.5,
    },
}  # fmt: skip
TEAM_OF_TYPE = {
    **dict.fromkeys(("technical_support", "how_to_use", "fault_report", "warranty"), people.TECHNICAL),
    **dict.fromkeys(("complaint", "privacy_security", "emergency"), people.COMPLAINTS),
    **dict.fromkeys(
        (
            "product_information",
            "promotions",
            "stock",
            "competitor_comparison",
            "personalisation",
            "event_participation",
        ),
        people.PRESALES,
    ),
    "business_wholesale": people.BUSINESS,
}


@dataclass(frozen=True)
class Inquiries:
    """What every request is about; `follows` is the earlier request that a repeat contact comes back to, else -1."""

    kind: Whole
    inquiry: Whole
    talk: Whole
    product: Whole
    customer: Whole
    customer_class: Whole
    language: Whole
    priority: Whole
    team: Whole
    follows: Whole
    is_bad_batch: Flags


def inquiries(rng: np.random.Generator, asked: Arrivals) -> Inquiries:
    """Types, customers and priorities of all requests, repeat contacts included."""
    size = asked.second.size
    day = asked.second // DAY
    product = _sample(rng, np.tile(PRODUCT_SHARE, (1, 1)), np.zeros(size, dtype=np.int64))
    is_bad = _bad_batch(rng, day, product)
    product = np.where(is_bad, BAD_PRODUCT, product)
    kind = _kinds(rng, asked.channel, day)
    kind = np.where(is_bad, np.where(rng.random(size) < 0.62, SUPPORT, RETURNS), kind)
    follows = _follows(rng, size)
    root = np.where(follows >= 0, follows, np.arange(size))
    customer = _customers(rng, size)
    inquiry = _subtypes(rng, kind, is_bad)
    product = _fitting(rng, product, inquiry, is_bad)
    language = (rng.random(size) < np.where(kind == TYPE_NUMBER["other_languages"], 0.96, 0.055)).astype(np.int64)
    talk = _talks(rng, inquiry, language)
    return Inquiries(
        kind=kind[root],
        inquiry=inquiry[root],
        talk=talk[root],
        product=product[root],
        customer=customer[root],
        customer_class=_classes(customer, kind)[root],
        language=language[root],
        priority=_priorities(rng, kind[root], follows >= 0),
        team=_teams(asked.channel, kind[root]),
        follows=follows,
        is_bad_batch=is_bad[root],
    )


def _sample(rng: np.random.Generator, weights: Floats, row: Whole) -> Whole:
    """One choice per ticket by the weights of its row."""
    edges = np.cumsum(weights, axis=1)
    drawn = rng.random(row.size) * edges[row, -1]
    return np.asarray((edges[row] < drawn[:, None]).sum(axis=1))


def _kinds(rng: np.random.Generator, channel: Whole, day: Whole) -> Whole:
    weights = np.stack([_weights_by_day(kind) for kind in KINDS.values()], axis=1)
    weights[:, RETURNS] *= 1 + 0.8 * np.roll(promotion_surge(), 9) / (1 + promotion_surge())
    taste = np.stack([[CHANNEL_TASTE.get(name, {}).get(kind, 1.0) for kind in KINDS] for name in USED_CHANNELS])
    return _sample(rng, (weights[:, None, :] * taste[None, :, :]).reshape(-1, len(KINDS)), day * len(taste) + channel)


def _weights_by_day(kind: Kind) -> Floats:
    along = np.linspace(0.0, 1.0, DAYS)
    weekend = (np.arange(DAYS) + 1) % 7 >= 5
    return kind.share * (1 + kind.promotion * promotion_surge()) * (1 + kind.trend * along**1.6) * np.where(
        weekend, kind.office, 1.0
    )  # fmt: skip


def _bad_batch(rng: np.random.Generator, day: Whole, product: Whole) -> Flags:
    first, last = (day_number(edge) for edge in BAD_BATCH)
    swell = np.clip(np.minimum((day - first) / 10, (last - day) / 18), 0, 1) * 0.085
    asked_anyway = (product == BAD_PRODUCT) & (swell > 0) & (rng.random(day.size) < 0.5)
    return np.asarray((rng.random(day.size) < swell) | asked_anyway)


def _follows(rng: np.random.Generator, size: int) -> Whole:
    """Some requests come back to one of a few days before; chains lead to the first of them."""
    comes_back = rng.random(size) < 0.075
    earlier = np.arange(size) - rng.integers(120, 1900, size)
    follows = np.where(comes_back & (earlier >= 0), earlier, -1)
    for _ in range(8):
        nearer = follows[np.maximum(follows, 0)]
        follows = np.where((follows >= 0) & (nearer >= 0), nearer, follows)
    return follows


def _customers(rng: np.random.Generator, size: int) -> Whole:
    """Few customers write often, most once or twice."""
    offset, bend = 0.05, 1.5
    spread = (rng.random(size) + offset) ** bend - offset**bend
    return np.asarray(spread / ((1 + offset) ** bend - offset**bend) * CUSTOMERS).astype(np.int64)


def _classes(customer: Whole, kind: Whole) -> Whole:
    mixed = (customer * 2_654_435_761) % 1000
    ranked = np.searchsorted([520, 720, 830], mixed, side="right")
    return np.where(kind == TYPE_NUMBER["business_wholesale"], len(CLASSES) - 1, ranked)


def _fits() -> Flags:
    """Which product each subtype can be about."""
    return np.array([[not each.products or name[:2] in each.products for name in PRODUCTS] for each in INQUIRIES])


def _subtypes(rng: np.random.Generator, kind: Whole, is_bad: Flags) -> Whole:
    own = np.array([[each.weight * (each.type == name) for each in INQUIRIES] for name in TYPE_NAMES])
    faulty = own * np.array([6.0 if each.products else 1.0 for each in INQUIRIES]) * _fits()[:, BAD_PRODUCT]
    return _sample(rng, np.concatenate([own, faulty]), kind + len(TYPE_NAMES) * is_bad)


def _fitting(rng: np.random.Generator, product: Whole, inquiry: Whole, is_bad: Flags) -> Whole:
    """The product, or another one where the subtype cannot be about it."""
    fits = _fits()
    others = _sample(rng, fits * PRODUCT_SHARE, inquiry)
    return np.where(is_bad | fits[inquiry, product], product, others)


def _talks(rng: np.random.Generator, inquiry: Whole, language: Whole) -> Whole:
    """One of the subtype's talks in the ticket's language, as its number in TALKS."""
    sizes = np.array([[len(talks) for talks in each.talks] for each in INQUIRIES])
    starts = np.concatenate([[0], np.cumsum(sizes.ravel())[:-1]]).reshape(sizes.shape)
    chance = rng.random(inquiry.size)
    return np.asarray(starts[inquiry, language] + (chance * sizes[inquiry, language]).astype(np.int64))


def asks_for(needs: str, talk: Whole, inquiry: Whole) -> Flags:
    """Where the agent has to ask for this; an order number that the question tells is not asked for again."""
    told = np.array(["{order}" in each.question for each in TALKS])[talk]
    own = np.array([each.needs == needs for each in INQUIRIES])[inquiry]
    return np.asarray(own & ~told)


def _priorities(rng: np.random.Generator, kind: Whole, comes_back: npt.NDArray[np.bool_]) -> Whole:
    """Complaints go first; repeat contacts are taken more seriously."""
    chance = rng.random(kind.size)
    plain = np.searchsorted([0.02, 0.14, 0.82], chance, side="right")
    serious = np.searchsorted([0.22, 0.90, 1.0], chance, side="right")
    first = np.isin(kind, [TYPE_NUMBER[name] for name in ("complaint", "privacy_security", "emergency")])
    raised = np.where(comes_back, np.maximum(plain - 1, URGENT), plain)
    return np.where(kind == TYPE_NUMBER["emergency"], URGENT, np.where(first, serious, raised))


def _teams(channel: Whole, kind: Whole) -> Whole:
    by_type = np.array([TEAM_OF_TYPE.get(name, people.AFTERSALES) for name in TYPE_NAMES])[kind]
    home = {"phone": people.HOTLINE, "email": people.MAIL, "web_form": people.MAIL, "store": people.STORE}
    by_channel = np.array([home.get(name, -1) for name in USED_CHANNELS])[channel]
    expert = np.isin(by_type, (people.COMPLAINTS, people.BUSINESS)) & (by_channel == people.MAIL)
    return np.where((by_channel >= 0) & ~expert, by_channel, by_type)
