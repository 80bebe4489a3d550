"""Bodies that read like a company wiki, made from an id and a version and never stored."""

from __future__ import annotations

import json
import re
from html import unescape
from random import Random
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from tests.demo_site import words
from tests.demo_site.chance import mix, pick
from tests.demo_site.clock import iso

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.demo_site.model import Task

# A private-use character, which no text of the wiki has.
_MARK = "\ue000"
_STAND_IN = re.compile(rf'"{_MARK}(\d+):(\d+)"'.encode())
_CODE = (
    "SELECT id, amount\nFROM payments\nWHERE amount < 0 AND status <> 'void';",
    'curl -sS "$BASE/health" | jq .status',
    "def settle(batch):\n    for row in batch:\n        ledger.post(row)",
    "kubectl rollout undo deployment/checkout --to-revision=3",
)
# What another page holds, and what reports on pages put together.
_SHARED = (
    '<ac:structured-macro ac:name="include"><ac:parameter ac:name=""><ac:link>'
    '<ri:page ri:content-title="Glossary" /></ac:link></ac:parameter></ac:structured-macro>'
    '<ac:structured-macro ac:name="excerpt-include"><ac:parameter ac:name=""><ac:link>'
    '<ri:page ri:content-title="Prices" /></ac:link></ac:parameter>'
    '<ac:parameter ac:name="name">net</ac:parameter></ac:structured-macro>'
    '<ac:structured-macro ac:name="details"><ac:parameter ac:name="id">facts</ac:parameter>'
    "<ac:rich-text-body><table><tbody><tr><th>Owner</th><td>Platform</td></tr>"
    "<tr><th>Tier</th><td><strong>1</strong></td></tr></tbody></table></ac:rich-text-body>"
    "</ac:structured-macro>"
)


def _macro(name: str, body: str = "", **parameters: str) -> str:
    given = "".join(
        f'<ac:parameter ac:name="{key}">{escape(value)}</ac:parameter>'
        for key, value in parameters.items()
    )
    return (
        f'<ac:structured-macro ac:name="{name}" ac:schema-version="1">'
        f"{given}{body}</ac:structured-macro>"
    )


def _inside_json(text: str) -> bytes:
    return json.dumps(text, ensure_ascii=False)[1:-1].encode()


def _at(texts: Sequence[str], place: int) -> str:
    return texts[place % len(texts)]


def _task(task: Task) -> str:
    text = escape(task.text)
    if task.assigned_to:
        text = f'<ac:link><ri:user ri:account-id="{task.assigned_to}" /></ac:link> {text}'
    if task.due is not None:
        text += f' <time datetime="{iso(task.due)[:10]}" />'
    return (
        f"<ac:task><ac:task-id>{task.local_id}</ac:task-id>"
        f"<ac:task-status>{task.status}</ac:task-status>"
        f'<ac:task-body><span class="placeholder-inline-tasks">{text}</span></ac:task-body>'
        "</ac:task>"
    )


def _rich(text: str) -> str:
    return f"<ac:rich-text-body><p>{text}</p></ac:rich-text-body>"


class Bodies:
    """Writes the bodies of one wiki.

    Args:
        accounts: Account ids to mention.
        size: Length in bytes that every page's storage body gets, or None for natural lengths.
        tasks_on: The tasks by the number of the content that they stand on. A version shows them
            as they are now, for ticking one makes no version.
    """

    def __init__(
        self,
        accounts: Sequence[str],
        size: int | None = None,
        tasks_on: Mapping[int, Sequence[Task]] | None = None,
    ) -> None:
        self._accounts = accounts
        self._tasks_on = {} if tasks_on is None else tasks_on
        self._size = size
        dice = Random(20)
        self._pool = [self._fragment(dice, number) for number in range(160)]
        self._written = [_inside_json(fragment) for fragment in self._pool]
        self._nodes = [
            json.dumps(
                {
                    "type": "paragraph",
                    "attrs": {"localId": f"{mix(number):012x}"[:12]},
                    "content": [{"type": "text", "text": unescape(text)}],
                },
                ensure_ascii=False,
            )
            for number, text in enumerate(words.SENTENCES)
        ]

    def storage(self, num: int, version: int) -> str:
        """Stand in for a page's or blog post's body until `written` puts it in its place.

        Bodies are most of what a site sends, so they are kept ready in pieces that are JSON
        already, and put together at the last moment.
        """
        return f"{_MARK}{num}:{version}"

    def written(self, payload: bytes) -> bytes:
        """Put the bodies, 1 to 6 KB each unless a size is set, into JSON that lacks them."""
        return _STAND_IN.sub(self._body, payload)

    def text(self, num: int, version: int) -> str:
        """Return the storage body of a page or blog post as a site gives it."""
        stand_in = json.dumps(self.storage(num, version), ensure_ascii=False)
        text: str = json.loads(self.written(stand_in.encode()))
        return text

    def _body(self, found: re.Match[bytes]) -> bytes:
        num, version = int(found[1]), int(found[2])
        seed = mix(num, version)
        topic, kind = _at(words.TOPICS, seed), _at(words.KINDS, seed >> 8)
        start = f"<h1>{kind}: {escape(topic)}</h1>"
        start += f"<p>{_at(words.SENTENCES, seed >> 16)} Revision {version} of {num}.</p>"
        if self._size is not None:
            start += self._task_list(num)
            return json.dumps(self._sized(start, seed, self._size), ensure_ascii=False).encode()
        choice = mix(seed)
        parts = [f'"{start}'.encode()]
        for _ in range(3 + (seed >> 24) % 7):
            choice, place = divmod(choice, len(self._written))
            parts.append(self._written[place])
        parts += (_inside_json(self._task_list(num)), b'"')
        return b"".join(parts)

    def _task_list(self, num: int) -> str:
        items = "".join(map(_task, self._tasks_on.get(num, ())))
        return f"<ac:task-list>{items}</ac:task-list>" if items else ""

    def remark(self, num: int, version: int) -> str:
        """Write a comment or custom content in storage format."""
        text = f"<p>{pick(words.COMMENTS, num, version)} {pick(words.SENTENCES, num, version)}</p>"
        if mix(num) % 4 == 0:
            account = pick(self._accounts, num)
            text += f'<p><ac:link><ri:user ri:account-id="{account}" /></ac:link> ?</p>'
        return text

    def rendered(self, num: int, version: int, body_format: str) -> str:
        """Write what readers see, in HTML; an export shows it without what only a page needs."""
        text = self.remark(num, version).replace("<ac:link>", "<b>").replace("</ac:link>", "</b>")
        text = re.sub(r'<ri:user ri:account-id="([^"]+)" />', r"\1", text)
        start = f"<h1>Revision {version} of {num}</h1>{text}"
        return f'<div class="wiki-content">{start}</div>' if body_format == "view" else start

    def adf(self, num: int, version: int) -> str:
        """Write a document in Atlassian document format, which travels as JSON inside a string."""
        seed = mix(num, version)
        nodes = ", ".join(pick(self._nodes, seed, number) for number in range(1 + seed % 9))
        return f'{{"type":"doc","content":[{nodes}],"version":1}}'

    def _sized(self, start: str, seed: int, size: int) -> str:
        parts = [start]
        left = size - len(start.encode())
        while left > 2000:
            part = pick(self._pool, seed, left)
            parts.append(part)
            left -= len(part.encode())
        fill = max(0, left - len("<p></p>"))
        parts.append(f"<p>{('The rest is in the archive. ' * 80)[:fill]}</p>")
        return "".join(parts)

    def _fragment(self, dice: Random, number: int) -> str:
        sentences = dice.sample(words.SENTENCES, 4)
        paragraph = f"<p>{' '.join(sentences[: dice.randint(1, 4)])}</p>"
        makers = (
            lambda: paragraph,
            lambda: f"<h2>{dice.choice(words.KINDS)} {number}</h2>{paragraph}",
            lambda: self._table(dice),
            lambda: _macro(
                "code",
                f"<ac:plain-text-body><![CDATA[{dice.choice(_CODE)}]]></ac:plain-text-body>",
                language=dice.choice(("sql", "bash", "python")),
            ),
            lambda: _macro(dice.choice(("info", "note", "panel")), _rich(sentences[0])),
            lambda: _macro("expand", _rich(" ".join(sentences)), title="More"),
            lambda: self._bullets(dice) + paragraph,
            lambda: self._links(dice) + _SHARED + paragraph,
            lambda: _macro("toc", maxLevel="3") + paragraph,
            lambda: (
                f"<p>{_macro('status', title='DONE', colour='Green')} "
                f"{_macro('jira', key=f'ENG-{number * 7}')} {sentences[1]}</p>{paragraph}"
            ),
        )
        return makers[number % len(makers)]()

    def _table(self, dice: Random) -> str:
        rows = "".join(
            f"<tr><td>{escape(dice.choice(words.TOPICS))}</td><td>{dice.randint(1, 9999)}</td>"
            f"<td>{dice.choice(words.SENTENCES)}</td></tr>"
            for _ in range(dice.randint(2, 6))
        )
        head = "<tr><th>What</th><th>Count</th><th>Remark</th></tr>"
        return f'<table data-layout="default"><tbody>{head}{rows}</tbody></table>'

    def _bullets(self, dice: Random) -> str:
        items = (f"<li><p>{dice.choice(words.TASKS)}</p></li>" for _ in range(dice.randint(1, 4)))
        return f"<ul>{''.join(items)}</ul>"

    def _links(self, dice: Random) -> str:
        stem, ending, *_ = dice.choice(words.FILES)
        title = escape(f"{dice.choice(words.KINDS)}: {dice.choice(words.TOPICS)}")
        return (
            f'<p><ac:link><ri:user ri:account-id="{dice.choice(self._accounts)}" /></ac:link> '
            f'<ac:link><ri:page ri:content-title="{title}" /></ac:link> '
            '<ac:emoticon ac:name="smile" ac:emoji-shortname=":slight_smile:" /></p>'
            f'<ac:image ac:width="640"><ri:attachment ri:filename="{stem}.{ending}" /></ac:image>'
        )
