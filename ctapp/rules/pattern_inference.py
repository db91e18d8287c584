"""The posterior over a company's e-mail patterns from what is known of its people's addresses.

The model: a company has one dominant pattern, which a share of its people (differing from company to company) follow.
Of the others, some follow one second habit of the company, and the rest the usual patterns at large or none. The
figures are those of `pattern_priors`. Every observation multiplies in how likely it is under each dominant pattern,
second habit and share; a sum over a few shares stands for the integral. Patterns that the same observations mention
are alike to the likelihood and are counted as one kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log

from ctapp.rules import pattern_priors as priors

_SHARES = 12
_NO_PATTERN = "no pattern"


@dataclass(frozen=True, slots=True)
class PatternEstimate:
    """One pattern (canonical) and what is believed of it, both 0 to 1.

    `probability`: an address built with it for one more person at the company is right. `dominant`: it is the pattern
    that most people at the company follow; since seldom everyone does, this may come near 1 while `probability` hardly
    passes 0.9. Over all patterns `dominant` adds up to at most 1.
    """

    pattern: str
    probability: float
    dominant: float = 0.0


@dataclass(frozen=True, slots=True)
class Observation:
    """What is known of one person's address: the patterns that explain it, none where nothing in the grammar does.

    `weight`, 0 to 1: how much it counts beside a person's one known address. `doubt`: the share of people to whom such
    an address happens without following the patterns. `exact`: rendering the patterns yields it. `refused`: the
    contrary, no address built with any of the patterns exists; `weight` is then the probability that this says
    something about the pattern (the person works there, the server told the truth).
    """

    patterns: frozenset[str]
    weight: float = 1.0
    doubt: float = 0.0
    exact: bool = True
    refused: bool = False

    def chance_among_others(self, background: Mapping[str, float]) -> float:
        """How many of the people who follow neither the dominant pattern nor the second habit have such an address."""
        if not self.patterns:
            return priors.UNEXPLAINED
        return sum(background[pattern] for pattern in self.patterns) + self.doubt

    def log_likelihood(self, chance: float) -> float:
        """Logarithm of how likely the observation is where `chance` of the people have an address so explained."""
        return log(1.0 - self.weight * chance) if self.refused else self.weight * log(chance)


@dataclass(slots=True, eq=False)
class _Kind:
    """The patterns that the same observations mention: `mentioned_by` holds one truth value an observation."""

    mentioned_by: tuple[bool, ...]
    prior: float = 0.0
    background: float = 0.0
    dominant: float = 0.0
    following: float = 0.0
    second: float = 0.0


def posterior(observations: Iterable[Observation], *, employee_count: int | None = None) -> list[PatternEstimate]:
    """Estimates for every listed pattern and every one mentioned, best first; the observations' order is no matter."""
    few_people = round(priors.few_people_share(employee_count), 2)
    counted = Counter(observations)
    return list(_estimates(tuple(sorted(counted.items(), key=_any_fixed_order)), few_people))


def _any_fixed_order(counted: tuple[Observation, int]) -> tuple[object, ...]:
    seen, count = counted
    return sorted(seen.patterns), seen.weight, seen.doubt, seen.exact, seen.refused, count


# What is kept names patterns only, never a person.
@lru_cache(maxsize=2048)
def _estimates(counted: tuple[tuple[Observation, int], ...], few_people: float) -> tuple[PatternEstimate, ...]:
    mentioned = frozenset().union(*(seen.patterns for seen, _ in counted))
    prior = priors.dominant_prior(few_people)
    background = dict(priors.BACKGROUND)
    for pattern in sorted(mentioned - prior.keys()):
        prior[pattern], background[pattern] = priors.UNLISTED_PRIOR, priors.UNLISTED_BACKGROUND
    kinds = _kinds(counted, prior, background)
    total, others = _weigh(counted, list(dict.fromkeys(kinds.values())), background)
    exact = _exact_share(counted)
    estimates = []
    for pattern, share in prior.items():
        kind, by_chance = kinds[pattern], background[pattern]
        part, second = share / kind.prior, by_chance / kind.background
        right = part * kind.following + second * kind.second + by_chance * others
        estimates.append(PatternEstimate(pattern, exact * right / total, part * kind.dominant / total))
    return tuple(sorted(estimates, key=lambda estimate: (-estimate.probability, estimate.pattern)))


def _kinds(
    counted: tuple[tuple[Observation, int], ...], prior: Mapping[str, float], background: Mapping[str, float]
) -> dict[str, _Kind]:
    """The kind of every pattern, and of having none, with what all patterns of the kind weigh together."""
    by_mention: dict[tuple[bool, ...], _Kind] = {}
    kinds = {}
    for pattern in (*prior, _NO_PATTERN):
        mention = tuple([pattern in (seen.patterns or (_NO_PATTERN,)) for seen, _ in counted])
        kind = kinds[pattern] = by_mention.setdefault(mention, _Kind(mention))
        kind.prior += prior.get(pattern, 0.0)
        kind.background += background.get(pattern, priors.UNEXPLAINED)
    return kinds


def _weigh(
    counted: tuple[tuple[Observation, int], ...], kinds: list[_Kind], background: Mapping[str, float]
) -> tuple[float, float]:
    """Add up, in the kinds, the weight of every case: (its total, the weight of people who follow no habit)."""
    total = others = 0.0
    cases = list(_cases(counted, kinds, background))
    heaviest = max(logarithm for _, _, _, logarithm in cases)
    for dominant, second, share, logarithm in cases:
        weight = exp(logarithm - heaviest)
        total += weight
        dominant.dominant += weight
        dominant.following += weight * share
        second.second += weight * (1.0 - share) * priors.SECOND_HABIT
        others += weight * (1.0 - share) * (1.0 - priors.SECOND_HABIT)
    return total, others


def _cases(
    counted: tuple[tuple[Observation, int], ...], kinds: list[_Kind], background: Mapping[str, float]
) -> Iterator[tuple[_Kind, _Kind, float, float]]:
    """Every (dominant kind, kind of the second habit, share) with the logarithm of prior times likelihood."""
    among_others = [seen.chance_among_others(background) for seen, _ in counted]
    for second in kinds:
        habits = [
            (1.0 - priors.SECOND_HABIT) * chance + priors.SECOND_HABIT * mentioned
            for chance, mentioned in zip(among_others, second.mentioned_by, strict=True)
        ]
        for dominant in kinds:
            if not dominant.prior:
                continue
            mentions = list(zip(counted, dominant.mentioned_by, habits, strict=True))
            prior = log(dominant.prior * second.background)
            for share, share_weight in _SHARE_GRID:
                logarithm = prior + log(share_weight)
                for (seen, count), mentioned, habit in mentions:
                    chance = share + (1.0 - share) * habit if mentioned else (1.0 - share) * habit
                    logarithm += count * seen.log_likelihood(chance)
                yield dominant, second, share, logarithm


def _exact_share(counted: tuple[tuple[Observation, int], ...]) -> float:
    """The share of a pattern's followers for whom rendering it is exact, by what was seen of it at this company."""
    explained = sum(count for seen, count in counted if seen.patterns and not seen.refused)
    exact = sum(count for seen, count in counted if seen.patterns and not seen.refused and seen.exact)
    assumed = priors.EXACT_SHARE_WEIGHT
    return (priors.EXACT_SHARE * assumed + exact) / (assumed + explained)


def _share_grid() -> tuple[tuple[float, float], ...]:
    """Shares and their weights: the Beta of `DOMINANT_SHARE` cut into pieces of equal width, each at its mean."""
    a, b = priors.DOMINANT_SHARE
    fine = [(step + 0.5) / (_SHARES * 100) for step in range(_SHARES * 100)]
    density = [share ** (a - 1.0) * (1.0 - share) ** (b - 1.0) for share in fine]
    grid = []
    for start in range(0, len(fine), 100):
        piece = density[start : start + 100]
        mean = sum(share * weight for share, weight in zip(fine[start : start + 100], piece, strict=True)) / sum(piece)
        grid.append((mean, sum(piece) / sum(density)))
    return tuple(grid)


_SHARE_GRID = _share_grid()
