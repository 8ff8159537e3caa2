"""The visitor's language: chosen on the page, else named in the URL (`lang`), else the server's, else the browser's."""

import streamlit as st

from dashboard import moment
from dashboard.settings import AppSettings
from dashboard.wording import LANGUAGES, Language, _, use_language

KEY = "language"
PARAMETER = "lang"
IN_URL: dict[str, Language] = {"zh-CN": "zh_CN", "en": "en"}


def speak() -> Language:
    """Settle the language of this run; the first call of every run and of every callback that shows words."""
    moment.begin()
    if KEY not in st.session_state:
        st.session_state[KEY] = _asked_for()
    language: Language = st.session_state[KEY]
    use_language(language)
    return language


def keep_in_url() -> None:
    """Write the language into the URL, so that a shared link opens as it was left."""
    code = next(code for code, language in IN_URL.items() if language == st.session_state[KEY])
    if st.query_params.get(PARAMETER) != code:
        st.query_params[PARAMETER] = code


def choose() -> None:
    """Draw the switch between the languages."""
    st.segmented_control(
        _("Language"), list(LANGUAGES), format_func=LANGUAGES.__getitem__, key=KEY, required=True, width="stretch"
    )


def _asked_for() -> Language:
    in_url = IN_URL.get(st.query_params.get(PARAMETER, ""))
    if in_url:
        return in_url
    of_browser: Language = "zh_CN" if (st.context.locale or "en").lower().startswith("zh") else "en"
    return AppSettings.from_environment().language or of_browser
