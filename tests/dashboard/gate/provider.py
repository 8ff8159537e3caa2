"""A small OpenID provider on a port of its own: keeps to the rules, or breaks the one that a test asks for."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "floorwalker", "a secret between the two"
KEYS = [RSAKey.generate_key(2048, {"kid": name, "alg": "RS256", "use": "sig"}) for name in ("first", "second")]


@dataclass
class LocalProvider:
    """What it says, and what it was asked."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "7f3a", "email": "mei", "email_verified": True})
    """About the person who signs in there."""
    altered: dict[str, Any] = field(default_factory=dict)
    """Claims of the token that break a rule; None takes one away."""
    signing: Any = None
    """The key that signs where it is not the provider's own."""
    algorithm: str = "RS256"
    own_key: int = 0
    named: dict[str, Any] = field(default_factory=dict)
    """What it says of itself, where that is not the truth."""
    is_away: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def metadata(self) -> dict[str, Any]:
        at = self.issuer
        return {
            "issuer": at, "authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/keys", "end_session_endpoint": f"{at}/leave", **self.named,
        }  # fmt: skip

    def authorize(self, query: dict[str, str]) -> str:
        """The way back with a code, as after the person has signed in."""
        assert query["client_id"] == CLIENT
        assert query["response_type"] == "code"
        assert "openid" in query["scope"].split()
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': self.issuer})}"

    def token(self, form: dict[str, str], basic: str) -> dict[str, Any] | None:
        """The tokens for a code, once, to whom it was given, with what the code was asked for by."""
        asked = self.codes.pop(form.get("code", ""), None)
        shown = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=")
        expected = base64.b64encode(f"{quote(CLIENT)}:{quote(SECRET)}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if (
            asked is None
            or shown.decode() != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
            or basic not in (f"Basic {expected}", f"Basic {plain}")
        ):
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
                  **self.claims, **self.altered}  # fmt: skip
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": self.signed(claims)}

    def signed(self, claims: dict[str, Any]) -> str:
        told = {name: value for name, value in claims.items() if value is not None}
        if self.algorithm == "none":
            parts = ({"alg": "none", "kid": "first"}, told)
            return (
                ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
                + "."
            )
        key = self.signing or KEYS[self.own_key]
        return jwt.encode(
            {"alg": self.algorithm, "kid": KEYS[self.own_key].kid}, told, key, algorithms=[self.algorithm]
        )

    def keys(self) -> dict[str, Any]:
        return {"keys": [KEYS[self.own_key].as_dict(private=False)]}


def shared_key() -> OctKey:
    """What everybody has who knows the client's secret."""
    return OctKey.import_key(SECRET)


def foreign_key() -> RSAKey:
    """Somebody else's, under the provider's name for its own."""
    return RSAKey.generate_key(2048, {"kid": "first"})


@contextmanager
def running(provider: LocalProvider) -> Iterator[LocalProvider]:
    """The provider on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            provider.asked.append(parts.path)
            match parts.path:
                case _ if provider.is_away:
                    self._say(503, {})
                case "/.well-known/openid-configuration":
                    self._say(200, provider.metadata())
                case "/keys":
                    self._say(200, provider.keys())
                case "/authorize":
                    self._go(provider.authorize(dict(parse_qsl(parts.query))))
                case _:
                    self._say(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            tokens = provider.token(form, self.headers.get("authorization", ""))
            self._say(200, tokens) if tokens else self._say(400, {"error": "invalid_grant"})

        def _say(self, status: int, said: dict[str, Any]) -> None:
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _go(self, address: str) -> None:
            self.send_response(302)
            self.send_header("Location", address)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_said: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
