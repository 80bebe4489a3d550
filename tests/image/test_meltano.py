"""The stage `meltano` of the Dockerfile, run as the manifest for Kubernetes says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
import yaml

from tests.demo_site import DemoSite, Wiki
from tests.image.builder import PROJECT, Image
from tests.newcomer.internet import Internet
from tests.newcomer.newcomer import socket_of
from tests.postgres import running_postgres

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.demo_site.recorder import Recorded
    from tests.image.builder import Builder

pytestmark = pytest.mark.image

MANIFEST = PROJECT / "orchestrate" / "kubernetes" / "cronjob.yaml"


def details(requests: Iterable[Recorded]) -> set[str]:
    """Return where requests ask for what is read of each page alone."""
    return {request.path for request in requests if "include-versions" in request.query}


def test_it_loads_a_site_with_what_the_manifest_gives_it_and_goes_on_from_its_state(
    builder: Builder, base: str, tmp_path: Path
) -> None:
    image = Image.build(builder, base, "meltano", VERSION="1.2.3")
    pod = yaml.safe_load(MANIFEST.read_text())["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    user = pod["securityContext"]
    with (
        running_postgres() as server,
        Internet(tmp_path, socket_of(server.get_uri())) as internet,
        DemoSite(Wiki.seeded(pages=30, seed=7)) as site,
        psycopg.connect(server.get_uri(), autocommit=True) as connection,
    ):
        url = f"postgresql+psycopg://postgres@127.0.0.1:{internet.postgres_port}/postgres"
        variables = {
            **{variable["name"]: variable["value"] for variable in container["env"]},
            "TAP_CONFLUENCE_BASE_URL": site.base_url,
            "TAP_CONFLUENCE_EMAIL": site.email,
            "TAP_CONFLUENCE_API_TOKEN": site.api_token,
            "TARGET_POSTGRES_SQLALCHEMY_URL": url,
            "MELTANO_DATABASE_URI": url,
        }
        writable = [mount["mountPath"] for mount in container["volumeMounts"]]
        first = image.run_read_only(*container["args"], writable=writable, **variables)
        asked = len(site.requests)
        again = image.run_read_only(*container["args"], writable=writable, **variables)
        pages = connection.execute("select id from confluence.pages").fetchall()
        states = connection.execute("select state_id from state").fetchall()

        assert image.config["User"] == f"{user['runAsUser']}:{user['runAsGroup']}"
        assert first.returncode == 0, first.stderr[-4000:]
        assert again.returncode == 0, again.stderr[-4000:]
        assert set(pages) == site.truth()["pages"]
        assert states == [("site:tap-confluence-to-target-postgres",)]
        assert details(site.requests[asked:]) < details(site.requests[:asked])
