"""The visitor's language: chosen on the page, else named in the URL (`lang`), else the one that he chose when he was
here before, the desk's, the server's, the browser's."""

import streamlit as st

from dashboard import moment
from dashboard.format import call_values
from dashboard.people.current import current_actor
from dashboard.people.own_language import keep_own_language, own_language
from dashboard.settings import AppSettings
from dashboard.spoken import IN_URL, Spoken, spoken
from dashboard.wording import LANGUAGES, Language, _, use_language

KEY = "language"
PARAMETER = "lang"
SEEN_AFTER_SECONDS = 1.0
"""A change of the settings by somebody else is heard after this time."""


def speak() -> Language:
    """Settle the language of this run; the first call of every run and of every callback that shows words."""
    moment.begin()
    said = _said_by_the_desk()
    if KEY not in st.session_state:
        st.session_state[KEY] = _asked_for(said)
    language: Language = st.session_state[KEY]
    use_language(language)
    call_values(said.called)
    return language


def _said_by_the_desk() -> Spoken:
    return _said_in(str(AppSettings.from_environment().data))


@st.cache_data(show_spinner=False, ttl=SEEN_AFTER_SECONDS, max_entries=4)
def _said_in(root: str) -> Spoken:  # noqa: ARG001 - the key
    from dashboard import data  # whose functions speak, too

    return spoken(data.desk().agreements())


def keep_in_url() -> None:
    """Write the language into the URL, so that a shared link opens as it was left."""
    code = next(code for code, language in IN_URL.items() if language == st.session_state[KEY])
    if st.query_params.get(PARAMETER) != code:
        st.query_params[PARAMETER] = code


def choose() -> None:
    """Draw the switch between the languages."""
    st.segmented_control(
        _("Language"), list(LANGUAGES), format_func=LANGUAGES.__getitem__, key=KEY, required=True, width="stretch",
        on_change=_remember,
    )  # fmt: skip


def _remember() -> None:
    """Keep what a person with an account has chosen for his next visit."""
    from dashboard import data

    keep_own_language(current_actor(), data.desk(), st.session_state[KEY])


def _own() -> Language | None:
    from dashboard import data

    actor = current_actor()
    return None if actor.is_disabled else own_language(actor, data.desk())


def _asked_for(said: Spoken) -> Language:
    in_url = IN_URL.get(st.query_params.get(PARAMETER, ""))
    if in_url:
        return in_url
    of_browser: Language = "zh_CN" if (st.context.locale or "en").lower().startswith("zh") else "en"
    return _own() or said.language or AppSettings.from_environment().language or of_browser
