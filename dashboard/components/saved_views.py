"""Saved views in the sidebar: save this page with what it is asked, open, rename, share, delete."""

from collections.abc import Callable
from urllib.parse import urlencode

import streamlit as st

from dashboard import data, scope
from dashboard.components.text import plain
from dashboard.language import PARAMETER, speak
from dashboard.navigation import LINES, PAGES, Line, may_open
from dashboard.people import Act, reach
from dashboard.people.current import current_actor
from dashboard.refusals import sentence
from dashboard.services.settings.saved_views import (
    View,
    delete_view,
    readable,
    rename_view,
    save_view,
    saved_views,
    share_view,
)
from dashboard.wording import _
from metrics.errors import ActionableError

OPEN, SAID, NAME, MORE = "views.open", "views.said", "views.name", "views.more"


def views(line: Line) -> None:
    """Draw the views that this person has, and the way to save this page as one."""
    _go()
    actor = current_actor()
    if not reach(actor, Act.SAVE_VIEWS):
        return
    found = [view for view in saved_views(actor, data.desk()) if _line(view) is not None]
    with st.expander(
        _("Saved views ({n})", n=len(found)), icon=":material/bookmark:", expanded=SAID in st.session_state
    ):
        if SAID in st.session_state:
            st.error(st.session_state.pop(SAID))
        for view in found:
            _row(view)
        if line.scoped != "nothing":
            st.text_input(_("Save this page as"), key=NAME, placeholder=_("a name"), max_chars=80)
            st.button(_("Save this view"), icon=":material/bookmark_add:", on_click=_save, args=(line.url_path,),
                      key="views-save", width="stretch")  # fmt: skip


def _line(view: View) -> Line | None:
    """The page of a view, where there is one that this person may open."""
    actor = current_actor()
    return next((line for line in LINES if line.url_path == view.page and may_open(actor, line)), None)


def _go() -> None:
    """Open the view that was chosen just now."""
    view = st.session_state.pop(OPEN, None)
    line = _line(view) if isinstance(view, View) else None
    if line is None:
        return
    asked: dict[str, list[str]] = {}
    for name, value in _asked(view):
        asked.setdefault(name, []).append(value)
    st.switch_page(PAGES / line.file, query_params=asked)


def _row(view: View) -> None:
    left, right = st.columns([5, 1], vertical_alignment="center", gap="small")
    with left:
        st.button(
            plain(view.name), icon=":material/group:" if view.is_shared else None, type="tertiary",
            key=f"view-{view.id}", on_click=_open, args=(view,), width="stretch",
            help=_("Shared with everybody; each sees there what is theirs.") if view.is_shared else None,
        )  # fmt: skip
    if not view.is_own and current_actor().role != "administrator":
        return
    with right:
        st.button("", icon=":material/more_vert:", type="tertiary", key=f"view-more-{view.id}", on_click=_more,
                  args=(view.id,), help=_("Rename, share, delete"))  # fmt: skip
    if st.session_state.get(MORE) == view.id:
        with st.container(border=True):
            _what_else(view)


def _more(id: int) -> None:
    """Show what else can be done with this view, or hide it again. A popover would not be reached by the keyboard."""
    st.session_state[MORE] = None if st.session_state.get(MORE) == id else id


def _what_else(view: View) -> None:
    if view.is_own:
        st.text_input(_("New name"), view.name, key=f"view-name-{view.id}", max_chars=80)
        st.button(_("Rename"), key=f"view-rename-{view.id}", on_click=_rename, args=(view,))
        if reach(current_actor(), Act.SHARE_VIEWS):
            text = _("Share no longer") if view.is_shared else _("Share with everybody")
            st.button(text, key=f"view-share-{view.id}", on_click=_share, args=(view,))
    st.button(_("Delete"), icon=":material/delete:", key=f"view-delete-{view.id}", on_click=_delete, args=(view,))


def _open(view: View) -> None:
    """Let the page begin with what the view asks: what was chosen before must not win over it."""
    kept: dict[str, list[str]] = {}
    for name, value in _asked(view):
        if scope.is_parameter(name):
            kept.setdefault(name, []).append(value)
    st.session_state[scope.KEPT] = kept
    scope.forget_widgets()
    for key in [str(key) for key in st.session_state if str(key).startswith(("switch.", "pick."))]:
        del st.session_state[key]
    st.session_state[OPEN] = view


def _asked(view: View) -> list[tuple[str, str]]:
    """What the view asks, as far as this reader may know of it; that something was left out is said."""
    if not data.has_data():
        return list(view.asked)
    kept, left_out = readable(view, data.foreign_names())
    if left_out:
        speak()
        st.session_state[SAID] = _("{n} filters of this view are about what is not yours to see, and were left out.",
                                   n=left_out)  # fmt: skip
    return kept


def _save(page: str) -> None:
    asked = [(name, value) for name in st.query_params if name != PARAMETER for value in st.query_params.get_all(name)]
    _try(lambda: save_view(current_actor(), data.desk(), str(st.session_state.get(NAME) or ""), page, urlencode(asked)))
    if SAID not in st.session_state:
        st.session_state[NAME] = ""


def _rename(view: View) -> None:
    name = str(st.session_state.get(f"view-name-{view.id}") or "")
    _try(lambda: rename_view(current_actor(), data.desk(), view.id, name, expected=view.version))


def _share(view: View) -> None:
    _try(lambda: share_view(current_actor(), data.desk(), view.id, is_shared=not view.is_shared, expected=view.version))


def _delete(view: View) -> None:
    _try(lambda: delete_view(current_actor(), data.desk(), view.id, expected=view.version))


def _try(act: Callable[[], object]) -> None:
    speak()
    try:
        act()
    except ActionableError as error:
        st.session_state[SAID] = plain(sentence(error))
