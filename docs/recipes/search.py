"""A search over the copy of a wiki that shows nobody what Confluence would not show them.

Keeps the pieces of each document with their vectors in PostgreSQL with pgvector, and finds those
that are near to a question. Needs `pip install 'psycopg[binary]' sentence-transformers`. Take it
and change it: how to cut, which model, what to keep with each piece.
"""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING

import psycopg
from sentence_transformers import SentenceTransformer

if TYPE_CHECKING:
    from collections.abc import Sequence

MODEL = "sentence-transformers/all-MiniLM-L6-v2"
LONGEST_PIECE = 1500

TABLE = """
create table if not exists documents.pieces (
    page_id text,
    number integer,
    modified_at timestamp,
    text text,
    embedding vector,
    primary key (page_id, number)
)
"""
CHANGED = """
select d.id, d."modifiedAt", d.title, d.text
from documents.documents as d
join documents.content_inventory as i on i.id = d.id
where not exists (
    select from documents.pieces as p where p.page_id = d.id and p.modified_at = d."modifiedAt"
)
"""
FORGET = "delete from documents.pieces where page_id = %s"
KEEP = "insert into documents.pieces values (%s, %s, %s, %s, %s::vector)"
FORGET_WHAT_IS_GONE = """
delete from documents.pieces as p
where not exists (select from documents.content_inventory as i where i.id = p.page_id)
"""
NEAREST = """
select d.title, d.url, p.text
from documents.pieces as p
join documents.documents as d on d.id = p.page_id
join confluence.confluence__page_access as a on a.page_id = p.page_id
join confluence.confluence__reader_sets as r on r.reader_set_id = a.reader_set_id
where r.account_id = %s
order by p.embedding <=> %s::vector
limit 5
"""


def index(connection: psycopg.Connection, model: SentenceTransformer) -> None:
    """Bring the pieces up to date with the documents."""
    connection.execute(TABLE)
    changed = connection.execute(CHANGED).fetchall()
    for page, modified, title, text in changed:
        # With its title, by which a page without a body is found as well.
        pieces = cut(f"# {title}\n\n{text or ''}")
        connection.execute(FORGET, [page])
        for number, (piece, vector) in enumerate(zip(pieces, embed(model, pieces), strict=True)):
            connection.execute(KEEP, [page, number, modified, piece, vector])
    gone = connection.execute(FORGET_WHAT_IS_GONE).rowcount
    print(f"{len(changed)} documents are new or changed, {gone} pieces are gone")


def ask(
    connection: psycopg.Connection, model: SentenceTransformer, account: str, question: str
) -> None:
    """Show the pieces nearest to a question that an account may read."""
    [vector] = embed(model, [question])
    for title, url, piece in connection.execute(NEAREST, [account, vector]):
        print(f"{title} <{url}>\n{piece}\n")


def cut(markdown: str) -> list[str]:
    """Cut Markdown before its headings, and what is too long between its paragraphs."""
    pieces: list[str] = []
    for section in re.split(r"(?m)^(?=#{1,6} )", markdown):
        piece = ""
        for paragraph in section.strip().split("\n\n"):
            if piece and len(piece) + len(paragraph) > LONGEST_PIECE:
                pieces.append(piece)
                piece = ""
            piece = f"{piece}\n\n{paragraph}".strip()
        pieces.append(piece)
    return [piece for piece in pieces if piece]


def embed(model: SentenceTransformer, texts: Sequence[str]) -> list[str]:
    """Return the vector of each text, as pgvector reads it."""
    return [str([float(value) for value in vector]) for vector in model.encode(list(texts))]


def main() -> int:
    """Index, or ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", help="the URL of the database")
    parser.add_argument("--ask", metavar="QUESTION", help="ask, instead of indexing")
    parser.add_argument("--account", default="anonymous", help="the account id of who asks")
    options = parser.parse_args()
    model = SentenceTransformer(MODEL)
    with psycopg.connect(options.database) as connection:
        if options.ask is None:
            index(connection, model)
        else:
            ask(connection, model, options.account, options.ask)
    return 0


if __name__ == "__main__":
    sys.exit(main())
