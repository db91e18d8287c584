"""The posterior over patterns: what it starts from, how evidence moves it, and that it means what it says.

Every company here is invented. The last test draws companies from the model itself: that is a consistency check of the
arithmetic against the measured figures the model was fitted to, and says nothing of how well it does on real ones.
"""

import random
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctapp.rules import pattern_priors as priors
from ctapp.rules.pattern_inference import Observation, PatternEstimate, posterior
from ctapp.rules.patterns import infer, infer_with_refusals, parse, render

PEOPLE = (
    "Ada Featherstone",
    "Boris Underwood",
    "Cleo Marchbanks",
    "Dario Kettlewell",
    "Edda Whitlocke",
    "Falk Oppenshaw",
    "Gisela Rotherham",
    "Hugo Standish-Grey",
)
# One person's address at a time in these tests; surnames are long enough for one pattern to explain each.
LISTED = st.sampled_from([pattern for pattern in priors.LISTED_PATTERNS if "{m" not in pattern])
OBSERVATIONS = st.lists(
    st.builds(
        Observation,
        st.frozensets(st.sampled_from([*priors.LISTED_PATTERNS, "{first:4}{last:4}"]), max_size=3),
        weight=st.floats(0.05, 1.0),
        doubt=st.sampled_from([0.0, 0.02, 0.3]),
        exact=st.booleans(),
        refused=st.booleans(),
    ),
    max_size=5,
)
KNOWN = st.lists(
    st.tuples(
        st.one_of(st.sampled_from(PEOPLE), st.text(max_size=20)),
        st.one_of(
            st.sampled_from(["afeatherstone", "boris.underwood", "cleo", "dk", "info", "edda2"]), st.text(max_size=15)
        ),
    ),
    max_size=6,
)
SIZES = st.one_of(st.none(), st.integers(-5, 2_000_000))


def addresses(pattern: str, count: int, start: int = 0) -> list[tuple[str, str]]:
    """Pairs of so many invented people whose addresses follow a pattern."""
    return [(name, render(pattern, name) or "") for name in PEOPLE[start : start + count]]


def estimate(estimates: list[PatternEstimate], pattern: str) -> PatternEstimate:
    return next(found for found in estimates if found.pattern == pattern)


@given(KNOWN, SIZES)
@settings(deadline=None)
def test_estimates_are_probabilities_in_order(known: list[tuple[str, str]], employee_count: int | None) -> None:
    estimates = infer(known, employee_count=employee_count)
    assert [found.probability for found in estimates] == sorted(
        (found.probability for found in estimates), reverse=True
    )
    assert all(0.0 <= found.probability <= 1.0 and 0.0 <= found.dominant <= 1.0 for found in estimates)
    assert sum(found.dominant for found in estimates) <= 1.0 + 1e-9
    assert len({found.pattern for found in estimates}) == len(estimates)
    assert all(str(parse(found.pattern)) == found.pattern for found in estimates)


@given(OBSERVATIONS, SIZES)
@settings(deadline=None)
def test_any_evidence_leaves_probabilities(observations: list[Observation], employee_count: int | None) -> None:
    estimates = posterior(observations, employee_count=employee_count)
    assert all(0.0 <= found.probability <= 1.0 for found in estimates)
    assert sum(found.dominant for found in estimates) <= 1.0 + 1e-9


@given(KNOWN, SIZES, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_order_and_repetition_of_known_addresses_do_not_matter(
    known: list[tuple[str, str]], employee_count: int | None, shuffler: random.Random
) -> None:
    shuffled = known + known[:2]
    shuffler.shuffle(shuffled)
    assert infer(shuffled, employee_count=employee_count) == infer(known, employee_count=employee_count)


@given(st.lists(LISTED, max_size=6), LISTED, SIZES)
@settings(deadline=None)
def test_one_more_supporting_address_never_lowers_a_pattern(
    others: list[str], pattern: str, employee_count: int | None
) -> None:
    before = [Observation(frozenset({other})) for other in others]
    after = [*before, Observation(frozenset({pattern}))]
    lower = estimate(posterior(before, employee_count=employee_count), pattern)
    higher = estimate(posterior(after, employee_count=employee_count), pattern)
    assert higher.probability >= lower.probability - 1e-12


@given(st.lists(LISTED, max_size=4), LISTED)
@settings(deadline=None)
def test_a_refusal_never_raises_the_pattern_refused(others: list[str], pattern: str) -> None:
    before = [Observation(frozenset({other})) for other in others]
    after = [*before, Observation(frozenset({pattern}), weight=0.85, refused=True)]
    assert estimate(posterior(after), pattern).probability <= estimate(posterior(before), pattern).probability + 1e-12


def test_a_large_company_is_first_dot_last_and_a_small_firm_is_not() -> None:
    assert infer([], employee_count=10_000)[0].pattern == "{first}.{last}"
    assert infer([], employee_count=4)[0].pattern == "{f}{last}"
    small = infer([], employee_count=4)
    assert estimate(small, "{first}").probability > 1.5 * estimate(small, "{first}.{last}").probability


def test_the_prior_moves_smoothly_with_size() -> None:
    by_size = [estimate(infer([], employee_count=size), "{first}.{last}").probability for size in range(1, 2000, 7)]
    assert by_size == sorted(by_size)
    assert max(later - earlier for earlier, later in pairwise(by_size)) < 0.04
    assert by_size[0] < infer([])[0].probability < by_size[-1]


@pytest.mark.parametrize("employee_count", [0, -3])
def test_a_size_that_cannot_be_is_unknown(employee_count: int) -> None:
    assert infer([], employee_count=employee_count) == infer([])


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [("{first}.{last}", 1), ("{f}{last}", 1), ("{first}", 1), ("{last}.{first}", 2), ("{first:4}{last:4}", 2)],
)
def test_a_few_addresses_that_agree_settle_the_pattern(pattern: str, shown: int) -> None:
    best = infer(addresses(pattern, shown))[0]
    assert best.pattern == pattern
    assert best.dominant > 0.5


def test_probability_grows_with_agreement_but_stays_below_certainty() -> None:
    agreeing = [infer(addresses("{first}.{last}", count))[0] for count in range(1, 9)]
    probabilities = [best.probability for best in agreeing]
    assert probabilities == sorted(probabilities)
    assert probabilities[-1] < 0.95
    assert agreeing[-1].dominant > 0.99


def test_a_tie_goes_to_the_pattern_that_more_companies_have() -> None:
    tie = [*addresses("{last}{f}", 1), *addresses("{first}.{last}", 1, start=1)]
    assert infer(tie)[0].pattern == "{first}.{last}"


def test_an_address_of_another_spelling_is_evidence_for_the_pattern() -> None:
    one = addresses("{first}.{last}", 1)
    assert infer([*one, ("Robert Stone", "bob.stone")])[0].dominant > infer(one)[0].dominant


def test_near_misses_say_less_than_addresses_that_fit() -> None:
    nothing, near, exact = (
        infer(known)[0] for known in ([], [("Ada Stone", "ada.stone2")], [("Ada Stone", "ada.stone")])
    )
    assert near.pattern == exact.pattern == "{first}.{last}"
    assert nothing.probability < near.probability < exact.probability


def test_unexplained_addresses_lower_the_hope_in_every_pattern() -> None:
    odd = [("Ada Stone", "zork"), ("Boris Hill", "unicorn")]
    assert infer(odd)[0].probability < infer([])[0].probability


@pytest.mark.parametrize(
    "noise",
    [
        [("Ada Featherstone", "info"), ("Sales Team", "sales@acme.example")],
        [("", "x"), ("王伟", "wwang"), ("Boris Underwood", "")],
        [("Featherstone, Ada", "afeatherstone")] * 5,
    ],
)
def test_roles_the_unreadable_and_repetitions_add_nothing(noise: list[tuple[str, str]]) -> None:
    known = addresses("{f}{last}", 1)
    assert infer([*known, *noise]) == infer(known)


def test_many_names_at_one_address_count_as_one() -> None:
    shared = [(f"{first} Featherstone", "featherstone") for first in ("Ada", "Boris", "Cleo", "Dario")]
    assert infer(shared)[0].dominant == pytest.approx(infer(shared[:1])[0].dominant)


def test_refused_addresses_turn_the_guess_to_the_next_pattern() -> None:
    refusals = [(name, render("{first}.{last}", name) or "") for name in PEOPLE[:3]]
    guessed = infer_with_refusals([], refusals, employee_count=5000)
    assert infer([], employee_count=5000)[0].pattern == "{first}.{last}"
    assert guessed[0].pattern == "{f}{last}"
    assert estimate(guessed, "{first}.{last}").dominant < 0.2


def test_a_refusal_beside_the_persons_known_address_says_nothing() -> None:
    known = addresses("{f}{last}", 2)
    assert infer_with_refusals(known, addresses("{first}.{last}", 2)) == infer(known)
    assert infer_with_refusals(known, addresses("{first}.{last}", 1, start=4)) != infer(known)


def test_no_refusals_are_no_evidence() -> None:
    known = addresses("{f}{last}", 2)
    assert infer_with_refusals(known, []) == infer(known)


def test_thousands_of_addresses_are_as_good_as_a_few() -> None:
    consonants = "bcdfghjklmnpqrstvwxz"
    names = [f"Ada {a.upper()}o{b}e{c}inger" for a in consonants for b in consonants for c in consonants[:5]]
    best = infer([(name, render("{first}.{last}", name) or "") for name in names])[0]
    assert (best.pattern, best.dominant) == ("{first}.{last}", pytest.approx(1.0))
    assert 0.9 < best.probability < 1.0


def invented_companies(count: int, seed: int) -> Iterator[list[Observation]]:
    """The addresses of 20 people at each of so many companies, drawn from the model's own assumptions.

    Beside the dominant pattern people follow habits drawn for each company, and one in twenty addresses that follow a
    pattern is not what rendering it yields.
    """
    chance = random.Random(seed)
    prior = priors.dominant_prior(0.0)
    patterns = [*prior, ""]
    at_large = [*(priors.BACKGROUND[pattern] for pattern in prior), priors.UNEXPLAINED]
    for _ in range(count):
        dominant = chance.choices(patterns[:-1], weights=list(prior.values()))[0]
        share = chance.betavariate(*priors.DOMINANT_SHARE)
        habits = [chance.gammavariate(2.0 * weight, 1.0) for weight in at_large]
        yield [
            _invented_address(chance, dominant if chance.random() < share else chance.choices(patterns, habits)[0])
            for _ in range(20)
        ]


def _invented_address(chance: random.Random, pattern: str) -> Observation:
    if not pattern:
        return Observation(frozenset())
    return Observation(frozenset({pattern}), exact=chance.random() < priors.EXACT_SHARE)


def right(observations: list[Observation], pattern: str) -> float:
    return sum(pattern in seen.patterns and seen.exact for seen in observations) / len(observations)


@pytest.fixture(scope="module")
def companies() -> list[list[Observation]]:
    return list(invented_companies(1500, seed=7))


@pytest.mark.parametrize("shown", [1, 2, 3, 5])
def test_on_companies_drawn_from_the_model_probabilities_are_calibrated(
    companies: list[list[Observation]], shown: int
) -> None:
    """Consistency only. The limits are those set for real pairs: calibration error 0.05, Brier score 10 % below."""
    pairs = []
    for people in companies:
        best = posterior(people[:shown])[0]
        pairs.append((best.probability, right(people[shown:], best.pattern)))
    bins: dict[int, list[tuple[float, float]]] = {}
    for pair in pairs:
        bins.setdefault(int(pair[0] * 10), []).append(pair)
    error = sum(abs(sum(said - was for said, was in pairs_in)) for pairs_in in bins.values()) / len(pairs)
    mean = sum(was for _, was in pairs) / len(pairs)
    brier = sum(was * (1 - said) ** 2 + (1 - was) * said**2 for said, was in pairs) / len(pairs)
    assert error <= 0.05
    assert brier <= 0.9 * mean * (1 - mean)


def test_companies_drawn_from_the_model_show_the_measured_rule_of_thumb(companies: list[list[Observation]]) -> None:
    """Consistency only: votes of 3 people, right for the others in 83 % (3 of 3), 60 % (2 of 3), 36 % (1 of 3)."""
    right_after: dict[int, list[float]] = {}
    for people in companies:
        votes = Counter(pattern for seen in people[:3] if seen.exact for pattern in seen.patterns)
        for winner, count in votes.most_common(1):
            right_after.setdefault(count, []).append(right(people[3:], winner))
    for count, measured in ((3, 0.83), (2, 0.60), (1, 0.36)):
        assert sum(right_after[count]) / len(right_after[count]) == pytest.approx(measured, abs=0.06)
