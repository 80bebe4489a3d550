"""The command `tap-confluence-survey`: facts about a site, without anything of what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tap_confluence.command import run_beside
from tap_confluence.output.writer import say
from tap_confluence.settings import CLOUD, deployment
from tap_confluence.survey.asker import Asker
from tap_confluence.survey.cloud import CloudSurvey
from tap_confluence.survey.datacenter import DataCenterSurvey
from tap_confluence.survey.facts import answered, as_json, as_text
from tap_confluence.survey.limits import Limits
from tap_confluence.tap import TapConfluence

if TYPE_CHECKING:
    from tap_confluence.sdk import ConfigInput
    from tap_confluence.survey.facts import Fact, Survey

MOST_REQUESTS = 128
"""How many requests a survey may cost that is not thorough."""

WRITTEN = {"text": as_text, "json": as_json}


def survey(tap: TapConfluence, *, thorough: bool) -> list[Fact]:
    """Find out how a site behaves, by reading alone.

    Args:
        tap: With the settings.
        thorough: Whether to read whole lists, for as many requests as it takes.

    Raises:
        ConfluenceError: The site cannot be read with these settings.
    """
    limits = Limits()
    tap.run.client.on_answer = limits.note
    _ = tap.run.reader
    asker = Asker(tap.run.client, None if thorough else MOST_REQUESTS)
    kind = CloudSurvey if deployment(tap.config) == CLOUD else DataCenterSurvey
    of_site: Survey = kind(asker, thorough=thorough)
    return [*answered(of_site.questions()), *answered(limits.questions())]


def _invoke(config: ConfigInput, *, thorough: bool, written_as: str) -> None:
    facts = survey(TapConfluence.from_files(config, None, None), thorough=thorough)
    say(*WRITTEN[written_as](facts))


def cli() -> None:
    """Run the command."""
    thorough = click.Option(
        ["--thorough"],
        is_flag=True,
        help=f"Read whole lists, for more than {MOST_REQUESTS} requests.",
    )
    written_as = click.Option(
        ["--format", "written_as"],
        type=click.Choice([*WRITTEN]),
        default="text",
        help="How to write the facts.",
    )
    purpose = "Tell how the site behaves, without anything of what it holds. Only reads."
    options = ("config", thorough, written_as)
    run_beside(TapConfluence, "tap-confluence-survey", _invoke, options, purpose)
