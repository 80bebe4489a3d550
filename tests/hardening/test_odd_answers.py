"""Whatever a site answers, a run ends, and what it has written is true to the schemas.

`HYPOTHESIS_MAX_EXAMPLES=500` tries more than the few that are tried each time.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.hardening.distortion import AROUND_JSON, IN_JSON, KINDS, Distortion
from tests.hardening.fuzz import run_all
from tests.hardening.odd_sites import MOST_REQUESTS, OddCloud, OddDataCenter, settings_for
from tests.running import everything, run_tap

FEW = settings(
    max_examples=int(os.environ.get("HYPOTHESIS_MAX_EXAMPLES", "2")),
    deadline=None,
    derandomize="HYPOTHESIS_MAX_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

DISTORTIONS = st.builds(
    Distortion,
    seed=st.integers(0, 2**32),
    share=st.sampled_from((0.02, 0.1, 0.3, 1.0)),
    kinds=st.one_of(
        st.lists(st.sampled_from(sorted(IN_JSON)), min_size=1, max_size=3, unique=True),
        st.lists(st.sampled_from(sorted(AROUND_JSON)), min_size=1, max_size=3, unique=True),
    ).map(tuple),
)


@FEW
@given(distortion=DISTORTIONS, readable=st.booleans())
@example(distortion=Distortion(0, 1.0, ("numbers",)), readable=True)
@example(distortion=Distortion(14, 1.0, ("odd rows",)), readable=True)
def test_a_run_of_the_cloud_ends_well_whatever_it_is_answered(
    cloud: OddCloud, distortion: Distortion, *, readable: bool
) -> None:
    _run(cloud, distortion, body_markdown=readable, body_text=readable)


@FEW
@given(distortion=DISTORTIONS, readable=st.booleans())
@example(distortion=Distortion(0, 1.0, ("numbers",)), readable=True)
@example(distortion=Distortion(14, 1.0, ("odd rows",)), readable=True)
def test_a_run_of_data_center_ends_well_whatever_it_is_answered(
    data_center: OddDataCenter, distortion: Distortion, *, readable: bool
) -> None:
    _run(data_center, distortion, body_markdown=readable, body_text=readable)


@pytest.mark.each_value
@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("site", ["cloud", "data_center"])
def test_the_sign_in_ends_well_whatever_it_is_answered(
    site: str, kind: str, request: pytest.FixtureRequest
) -> None:
    odd: OddCloud | OddDataCenter = request.getfixturevalue(site)
    odd.distorts_sign_in = True
    try:
        for seed in range(5):
            odd.distortion = Distortion(seed, 1.0, (kind,))
            run = run_tap(settings_for(odd, max_concurrency=1), catalog=None, streams=("groups",))
            assert run.exit_status in {0, 1}
            assert "Traceback" not in run.stderr
    finally:
        odd.distorts_sign_in = False


def test_rows_without_an_id_are_left_out_and_counted(cloud: OddCloud) -> None:
    cloud.distortion = Distortion(3, 1.0, ("odd rows",), under="/api/v2/pages?")
    run = run_tap(settings_for(cloud), catalog=everything(), streams=("pages",))
    cloud.distortion = None
    truth = {key for (key,) in cloud.truth()["pages"]}
    assert truth <= {key for (key,) in run.keys("pages")}
    assert run.exit_status == 0
    assert any("without a key" in line for line in run.log)


def _run(site: OddCloud | OddDataCenter, distortion: Distortion, **more: bool) -> None:
    site.distortion = distortion
    site.requests.clear()
    run_all(settings_for(site, **more))
    assert len(site.requests) < MOST_REQUESTS
