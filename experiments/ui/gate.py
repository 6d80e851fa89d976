"""Who may talk to the page's server: requests for its own address, from its own pages, and nobody else's.

A page of any other site that is open in the same browser can reach this machine. It cannot make up its `Origin`, nor, without
taking over a name, a `Host` that is ours; so both are looked at, for the websocket above all, through which worlds are run.
"""

from urllib.parse import urlsplit

from abm.errors import BadInput

LOCAL = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::", "")  # listens on all addresses: whose names nobody knows
DEFAULT_PORTS = {"http": 80, "https": 443}
REFUSED = 403
POLICY = 1008  # why a websocket was closed


class Gate:
    """An ASGI application in front of another: what is not meant for it is refused in a sentence.

    host, port: where the server listens; names: other names by which it may be reached, "page.example.org" or with a port
    """

    def __init__(self, app, host, port, names=()):
        self.app = app
        own = {(name, port) for name in (*LOCAL, host) if name not in EVERYWHERE}
        self.exact = own | {parsed for name in names if (parsed := named(name))[1] is not None}
        self.anywhere = {name for name, place in map(named, names) if place is None}

    async def __call__(self, scope, receive, send):
        """Let through or refuse."""
        why = "" if scope["type"] not in ("http", "websocket") else self.refusal(_headers(scope))
        if not why:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": POLICY, "reason": why})
        else:
            head = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": REFUSED, "headers": head})
            await send({"type": "http.response.body", "body": f"{why}\n".encode()})

    def refusal(self, headers):
        """Why a request is refused, or "". headers: {name in small letters: values}."""
        hosts, origins = headers.get("host", []), headers.get("origin", [])
        if len(hosts) != 1 or not self._ours(f"//{hosts[0]}", "http"):
            return "refused: the request is for another host; `overreach ui --allow NAME` names one by which this page may be reached"
        if any(not self._ours(origin, urlsplit(origin).scheme if _is_url(origin) else "") for origin in origins):
            return "refused: the request comes from another site's page; `overreach ui --allow NAME` names one that may"
        return ""

    def _ours(self, address, scheme):
        if not _is_url(address):
            return False
        parts = urlsplit(address)
        port = parts.port if parts.port is not None else DEFAULT_PORTS.get(scheme)
        return scheme in DEFAULT_PORTS and (parts.hostname in self.anywhere or (parts.hostname, port) in self.exact)


def named(name):
    """(host, port or None) of a name that a user allows. Raises BadInput."""
    text = str(name).strip()
    parts = urlsplit(f"//{text}") if _is_url(f"//{text}") else None
    if not text or parts is None or parts.netloc != text or not parts.hostname or set(text) & set("@* "):
        raise BadInput(f"--allow {name!r} is not a name, such as page.example.org or page.example.org:8000")
    return parts.hostname, parts.port


def _is_url(text):
    """Whether its parts can be read."""
    try:
        return bool(urlsplit(text).netloc) and (urlsplit(text).port is None or urlsplit(text).port > 0)
    except ValueError:
        return False


def _headers(scope):
    found: dict = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1").strip().lower())
    return found
