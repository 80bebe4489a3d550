"""The documentation site in a real browser: `make site-test` builds it and runs this."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from tests.docs.site import PROJECT, path_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, ViewportSize

pytestmark = pytest.mark.site

BUILT = PROJECT / "site"
PAGES = sorted(
    path.relative_to(PROJECT / "docs").as_posix() for path in (PROJECT / "docs").rglob("*.md")
)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
"""What the browser is called on Debian, on Ubuntu and by itself."""
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
LONGEST_BUILD = 300.0
"""Seconds after which a build of the site hangs."""
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}

TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth
    const scrolls = element => {
        for (let e = element; e && e !== document.body; e = e.parentElement) {
            const style = getComputedStyle(e)
            if (/auto|scroll|hidden/.test(style.overflowX)) return true
        }
        return false
    }
    const content = document.querySelectorAll("article *")
    return {
        page: document.documentElement.scrollWidth - width,
        parts: [...content]
            .filter(e => e.getBoundingClientRect().right > width + 1 && !scrolls(e))
            .map(e => e.outerHTML.slice(0, 80)),
    }
}"""


class Handler(SimpleHTTPRequestHandler):
    """Serves the folder of the site, without a log."""

    @override
    def log_message(self, format: str, *args: Any) -> None:
        pass


@dataclass
class Visit:
    """A page of the browser, and all that went wrong while it was open.

    Attributes:
        page: What Playwright drives.
        address: Where the site is served.
        wrong: What the console said, what failed and what was asked for elsewhere.
    """

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda m: self._note(m.text, when=m.type in {"error", "warning"}))
        self.page.on("pageerror", lambda error: self._note(str(error)))
        self.page.on("requestfailed", lambda request: self._note(f"failed: {request.url}"))
        self.page.on("request", lambda r: self._note(r.url, when=not self._is_here(r.url)))
        self.page.on("response", lambda r: self._note(r.url, when=r.status >= 400))

    def _note(self, what: str, *, when: bool = True) -> None:
        if when:
            self.wrong.append(what)

    def _is_here(self, url: str) -> bool:
        return url.startswith((self.address, "data:", "blob:"))

    def open(self, path: str) -> None:
        """Open a page of the site, and wait until nothing more is asked for."""
        self.page.goto(self.address + path, wait_until="networkidle")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Serve the site that `make site` has built."""
    assert (BUILT / "index.html").exists(), "make site has not built the site"
    handler = partial(Handler, directory=str(BUILT))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a headless browser."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        message = f"none of {', '.join(CHROMIUM)} is installed, on Debian by apt-get"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - of its own group

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=[*ARGUMENTS])
        yield started
        started.close()


@pytest.fixture
def desktop(browser: Browser, address: str) -> Iterator[Visit]:
    """Sit at a desk."""
    yield from visit(browser, address, DESKTOP)


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Visit]:
    """Hold a phone."""
    yield from visit(browser, address, PHONE)


def visit(browser: Browser, address: str, viewport: ViewportSize) -> Iterator[Visit]:
    page = browser.new_page(viewport=viewport)
    yield Visit(page, address)
    page.close()


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("(settings.md)", "Documentation built"),
        ("(settings.md#nowhere)", "does not contain an anchor '#nowhere'"),
        ("(nowhere.md)", "target is not found"),
    ],
)
def test_a_link_that_leads_nowhere_is_an_error(tmp_path: Path, link: str, said: str) -> None:
    for name in ("Makefile", "constraints.txt", "mkdocs.yml", "pyproject.toml"):
        shutil.copy2(PROJECT / name, tmp_path / name)
    for name in ("docs", "tests/docs"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(PROJECT / ".venv")
    with (tmp_path / "docs" / "faq.md").open("a") as page:
        page.write(f"\n[A link]{link}\n")

    built = subprocess.run(
        ["make", "site"],  # noqa: S607
        check=False,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST_BUILD,
    )

    assert said in built.stdout
    assert (built.returncode == 0) == (link == "(settings.md)")


def test_there_are_pages_to_open() -> None:
    assert {"index.md", "settings.md", "tables/pages.md", "troubleshooting.md"} <= {*PAGES}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_an_error_and_is_readable_on_a_phone(
    desktop: Visit, name: str
) -> None:
    desktop.open(path_of(name))

    heading = desktop.page.locator("article h1")
    assert heading.count() == 1
    assert heading.inner_text().strip("¶ \n")
    pictures = desktop.page.locator("article img").evaluate_all(
        "images => images.map(i => i.naturalWidth)"
    )
    assert all(pictures)
    assert desktop.page.evaluate(TOO_WIDE) == {"page": 0, "parts": []}
    desktop.page.set_viewport_size(PHONE)
    assert desktop.page.evaluate(TOO_WIDE) == {"page": 0, "parts": []}
    assert desktop.wrong == []


def test_wide_tables_scroll_inside_themselves_on_a_phone(phone: Visit) -> None:
    phone.open("costs/")

    wide = phone.page.locator(".md-typeset__scrollwrap").evaluate_all(
        "wraps => wraps.filter(w => w.scrollWidth > w.clientWidth).length"
    )
    assert wide > 0


def test_diagrams_are_drawn(desktop: Visit) -> None:
    desktop.open("tables/pages/")

    drawn = desktop.page.locator(".diagram svg")
    assert drawn.count() == 1
    box = drawn.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) > 200
    assert "page_versions" in (drawn.text_content() or "")
    assert desktop.page.locator("pre.mermaid").count() == 0


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("full_table_interval_hours", "settings/"),
        ("page_property_rows", "tables/pages/#page_property_rows"),
        ("does not accept the credentials", "troubleshooting/"),
    ],
)
@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_the_search_finds_a_setting_a_table_and_a_message(
    request: pytest.FixtureRequest, device: str, sought: str, found: str
) -> None:
    visit: Visit = request.getfixturevalue(device)
    visit.open("")
    if device == "phone":
        visit.page.locator("label.md-header__button[for=__search]").click()
    field = visit.page.locator(".md-search__input")
    field.click()
    field.press_sequentially(sought)
    page, _, anchor = found.partition("#")
    # What is sought stands between the two in the address, to be marked on the page.
    result = visit.page.locator(
        f'a.md-search-result__link[href^="{visit.address}{page}"]'
        + (f'[href$="#{anchor}"]' if anchor else "")
    ).first
    result.click()
    visit.page.locator("article mark").first.wait_for()
    assert visit.page.url.startswith(visit.address + page)
    assert visit.wrong == []
