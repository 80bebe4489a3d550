"""Stands in for sentence-transformers, whose models come from a hub: counts words."""

from __future__ import annotations

import re
import zlib

DIMENSIONS = 64


class SentenceTransformer:
    """What of the class `docs/recipes/search.py` uses."""

    def __init__(self, name: str) -> None:
        self.name = name

    def encode(self, texts: list[str]) -> list[list[float]]:
        """Return the vector of each text: nearer, the more words two texts have in common."""
        return [_vector(text) for text in texts]


def _vector(text: str) -> list[float]:
    counts = [0.01] * DIMENSIONS
    for word in re.findall(r"\w+", text.lower()):
        counts[zlib.crc32(word.encode()) % DIMENSIONS] += 1.0
    return counts
