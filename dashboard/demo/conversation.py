"""The transcripts of the demo desk: who said what and when, in step with the tickets' instants."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from dashboard.demo.calendar_of_demand import Arrivals, Floats, Whole
from dashboard.demo.inquiries import COMPLAINT, Inquiries, asks_for
from dashboard.demo.lifecycle import CHAT, EMAIL, NEVER, PHONE, SOCIAL, STORE, WEB_FORM, WECHAT, Lives, awake
from dashboard.demo.people import TEAMS, Flags, Staff
from dashboard.demo.texts import PHRASES, TALKS

CUSTOMER, AGENT, BOT, SYSTEM = range(4)
Pool = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Part:
    """One kind of message over many tickets: the ticket's number, the second, who wrote it, and the text with slots."""

    ticket: Whole
    at: Whole
    kind: int
    agent: Whole | None
    text: pl.Series
    is_public: bool = True


@dataclass(frozen=True)
class Writer:
    """What all parts of a conversation are written from."""

    rng: np.random.Generator
    asked: Arrivals
    about: Inquiries
    life: Lives
    staff: Staff

    def chance(self, share: float | Floats) -> Flags:
        return self.rng.random(self.asked.second.size) < share

    def say(self, pool: str, ticket: Whole) -> pl.Series:
        """A phrase of the pool in the language of each ticket."""
        return self._choose(PHRASES[pool], ticket)

    def say_either(self, first: str, second: str, is_first: Flags, ticket: Whole) -> pl.Series:
        return self.say(first, ticket).zip_with(pl.Series(is_first[ticket]), self.say(second, ticket))

    def _choose(self, pool: Pool, ticket: Whole) -> pl.Series:
        sizes = np.array([len(each) for each in pool])[self.about.language[ticket]]
        number = (self.rng.random(ticket.size) * sizes).astype(np.int64) + self.about.language[ticket] * len(pool[0])
        return pl.Series([*pool[0], *pool[1]]).gather(number)

    def question(self, ticket: Whole) -> pl.Series:
        return pl.Series([talk.question for talk in TALKS]).gather(self.about.talk[ticket])

    def answer(self, ticket: Whole) -> pl.Series:
        """One of the answers to each ticket's question."""
        sizes = np.array([len(talk.answers) for talk in TALKS])
        starts = np.cumsum(sizes) - sizes
        talk = self.about.talk[ticket]
        number = starts[talk] + (self.rng.random(ticket.size) * sizes[talk]).astype(np.int64)
        return pl.Series([answer for talk in TALKS for answer in talk.answers]).gather(number)

    def asks_for(self, needs: str) -> Flags:
        return asks_for(needs, self.about.talk, self.about.inquiry)

    def seconds(self, median: float, spread: float, size: int) -> Floats:
        return np.asarray(median * np.exp(spread * self.rng.standard_normal(size)))


def parts(writer: Writer) -> list[Part]:
    """Every message of every ticket, in no order yet; nothing here knows the newest instant."""
    return [_question(writer), *_automatic(writer), *_talk(writer), *_reopenings(writer), *_notes(writer)]


def _is_letter(writer: Writer) -> Flags:
    return np.isin(writer.asked.channel, (EMAIL, WEB_FORM))


def _is_voice(writer: Writer) -> Flags:
    return np.isin(writer.asked.channel, (PHONE, STORE))


def _question(writer: Writer) -> Part:
    ticket = np.arange(writer.asked.second.size)
    comes_back = pl.Series(writer.about.follows >= 0)
    upset = pl.Series((writer.about.kind == COMPLAINT) & np.isin(writer.asked.channel, (PHONE, SOCIAL)))
    opening = writer.say_either("letter_greeting", "greeting", _is_letter(writer), ticket)
    opening = writer.say("greeting_voice", ticket).zip_with(pl.Series(_is_voice(writer)), opening)
    opening = writer.say("upset", ticket).zip_with(upset, opening)
    again = _by_need(writer, ticket, "repeat", "repeat", "repeat_nothing")
    opening = again.zip_with(comes_back, opening)
    text = opening + writer.question(ticket) + writer.say("urging", ticket)
    return Part(ticket, writer.asked.second, CUSTOMER, None, text)


def _automatic(writer: Writer) -> list[Part]:
    """Receipts, the bot's part, and the end of chats and calls whose customer has gone."""
    life, chats = writer.life, np.isin(writer.asked.channel, (CHAT, WECHAT))
    chat, letter = np.flatnonzero(chats), np.flatnonzero(_is_letter(writer))
    alone, gone = np.flatnonzero(life.is_bot_only), np.flatnonzero(life.is_given_up)
    pleased = np.flatnonzero(life.is_bot_only & writer.chance(0.55))
    answer = writer.say("bot_answer", alone).to_frame("text").select(
        pl.col("text").str.replace("{answer}", pl.lit(writer.answer(alone)), literal=True)
    )  # fmt: skip
    wants = np.flatnonzero(
        chats & ~life.is_bot_only & (life.responded - life.auto_responded > 12) & writer.chance(0.25)
    )
    patience = np.minimum(writer.seconds(14, 0.5, wants.size), (life.responded - life.auto_responded)[wants] * 0.8)
    return [
        Part(chat, life.auto_responded[chat], BOT, None, writer.say("bot", chat)),
        Part(letter, life.auto_responded[letter], SYSTEM, None, writer.say("auto_letter", letter)),
        Part(alone, life.auto_responded[alone] + writer.rng.integers(6, 30, alone.size), BOT, None, answer["text"]),
        Part(pleased, life.resolved[pleased], CUSTOMER, None, writer.say("bot_thanks", pleased)),
        _said(wants, life.auto_responded[wants] + patience.astype(np.int64), writer.say("wants_person", wants)),
        Part(gone, life.closed[gone], SYSTEM, None,
             writer.say_either("hung_up", "left", writer.asked.channel == PHONE, gone)),
    ]  # fmt: skip


def _talk(writer: Writer) -> list[Part]:
    """From the agent's first reply to the first resolution."""
    life = writer.life
    answered = (life.responded < NEVER) & ~life.is_bot_only
    letters = _is_letter(writer) | (writer.asked.channel == SOCIAL)
    direct = answered & life.is_at_once & (letters | writer.chance(0.38))
    asks = answered & ~direct
    later = asks & ~life.is_at_once
    took = (life.first_resolved - life.responded).astype(np.float64)
    thinks = np.where(letters, writer.seconds(9_000, 0.9, took.size), writer.seconds(28, 0.7, took.size))
    given = life.responded + np.minimum(thinks, 0.3 * took).astype(np.int64)
    interim = _interim_at(writer, given, letters, took)
    ending = np.where(
        letters, 0, np.where(life.is_at_once, took - _looking_up(writer, given, took), np.minimum(0.2 * took, 300))
    )
    final = np.where(direct, life.responded, life.first_resolved - ending.astype(np.int64))
    polite = answered & ~letters & writer.chance(0.40)
    thanked = np.maximum(life.first_resolved - (0.5 * ending).astype(np.int64), final)
    thanked = np.where(direct, life.responded + (0.6 * took).astype(np.int64), thanked)
    closes = polite & writer.chance(0.45)
    replies = np.flatnonzero(asks & writer.chance(0.95))
    return [
        _first_reply(writer, np.flatnonzero(direct), is_direct=True),
        _first_reply(writer, np.flatnonzero(asks), is_direct=False),
        _said(replies, given[replies], _given(writer, replies)),
        _interim(writer, later & (interim < life.first_resolved - 400) & writer.chance(0.93), interim),
        _plan(writer, answered & (life.escalated < NEVER) & writer.chance(0.9)),
        *_impatience(writer, later & (took > 40_000) & writer.chance(0.4)),
        _final_answer(writer, np.flatnonzero(asks), final),
        _of_customer(writer, polite, thanked, "thanks"),
        _of_agent(writer, closes, life.first_resolved, "closing", life.agent),
    ]  # fmt: skip


def _looking_up(writer: Writer, given: Whole, took: Floats) -> Floats:
    """Seconds from the first reply until the answer, where the customer waits for it on the line."""
    return np.minimum((given - writer.life.responded) + writer.seconds(58, 0.55, took.size), 0.9 * took)


def _interim_at(writer: Writer, given: Whole, letters: Flags, took: Floats) -> Whole:
    """When the customer hears that it will take longer: on the line at once, by letter when its turn comes."""
    life = writer.life
    on_line = given + np.minimum(writer.seconds(52, 0.55, took.size), 0.3 * took).astype(np.int64)
    turn = np.array([0, 0, 4_200, 0, 2_400, 600, 0])[writer.asked.channel]
    by_letter = given + (turn * writer.seconds(1, 0.7, took.size)).astype(np.int64)
    by_letter = writer.staff.back_on_shift(life.responder, by_letter, 0.3 * writer.rng.random(took.size))
    return np.where(letters, by_letter, on_line)


def _by_need(writer: Writer, ticket: Whole, order: str, detail: str, nothing: str) -> pl.Series:
    """A phrase by what the agent has to know; on the telephone nobody sends pictures."""
    voice = _is_voice(writer)
    told = (
        writer.say_either(f"{detail}_voice", detail, voice, ticket)
        if detail.endswith("_detail")
        else writer.say(detail, ticket)
    )
    text = told.zip_with(pl.Series(writer.asks_for("detail")[ticket]), writer.say(nothing, ticket))
    return writer.say(order, ticket).zip_with(pl.Series(writer.asks_for("order")[ticket]), text)


def _given(writer: Writer, ticket: Whole) -> pl.Series:
    return _by_need(writer, ticket, "give_order", "give_detail", "give_fine")


def _said(ticket: Whole, at: Whole, text: pl.Series) -> Part:
    return Part(ticket, at, CUSTOMER, None, text)


def _of_customer(writer: Writer, which: Flags, at: Whole, pool: str) -> Part:
    ticket = np.flatnonzero(which)
    return Part(ticket, at[ticket], CUSTOMER, None, writer.say(pool, ticket))


def _of_agent(writer: Writer, which: Flags, at: Whole, pool: str, agent: Whole) -> Part:
    ticket = np.flatnonzero(which)
    return Part(ticket, at[ticket], AGENT, agent[ticket], writer.say(pool, ticket))


def _letter_end(writer: Writer, ticket: Whole) -> pl.Series:
    plain = pl.Series([""]).gather(np.zeros(ticket.size, dtype=np.int64))
    return writer.say("letter_end", ticket).zip_with(pl.Series(_is_letter(writer)[ticket]), plain)


def _first_reply(writer: Writer, ticket: Whole, *, is_direct: bool) -> Part:
    life, about = writer.life, writer.about
    long_wait = (life.responded - life.created > 1_500) & np.isin(writer.asked.channel, (CHAT, WECHAT, PHONE))
    hello = writer.say_either("hello_voice", "hello", _is_voice(writer), ticket)
    hello = writer.say("hello_letter", ticket).zip_with(pl.Series(_is_letter(writer)[ticket]), hello)
    hello = writer.say("sorry", ticket).zip_with(pl.Series(long_wait[ticket]), hello)
    hello = writer.say("sorry_upset", ticket).zip_with(pl.Series((about.kind == COMPLAINT)[ticket]), hello)
    text = writer.answer(ticket) if is_direct else _by_need(writer, ticket, "ask_order", "ask_detail", "ask_wait")
    text = hello + text
    return Part(ticket, life.responded[ticket], AGENT, life.responder[ticket], text + _letter_end(writer, ticket))


def _final_answer(writer: Writer, ticket: Whole, at: Whole) -> Part:
    found = writer.say_either("found_voice", "found", _is_voice(writer), ticket)
    start = found.zip_with(pl.Series(writer.life.is_at_once[ticket]), writer.say("update", ticket))
    text = start + writer.answer(ticket) + _letter_end(writer, ticket)
    return Part(ticket, at[ticket], AGENT, writer.life.agent[ticket], text)


def _interim(writer: Writer, which: Flags, at: Whole) -> Part:
    """What is said where the answer takes longer than the conversation."""
    ticket = np.flatnonzero(which)
    text = _by_need(writer, ticket, "interim", "interim", "interim_nothing")
    return Part(ticket, at[ticket], AGENT, writer.life.responder[ticket], text)


def _plan(writer: Writer, which: Flags) -> Part:
    """What the customer hears from those to whom the ticket was escalated: that they have it, and until when."""
    life, size = writer.life, which.size
    at = life.escalated + writer.seconds(2_400, 0.8, size).astype(np.int64)
    at = writer.staff.back_on_shift(life.agent, np.where(which, at, 0), 0.3 * writer.rng.random(size))
    return _of_agent(
        writer, which & (at > life.escalated) & (at < life.first_resolved - 400), at, "still_working", life.agent
    )


def _impatience(writer: Writer, which: Flags) -> list[Part]:
    """Customers who ask how their open ticket is getting on, and what they hear."""
    life, size = writer.life, which.size
    took = (life.first_resolved - life.responded).astype(np.float64)
    asked = life.responded + ((0.35 + 0.3 * writer.rng.random(size)) * took).astype(np.int64)
    asked = awake(asked)
    agent = np.where(asked < life.handed_over, life.responder, life.agent)
    reply = asked + _until_heard(writer)
    reply = writer.staff.back_on_shift(agent, reply, writer.rng.random(size))
    which = which & (asked < life.first_resolved - 400)
    in_time = which & (reply < life.first_resolved - 400)
    return [
        _of_customer(writer, which, asked, "patience"),
        _of_agent(writer, in_time, reply, "still_working", agent),
    ]


def _until_heard(writer: Writer) -> Whole:
    """Seconds until somebody says that it is being looked at: on the line soon, by letter when its turn comes."""
    usual = np.array([45, 50, 4_200, 60, 2_400, 700, 120])[writer.asked.channel]
    return (usual * writer.seconds(1, 0.7, usual.size)).astype(np.int64)


def _reopenings(writer: Writer) -> list[Part]:
    life = writer.life
    said: list[Part] = []
    for reopened, settled in zip(life.reopened, life.resolved_again, strict=True):
        happens = reopened < NEVER
        reply = writer.staff.back_on_shift(
            life.agent,
            reopened + _until_heard(writer),
            writer.rng.random(happens.size),
        )
        again, ends = np.flatnonzero(happens), np.flatnonzero(happens)
        said += [
            _said(again, reopened[again], _by_need(writer, again, "again", "again", "again_nothing")),
            _of_agent(writer, happens & (reply < settled), reply, "sorry_again", life.agent),
            Part(ends, settled[ends], AGENT, life.agent[ends],
                 _by_need(writer, ends, "settled_again", "settled_again", "settled_nothing")),
        ]  # fmt: skip
    return said


def _notes(writer: Writer) -> list[Part]:
    """What agents write for each other when a ticket moves."""
    life = writer.life
    notes = []
    for at, pool, which in (
        (life.escalated, "note_escalated", life.escalated < NEVER),
        (life.handed_over, "note_moved", (life.handed_over < NEVER) & (life.escalated == NEVER)),
    ):
        ticket = np.flatnonzero(which)
        stays = pl.Series((life.team == life.first_team)[ticket])
        teams = pl.repeat("值班主管", ticket.size, eager=True).zip_with(
            stays, pl.Series([team.name for team in TEAMS]).gather(life.team[ticket])
        )
        text = writer.say(pool, ticket).to_frame("text").with_columns(team=teams)
        filled = text.select(pl.col("text").str.replace("{team}", pl.col("team"), literal=True))["text"]
        notes.append(Part(ticket, at[ticket], AGENT, life.responder[ticket], filled, is_public=False))
    return notes
