"""What was asked lately is not worked out again."""

from metrics.lately import Lately


def test_an_answer_is_made_once_until_so_many_others_were_asked_for() -> None:
    made: list[str] = []

    def answer(question: str) -> str:
        return lately.of(question, lambda: made.append(question) or question.upper())  # type: ignore[func-returns-value]

    lately: Lately[str] = Lately(2)
    assert [answer(one) for one in ("a", "b", "a", "c", "b", "a")] == ["A", "B", "A", "C", "B", "A"]
    assert made == ["a", "b", "c", "a"]
