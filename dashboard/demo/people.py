"""The teams and agents of the demo desk, their skill, speed and shifts. Every name is invented."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from dashboard.demo.calendar_of_demand import DAY, DAYS, START, Floats, Whole, day_number

Flags = npt.NDArray[np.bool_]

HORIZON = DAYS + 120
"""Days that rosters reach, so that work on the last tickets has somewhere to go (it is cut at the newest instant)."""
TRAINING_DAY = date(2026, 7, 6)
"""From here on the mail team, slow before, works as the others do."""
BOT = "智能助手"


@dataclass(frozen=True)
class Team:
    """A team: opening hours, agents, and how much slower than planned it works."""

    name: str
    opens: int
    closes: int
    tier: str
    pace: float
    agents: tuple[str, ...]
    weekends: bool = True


TEAMS = (
    Team("在线售前组", 9, 22, "first_line", 0.90, (
        "林晓彤", "陈思远", "王雨涵", "赵一鸣", "周佳怡", "吴梓萱", "黄俊杰", "刘诗琪", "郑浩然", "Amy Lin")),
    Team("在线售后组", 9, 22, "first_line", 1.05, (
        "张丽娜", "李文博", "孙雅婷", "马志强", "朱晓燕", "胡建国", "郭欣悦", "何家豪", "高梦洁", "罗永康", "梁静怡",
        "宋子轩", "谢婉清", "Kevin Zhao")),
    Team("热线组", 9, 22, "first_line", 1.00, (
        "唐雪梅", "韩志伟", "冯丹丹", "于海波", "董秀英", "萧雨晴", "程立新", "曹美玲", "袁国栋", "邓晓霞")),
    Team("邮件留言组", 9, 18, "first_line", 1.00, (
        "许若曦", "傅明轩", "沈佳琪", "曾庆华", "彭婷婷", "Grace Xu", "吕思敏", "苏文静")),
    Team("技术支持组", 9, 22, "specialist", 1.10, (
        "卢俊峰", "蒋天宇", "蔡志明", "贾晓东", "丁一凡", "魏书豪", "薛凯文", "Leo Wang")),
    Team("投诉处理组", 9, 22, "specialist", 0.80, ("叶素芬", "阎立群", "余红梅", "潘志远", "杜文娟")),
    Team("企业客户组", 9, 18, "specialist", 0.95, ("戴明辉", "夏雨荷", "Helen Dai", "钟国强"), weekends=False),
    Team("门店服务组", 10, 22, "first_line", 1.00, ("汪小丽", "田甜", "任建平", "姜晓雯")),
)  # fmt: skip
PRESALES, AFTERSALES, HOTLINE, MAIL, TECHNICAL, COMPLAINTS, BUSINESS, STORE = range(len(TEAMS))

JOINED = {
    "宋子轩": date(2025, 9, 15), "谢婉清": date(2025, 9, 15), "郑浩然": date(2025, 10, 9), "曹美玲": date(2025, 10, 9),
    "魏书豪": date(2026, 3, 2), "薛凯文": date(2026, 3, 30), "苏文静": date(2026, 7, 1), "梁静怡": date(2026, 5, 11),
    "Kevin Zhao": date(2026, 5, 25), "袁国栋": date(2026, 6, 1), "邓晓霞": date(2026, 9, 7), "杜文娟": date(2026, 3, 2),
}  # fmt: skip
INSPECTORS = ("陆雨桐", "方哲", "秦朗")
"""Who reads and scores conversations."""

LEFT = {
    "胡建国": date(2026, 2, 6), "刘诗琪": date(2026, 4, 17), "于海波": date(2025, 12, 31), "曾庆华": date(2026, 6, 30),
    "贾晓东": date(2026, 8, 28),
}  # fmt: skip


@dataclass(frozen=True)
class Staff:
    """Who works when. `on_shift[agent, hour slot]`; `listed[team]` names the k-th agent on shift of every slot."""

    names: npt.NDArray[np.object_]
    team: Whole
    skill: Floats
    pace: Floats
    on_shift: Flags
    next_on: Whole
    listed: tuple[Whole, ...]
    present: tuple[Whole, ...]

    def pick(self, team: Whole, second: Whole, chance: Floats) -> Whole:
        """An agent of each team who is on shift at that second; any of the team where nobody is."""
        chosen = np.zeros(team.size, dtype=np.int64)
        slot = np.clip(second // 3600, 0, HORIZON * 24 - 1)
        for number in range(len(TEAMS)):
            asked = np.flatnonzero(team == number)
            listed, present = self.listed[number], self.present[number]
            there = np.where(present[slot[asked]] > 0, present[slot[asked]], listed.shape[0])
            chosen[asked] = listed[(chance[asked] * there).astype(np.int64), slot[asked]]
        return chosen

    def back_on_shift(self, agent: Whole, second: Whole, chance: Floats) -> Whole:
        """The same second where the agent works then, else a moment in the agent's next hour at work."""
        slot = np.clip(second // 3600, 0, HORIZON * 24 - 1)
        upcoming = self.next_on[agent, slot]
        moved = upcoming * 3600 + (chance * 3600).astype(np.int64)
        return np.where((upcoming == slot) | (upcoming < 0), second, moved)


def staff(rng: np.random.Generator) -> Staff:
    """The roster of all agents over the whole life of the desk."""
    names = np.array([name for team in TEAMS for name in team.agents], dtype=object)
    team = np.repeat(np.arange(len(TEAMS)), [len(team.agents) for team in TEAMS])
    on_shift = _roster(rng, names, team)
    skill = np.clip(rng.normal(0.0, 1.0, names.size), -1.8, 1.8)
    pace = np.exp(rng.normal(0.0, 0.16, names.size) - 0.05 * skill)
    listed, present = zip(*(_listing(on_shift, team == number) for number in range(len(TEAMS))), strict=True)
    return Staff(names, team, skill, pace, on_shift, _next_on(on_shift), listed, present)


def _roster(rng: np.random.Generator, names: npt.NDArray[np.object_], team: Whole) -> Flags:
    days = np.arange(HORIZON)
    hours = np.arange(24)
    roster = np.zeros((names.size, HORIZON, 24), dtype=bool)
    for agent, (name, number) in enumerate(zip(names, team, strict=True)):
        home = TEAMS[number]
        begins = home.opens if agent % 2 == 0 else max(home.opens, home.closes - 9)
        works = (hours >= begins) & (hours < min(begins + 9, home.closes))
        rest = (days + START.weekday() + (int(rng.integers(7)) if home.weekends else 0)) % 7 >= 5
        employed = (days >= day_number(JOINED.get(name, START))) & (days <= day_number(LEFT.get(name, date.max)))
        away = _leave(rng)
        roster[agent] = np.outer(employed & ~rest & ~away, works)
    return roster.reshape(names.size, HORIZON * 24)


def _leave(rng: np.random.Generator) -> Flags:
    """Two holidays of five days a year and some days of illness."""
    away = rng.random(HORIZON) < 0.012
    for first in rng.integers(0, HORIZON, 3):
        away[first : first + 5] = True
    return away


def _listing(on_shift: Flags, members: Flags) -> tuple[Whole, Whole]:
    agents = np.flatnonzero(members)
    own = on_shift[agents]
    return agents[np.argsort(~own, axis=0, kind="stable")], own.sum(axis=0)


def _next_on(on_shift: Flags) -> Whole:
    """The next slot in which each agent works, from every slot on; -1 where none follows."""
    slots = np.arange(on_shift.shape[1])
    never = on_shift.shape[1]
    upcoming = np.where(on_shift, slots, never)
    nearest = np.minimum.accumulate(upcoming[:, ::-1], axis=1)[:, ::-1]
    return np.where(nearest == never, -1, nearest).astype(np.int64)


def open_days(team: Team) -> Flags:
    """The days on which a team works at all."""
    days = (np.arange(HORIZON) + START.weekday()) % 7
    return np.ones(HORIZON, dtype=bool) if team.weekends else days < 5


def add_working_time(team: Whole, second: Whole, seconds: Floats) -> Whole:
    """The instant after so many seconds of the team's opening hours; from its next opening on while it is closed."""
    result = np.zeros(second.size, dtype=np.int64)
    for number, home in enumerate(TEAMS):
        asked = np.flatnonzero(team == number)
        length = (home.closes - home.opens) * 3600
        is_open = open_days(home)
        before = np.concatenate([[0], np.cumsum(is_open)])
        day, time = np.divmod(second[asked], DAY)
        day = np.clip(day, 0, HORIZON - 40)
        worked = before[day] * length + np.clip(time - home.opens * 3600, 0, length) * is_open[day]
        total = worked + seconds[asked].astype(np.int64)
        nth = np.minimum(total // length, before[-1] - 1)
        result[asked] = np.flatnonzero(is_open)[nth] * DAY + home.opens * 3600 + total % length
    return np.maximum(result, second)
