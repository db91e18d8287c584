"""Random choices that come out the same for the same seed on every Python from 3.11 on, in every run."""

import random
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

T = TypeVar("T")


class Weighted(Generic[T]):
    """Choices with whole-number weights, so that no platform's rounding decides between two of them."""

    __slots__ = ("bounds", "choices")

    def __init__(self, weights: Mapping[T, int]) -> None:
        self.choices = tuple(weights)
        self.bounds = tuple(accumulate(weights.values()))


class Draw:
    """A stream of choices of one seed and one topic; streams of different topics do not disturb each other.

    Only `Random.random()` is used: it alone is promised to give the same sequence in later Pythons (documentation of
    `random`, "Notes on Reproducibility"); `choice`, `shuffle` and `randrange` have changed between versions.
    """

    __slots__ = ("_next",)

    def __init__(self, seed: int, topic: str) -> None:
        self._next = random.Random(f"{seed}/{topic}").random

    def chance(self, probability: float) -> bool:
        """True with this probability (0-1)."""
        return self._next() < probability

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1, all equally likely."""
        return int(self._next() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included, all equally likely."""
        return low + int(self._next() * (high - low + 1))

    def low_between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included, the lower ones more often."""
        position = self._next()
        return low + int(position * position * (high - low + 1))

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices, all equally likely."""
        return choices[int(self._next() * len(choices))]

    def early(self, choices: Sequence[T]) -> T:
        """One of the choices, those at the front of the list more often, as with common and rare surnames."""
        position = self._next()
        return choices[int(position * position * len(choices))]

    def weighted(self, table: Weighted[T]) -> T:
        """One of the choices of a table, each as often as its weight says."""
        return table.choices[bisect_right(table.bounds, int(self._next() * table.bounds[-1]))]

    def shuffled(self, items: Iterable[T]) -> list[T]:
        """The items in an order of which all are equally likely (Fisher-Yates)."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = int(self._next() * (last + 1))
            order[last], order[other] = order[other], order[last]
        return order
