"""What may stand at an address where a Confluence was expected."""

from __future__ import annotations

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from typing_extensions import override

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from email.message import Message


@contextlib.contextmanager
def other_site(
    status: int,
    body: str = "",
    content_type: str = "text/html",
    *,
    received: list[Message] | None = None,
    tls: ssl.SSLContext | None = None,
    **headers: str,
) -> Iterator[str]:
    """Serve the same answer at every path, and give the URL of the site.

    The headers of the requests are added to `received`. Underscores in names of headers to send
    stand for hyphens. With `tls`, the site speaks TLS so.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if received is not None:
                received.append(self.headers)
            sent = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(sent)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(sent)

        @override
        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
