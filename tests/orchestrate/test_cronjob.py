"""The CronJob: what Kubernetes needs to run the load every night, and to keep its secrets."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.integration.plugins import PROJECT, definition

FILE = PROJECT / "orchestrate" / "kubernetes" / "cronjob.yaml"
NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
KUBERNETES = "1.37"
"""The release whose schema it is held to."""

QUANTITY = re.compile(r"\d+(m|Mi|Gi)?")
OF_MELTANO = {"MELTANO_DATABASE_URI", "MELTANO_ENVIRONMENT"}


@cache
def cron_job() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return content


def pod() -> dict[str, Any]:
    content: dict[str, Any] = cron_job()["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    return content


def container() -> dict[str, Any]:
    containers: list[dict[str, Any]] = pod()["containers"]
    [only] = containers
    return only


def settings(*, sensitive: bool) -> set[str]:
    """Return the variables for the settings of all plugins: the secret ones, or the others."""
    return {
        re.sub("[-.]", "_", f"{entry['name']}_{setting['name']}").upper()
        for kind in definition()["plugins"].values()
        for entry in kind
        for setting in entry.get("settings", [])
        if setting.get("sensitive", False) is sensitive
    }


def secret_variables() -> set[str]:
    """Return the variables that the secret is made of, as the comments say."""
    return set(re.findall(r"--from-literal=([A-Z_]+)=", FILE.read_text()))


def test_it_is_what_kubernetes_takes() -> None:
    kubernetes_validate.validate(cron_job(), KUBERNETES, strict=True)


@pytest.mark.parametrize(
    "change", [{"schedules": []}, {"schedule": 2}, {"startingDeadlineSeconds": "6h"}]
)
def test_what_kubernetes_does_not_take_is_seen(change: dict[str, Any]) -> None:
    wrong = {**cron_job(), "spec": {**cron_job()["spec"], **change}}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, KUBERNETES, strict=True)


def test_it_runs_the_image_of_this_project_as_the_user_that_this_has() -> None:
    stage = (
        (PROJECT / "Dockerfile").read_text().partition(" AS meltano\n")[2].partition("\nFROM")[0]
    )
    user = pod()["securityContext"]
    [built] = re.findall(r"docker build --target=meltano --tag=(\S+) \.", FILE.read_text())

    assert container()["image"] == built
    assert f"docker push {built}\n" in FILE.read_text()
    assert f"\nUSER {user['runAsUser']}:{user['runAsGroup']}\n" in stage
    assert '\nENTRYPOINT ["meltano"]' in stage
    assert container()["volumeMounts"][1]["mountPath"].startswith("/project/")
    assert "\nWORKDIR /project\n" in stage


def test_the_image_has_the_meltano_that_is_tested() -> None:
    [tested] = re.findall(
        r"^MELTANO_VERSION := (\S+)$", (PROJECT / "Makefile").read_text(), re.MULTILINE
    )

    assert f"'meltano[postgres]=={tested}'" in (PROJECT / "Dockerfile").read_text()


def test_it_is_a_cron_job_with_a_schedule() -> None:
    assert (cron_job()["apiVersion"], cron_job()["kind"]) == ("batch/v1", "CronJob")
    assert NAME.fullmatch(cron_job()["metadata"]["name"])
    assert re.fullmatch(r"([\d*/,-]+ ){4}[\d*/,-]+", cron_job()["spec"]["schedule"])


def test_it_loads_once_at_a_time_and_tries_again() -> None:
    job = cron_job()["spec"]["jobTemplate"]["spec"]

    assert cron_job()["spec"]["concurrencyPolicy"] == "Forbid"
    assert job["backoffLimit"] > 0
    assert pod()["restartPolicy"] == "Never"


def test_it_runs_plugins_that_there_are() -> None:
    command, *rest = container()["args"]
    plugins = {entry["name"] for kind in definition()["plugins"].values() for entry in kind}

    assert command == "run"
    assert [word for word in rest if not word.startswith("--")] == [
        "tap-confluence",
        "target-postgres",
    ]
    assert {"tap-confluence", "target-postgres"} <= plugins


def test_secrets_come_from_a_secret_and_stand_nowhere_else() -> None:
    [source] = container()["envFrom"]
    in_clear = {variable["name"] for variable in container()["env"]}

    assert NAME.fullmatch(source["secretRef"]["name"])
    assert f"secret generic {source['secretRef']['name']} " in FILE.read_text()
    assert in_clear & (settings(sensitive=True) | secret_variables()) == set()
    assert all(isinstance(variable["value"], str) for variable in container()["env"])


def test_variables_are_settings_that_there_are() -> None:
    known = settings(sensitive=False) | settings(sensitive=True) | OF_MELTANO
    in_clear = {variable["name"] for variable in container()["env"]} - {"HOME"}

    assert in_clear <= known
    assert secret_variables() <= known
    assert "MELTANO_DATABASE_URI" in secret_variables()


def test_it_may_do_no_more_than_it_has_to() -> None:
    inside = container()["securityContext"]

    assert pod()["securityContext"]["runAsNonRoot"] is True
    assert pod()["securityContext"]["runAsUser"] > 0
    assert pod()["automountServiceAccountToken"] is False
    assert inside["allowPrivilegeEscalation"] is False
    assert inside["readOnlyRootFilesystem"] is True
    assert inside["capabilities"] == {"drop": ["ALL"]}


def test_what_it_takes_is_limited() -> None:
    resources = container()["resources"]

    assert resources["requests"].keys() == {"cpu", "memory"}
    assert "memory" in resources["limits"]
    for amounts in resources.values():
        assert all(QUANTITY.fullmatch(amount) for amount in amounts.values())


def test_each_folder_that_is_written_to_is_on_a_volume() -> None:
    volumes = {volume["name"] for volume in pod()["volumes"]}
    mounted = {mount["mountPath"]: mount["name"] for mount in container()["volumeMounts"]}

    assert mounted.keys() == {"/tmp", "/project/.meltano/run"}  # noqa: S108 - of the container
    assert set(mounted.values()) == volumes
