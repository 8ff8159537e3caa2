"""A page that fails says so in one sentence of the reader's language."""

from streamlit.testing.v1 import AppTest


def failing_with_a_refusal() -> None:
    from dashboard.components.trouble import told
    from dashboard.wording import use_language
    from loaders.errors import LoadError

    use_language("zh_CN")
    told(LoadError("Reset filters"))


def failing_with_our_own_mistake() -> None:
    from dashboard.components.trouble import told
    from dashboard.wording import use_language

    use_language("en")
    told(ValueError("secret detail"))


def test_a_refusal_is_told_in_the_readers_language() -> None:
    assert AppTest.from_function(failing_with_a_refusal, default_timeout=60).run().error[0].value == "清除筛选"


def test_our_own_mistake_is_told_without_its_detail() -> None:
    (error,) = AppTest.from_function(failing_with_our_own_mistake, default_timeout=60).run().error
    assert error.value.startswith("This page could not be shown.")
    assert "secret" not in error.value
