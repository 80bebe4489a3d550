"""Runs a demo site until it is stopped or the process that started it is gone."""

from __future__ import annotations

import argparse
import gc
import json
import os
import signal
import sys
import threading

from tests.demo_site import DataCenterSite, DemoSite, GatewaySite, Wiki


def main() -> None:
    """Serve a seeded wiki and print where to find it as one line of JSON."""
    options = _options()
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    parent = os.getppid()
    wiki = Wiki.seeded(options.pages, options.seed, body_bytes=options.body_bytes)
    gc.freeze()
    site = _site(wiki, options)
    site.faults.requests_per_second = options.requests_per_second
    with site:
        started = {"base_url": site.base_url, **_credentials(site), "pid": os.getpid()}
        sys.stdout.write(json.dumps(started) + "\n")
        sys.stdout.flush()
        while not stopped.wait(1) and os.getppid() == parent:
            pass


def _site(wiki: Wiki, options: argparse.Namespace) -> DemoSite | DataCenterSite:
    latency = options.latency_ms / 1000
    if options.site == "datacenter":
        return DataCenterSite(wiki, latency=latency, host=options.host, port=options.port)
    replies = options.replies_in_lists
    if options.site == "gateway":
        return GatewaySite(wiki, latency=latency, replies_in_lists=replies, host=options.host)
    return DemoSite(
        wiki, latency=latency, replies_in_lists=replies, host=options.host, port=options.port
    )


def _credentials(site: DemoSite | DataCenterSite) -> dict[str, str]:
    if isinstance(site, DataCenterSite):
        return {
            "personal_access_token": site.personal_access_token,
            "username": site.username,
            "password": site.password,
        }
    found = {"email": site.email, "api_token": site.api_token}
    if isinstance(site, GatewaySite):
        found |= {
            "gateway_url": site.gateway_url,
            "oauth_token_url": site.oauth_token_url,
            "client_id": site.client_id,
            "client_secret": site.client_secret,
            "refresh_token": site.refresh_token,
            "scoped_token": site.scoped_token,
        }
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.demo_site", description=__doc__)
    parser.add_argument(
        "--site",
        choices=("cloud", "gateway", "datacenter"),
        default="cloud",
        help="what the wiki runs on; a gateway takes free ports",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    parser.add_argument("--pages", type=int, default=300, help="number of pages")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes another wiki")
    parser.add_argument("--body-bytes", type=int, help="length of each page's body")
    parser.add_argument("--latency-ms", type=float, default=0, help="least time of an answer")
    parser.add_argument(
        "--replies-in-lists",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="whether the site-wide lists of comments have replies in them",
    )
    parser.add_argument("--requests-per-second", type=float, help="rate beyond which 429 is sent")
    return parser.parse_args()


if __name__ == "__main__":
    main()
