"""The measured shares that inference starts from, and where each figure comes from."""

from __future__ import annotations

from ctapp.rules.pattern_grammar import parse

# Dominant pattern of 744 organisations, mostly technology, of all sizes, in per cent.
ORGANISATIONS = {
    "{first}.{last}": 51.9,
    "{f}{last}": 23.3,
    "{first}": 9.8,
    "{f}.{last}": 2.3,
    "{first}_{last}": 2.0,
    "{first}{last}": 1.9,
    "{last}{first}": 1.9,
    "{first}{l}": 1.7,
    "{last}": 1.2,
    "{last}.{first}": 0.9,
    "{f}{l}": 0.7,
    "{last}{f}": 0.3,
}
# Published contacts of ordinary US firms with few people, one a firm: 576 firms ({f}{last} 32.6 %, {first} 19.8,
# {first}.{last} 5.7, {last} 2.4, none found 31) and 250 others ({first} 43.2 %, {f}{last} 20.4, {first}.{last} 14.0),
# added up as firms: 32.6 % of 576 and 20.4 % of 250 are 239 firms with {f}{last}, and so on.
FEW_PEOPLE = {"{f}{last}": 239.0, "{first}": 222.0, "{first}.{last}": 68.0, "{last}": 14.0}
# Both sets leave a rest that is told apart nowhere: 2.1 % of the organisations, about a tenth of the firms whose
# pattern was found. How it is divided here is an assumption.
REST_OF_ORGANISATIONS = 2.1
REST_OF_FEW_PEOPLE = 60.0
REST = {
    "{first}.{l}": 14.0,
    "{first}-{last}": 12.0,
    "{f}_{last}": 9.0,
    "{f}{m}{last}": 8.0,
    "{f}{m}{l}": 7.0,
    "{last}_{first}": 6.0,
    "{last}.{f}": 6.0,
    "{first}.{m}.{last}": 6.0,
    "{first}_{l}": 5.0,
    "{first:2}{last}": 5.0,
    "{l}{first}": 5.0,
    "{f}{last:7}": 4.0,
    "{first:3}{last:3}": 2.0,
    "{f}-{last}": 2.0,
    "{last}-{first}": 2.0,
    "{first}.{middle}.{last}": 2.0,
    "{first}{m}{last}": 2.0,
}
# What is left for each pattern that stands in no list, when a known address shows it.
UNLISTED_PRIOR = 2e-4
UNLISTED_BACKGROUND = 5e-4

# The share of a company's people who follow its dominant pattern: Beta. Of those who do not: the share who follow one
# second habit of the company, and the share whose address nothing in the grammar explains. These four numbers are
# fitted, not measured: companies drawn from the model give, with the measured figure behind each, a majority vote right
# for 61 % (59.7), 63 (63.3), 66 (64.6) and 67 (66.0) of the other people from 1, 2, 3 and 5 pairs; the best pattern
# with hindsight for 71 (68.8); on average 71 % of the people explained (72; median 75 for at least 80); the vote right
# after 3 of 3, 2 of 3 and 1 of 3 for 82 (83), 62 (60) and 36 (36).
DOMINANT_SHARE = (1.7, 0.79)
SECOND_HABIT = 0.4
UNEXPLAINED = 0.39

# A company of this many people is taken half for an organisation, half for a firm with few people: an assumption, as
# neither sample says how large its companies are.
MIDDLING_EMPLOYEE_COUNT = 50.0
# An assumption too: how far a company of unknown size is taken for a firm with few people.
FEW_PEOPLE_WHEN_UNKNOWN = 0.15

# Of the people who follow a pattern, the share for whom rendering it yields the exact local part (the rest go by
# another name, have a number behind it, spell it otherwise), as an assumption worth this many observations.
EXACT_SHARE = 0.965
EXACT_SHARE_WEIGHT = 15.0


def few_people_share(employee_count: int | None) -> float:
    """How much a company of this size is like the firms with few people, 0 to 1; unknown or below 1: a mixture."""
    if employee_count is None or employee_count < 1:
        return FEW_PEOPLE_WHEN_UNKNOWN
    return 1.0 / (1.0 + employee_count / MIDDLING_EMPLOYEE_COUNT)


def dominant_prior(few_people: float) -> dict[str, float]:
    """Probability that a listed pattern is the dominant one, by pattern; the sum is just below 1."""
    return {pattern: few_people * _SMALL[pattern] + (1.0 - few_people) * _LARGE[pattern] for pattern in LISTED_PATTERNS}


def _shares(measured: dict[str, float], rest: float) -> dict[str, float]:
    """Both lists and the rest as shares, what the small sample is silent on divided as the organisations divide it."""
    silent = {pattern: share for pattern, share in ORGANISATIONS.items() if pattern not in measured}
    silent |= {pattern: share * REST_OF_ORGANISATIONS / sum(REST.values()) for pattern, share in REST.items()}
    counts = measured | {pattern: share * rest / sum(silent.values()) for pattern, share in silent.items()}
    scale = (1.0 - 5.0 * UNLISTED_PRIOR) / sum(counts.values())
    return {pattern: count * scale for pattern, count in counts.items()}


LISTED_PATTERNS = tuple(str(parse(pattern)) for pattern in (*ORGANISATIONS, *REST))
_LARGE = _shares(ORGANISATIONS, REST_OF_ORGANISATIONS)
_SMALL = _shares(FEW_PEOPLE, REST_OF_FEW_PEOPLE)
# People who do not follow their company's pattern follow the usual ones, but less one-sidedly than companies do.
_ROOTS = {pattern: _LARGE[pattern] ** 0.5 for pattern in LISTED_PATTERNS}
BACKGROUND = {pattern: (1.0 - UNEXPLAINED) * root / sum(_ROOTS.values()) for pattern, root in _ROOTS.items()}
