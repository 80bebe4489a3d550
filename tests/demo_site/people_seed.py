"""Fills a site with people in every awkward way, around a wiki that stays as it is."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from tests.demo_site import words
from tests.demo_site.chance import uuid_of
from tests.demo_site.model import Group, User

if TYPE_CHECKING:
    from tests.demo_site.model import Content
    from tests.demo_site.wiki import Wiki

WALK_INS = 10
"""People who are in no group."""

CROWD = 450
"""People in the biggest group, which are more than two answers hold."""

FORMER = {3: "closed", 9: "inactive"}
"""Authors who have left, by their place among the authors."""

MORE_GROUPS = ("R+D Büro 7", "nobody")
STATUSES = ("active",) * 8 + ("inactive",)
TIME_ZONES = (None, "Europe/Vienna", "America/Argentina/Ushuaia")


def plant_people(wiki: Wiki, seed: int, *, crowd: int = CROWD) -> None:
    """Plant everything. The dice are its own, so that the wiki is what it would be without.

    Args:
        wiki: The wiki.
        seed: What the dice start from.
        crowd: How many people are in the biggest group.
    """
    dice, people = Random(f"people {seed}"), wiki.people
    for place, status in FORMER.items():
        # They are known only as authors, and by no more than this.
        wiki.users[place] = replace(wiki.users[place], status=status, email="")
    walk_ins = [person(dice, place, status="active") for place in range(WALK_INS)]
    members = [person(dice, WALK_INS + place) for place in range(crowd)]
    gone = [person(dice, WALK_INS + crowd + place, status="closed") for place in range(3)]
    bots = [
        User(f"557058:{uuid_of(29, place)}", f"Bot {place}", "", "app", time_zone=None)
        for place in range(3)
    ]
    wiki.users += [*walk_ins, *members, *gone, *bots]
    wiki.groups += [Group(uuid_of(7, 100 + n), name) for n, name in enumerate(MORE_GROUPS)]
    everybody, guests, *_, odd, _nobody = wiki.groups
    ids = [user.account_id for user in members]
    people.joined[everybody.id] += ids
    people.joined[guests.id] += [user.account_id for user in members if user.is_guest]
    people.joined[odd.id] += [*ids[:5], *(bot.account_id for bot in bots)]
    for content in _popular(wiki):
        people.like(content, *ids[:300])
    page = next(page for page in wiki.pages if page.status == "current")
    people.watch(page, *ids[:230])
    people.watch(next(iter(wiki.spaces)), *ids[100:310])


def person(dice: Random, place: int, *, status: str | None = None) -> User:
    """Make up somebody."""
    name = f"{dice.choice(words.USERS)[1].split()[0]} {place}"
    return User(
        f"712020:{uuid_of(23, place)}",
        name,
        f"person{place}@example.com" if place % 3 else "",
        status=status or dice.choice(STATUSES),
        is_guest=place % 13 == 5,
        time_zone=dice.choice(TIME_ZONES),
    )


def _popular(wiki: Wiki) -> list[Content]:
    """Get one content of each kind that can be liked, to be liked by more than one answer holds."""
    kinds = (wiki.pages, wiki.blog_posts, wiki.footer_comments, wiki.inline_comments)
    return [content for kind in kinds for content in list(kind)[3:4]]
