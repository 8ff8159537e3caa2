"""Which addresses are open to everybody, and where who is not signed in is sent."""

from urllib.parse import quote, urlencode

SIGN_IN = "/auth/sign-in"
SIGN_OUT = "/auth/sign-out"
PASSWORD = "/auth/password"
PROVIDER = "/auth/provider"
PROVIDER_RETURN = "/auth/provider/return"
STYLE = "/auth/style.css"
LINK = "/auth/link/"
DOWNLOAD = "/download/"
PLOTLY = "/drawing/plotly.js"
"""The script that makes charts into pictures in the reader's browser."""
PUSH = "/push/"
HEALTH = "/_stcore/health"
UPLOAD = "/_stcore/upload_file/"
STATIC = "/static/"
OPEN = frozenset({SIGN_IN, SIGN_OUT, PROVIDER, PROVIDER_RETURN, STYLE})
MACHINERY = ("/_stcore/", "/media/", "/component/", STATIC, DOWNLOAD, PLOTLY, PUSH)
"""Asked for by scripts and programs, which no page to sign in on helps."""
LONGEST_NEXT = 2000
SESSION_HEADER = "x-floorwalker-session"
"""What the pages are told of the session; Streamlit gives a page's state back to the same one only."""


def is_open_to_all(path: str, method: str) -> bool:
    """Whether this is answered without a session: signing in, whether the server is well, what is pushed signed."""
    if path == HEALTH:
        return method in ("GET", "HEAD")
    if path.startswith(PUSH):
        return method == "POST"
    return path in OPEN or path.startswith(LINK)


def is_a_page(path: str, method: str) -> bool:
    """Whether a person opens this, who can be asked to sign in."""
    return method in ("GET", "HEAD") and not path.startswith(MACHINERY)


def sign_in_first(path: str, query: str) -> str:
    """The address to sign in at, from which one comes back to what was asked for."""
    asked = own_path(path + (f"?{query}" if query else ""))
    return SIGN_IN if asked == "/" else f"{SIGN_IN}?{urlencode({'next': asked})}"


def own_path(asked: str) -> str:
    """A path on this server and nothing else; the first page where it is none."""
    is_own = asked.startswith("/") and not asked.startswith(("//", "/\\", "/auth/"))
    if not is_own or len(asked) > LONGEST_NEXT or any(char < " " or char == "\\" for char in asked):
        return "/"
    path, mark, query = asked.partition("?")
    return quote(path, safe="/%") + mark + quote(query, safe="=&%+,:;@!$'()*/-._~")
