"""Security headers on every answer: nothing foreign is loaded, nothing frames the pages; and by which names.

Listening on this machine only is not enough: a foreign page may let its own name point to 127.0.0.1 and would then be
of the same origin as the desk. Its requests still carry that name, so only our own names are answered.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
"""By these names a browser on this machine may call the server, at any port."""
INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def inline_script_hashes() -> tuple[str, ...]:
    """The CSP sources that admit the inline scripts of Streamlit's own start page, and no other inline script."""
    page = files("streamlit").joinpath("static", "index.html").read_bytes()
    digests = (hashlib.sha256(script).digest() for script in INLINE_SCRIPT.findall(page))
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


@cache
def content_security_policy() -> str:
    """What a page may load: itself. Inline styles are how Streamlit and Plotly draw; workers come from blobs."""
    directives = {
        "default-src": ("'self'",),
        "script-src": ("'self'", *inline_script_hashes()),
        "style-src": ("'self'", "'unsafe-inline'"),
        "img-src": ("'self'", "data:", "blob:"),
        "font-src": ("'self'", "data:"),
        "connect-src": ("'self'",),
        "worker-src": ("'self'", "blob:"),
        "object-src": ("'none'",),
        "base-uri": ("'self'",),
        "form-action": ("'self'",),
        "frame-ancestors": ("'none'",),
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


class SecurityHeaders:
    """ASGI middleware that adds the headers to every HTTP answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = {
            "Content-Security-Policy": content_security_policy(),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "no-referrer",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
            "Cross-Origin-Opener-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def guards(names: Sequence[str] = ()) -> list[Middleware]:
    """What stands between the network and the pages; the headers stand outermost, on refusals too.

    names: by which the server may be called besides the machine's own ones.
    """
    return [
        Middleware(SecurityHeaders),
        Middleware(TrustedHostMiddleware, allowed_hosts=(*OWN_NAMES, *names), www_redirect=False),
    ]
