"""The demo world has the shape of the source system, is invented, and comes out the same wherever it is made."""

import hashlib
import json
import os
import random
import re
import subprocess
import sys
import uuid
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ctapp.sandbox.demo_companies import SEED, DemoTruth, demo_companies, demo_targets, demo_truth
from ctapp.sandbox.demo_draw import Draw, Weighted
from ctapp.sandbox.demo_names import ascii_words, name_core

Row = dict[str, str]

COLUMNS = [
    "company_unique_id", "outreach_id", "company_name", "website_url", "domain", "domain_source", "domain_confidence",
    "email_pattern", "email_pattern_source", "email_pattern_confidence", "industry", "employee_count", "address_city",
    "address_state", "source_system",
]  # fmt: skip
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
NAME_PART = r"\{(?:first|middle|last)(?::[1-9])?\}|\{[fml]\}"
WORLD = "23be397ad54c8de353b597294160cba9bd01690d38dd1dd4c0fa2486ac0f1943"
LEGAL = {"inc", "incorporated", "llc", "co", "company", "corp", "corporation", "ltd", "lp", "llp", "pc", "pllc", "pa"}


@pytest.fixture(scope="module")
def companies() -> list[Row]:
    return list(demo_companies())


@pytest.fixture(scope="module")
def targets() -> list[Row]:
    return list(demo_targets())


@pytest.fixture(scope="module")
def truth() -> list[DemoTruth]:
    return list(demo_truth())


@pytest.fixture(scope="module")
def ready(companies: list[Row]) -> list[Row]:
    return [row for row in companies if row["domain"]]


@pytest.fixture(scope="module")
def not_ready(companies: list[Row]) -> list[Row]:
    return [row for row in companies if not row["domain"]]


def digest(*sequences: object) -> str:
    return hashlib.sha256(json.dumps(sequences).encode()).hexdigest()


def plain_name(row: Row) -> tuple[str, str, str]:
    """The name without case, punctuation and legal form, with its place; written apart from the generator's own."""
    words = re.sub(r"[^\w\s]", "", row["company_name"].lower()).split()
    while len(words) > 1 and words[-1] in LEGAL:
        words.pop()
    return "".join(words), row["address_city"], row["address_state"]


class TestCounts:
    def test_as_many_companies_as_the_source_system_has(self, ready: list[Row], not_ready: list[Row]) -> None:
        assert (len(ready), len(not_ready), len(ready) + len(not_ready)) == (37_878, 4_314, 42_192)

    def test_targets_by_status_and_time(self, targets: list[Row]) -> None:
        found = Counter((row["execution_status"], bool(row["imo_completed_at"])) for row in targets)
        assert found == {("pending", False): 2_692, ("pending", True): 13, ("failed", True): 842}

    def test_companies_without_a_record(self, not_ready: list[Row], targets: list[Row]) -> None:
        recorded = {row["outreach_id"] for row in targets}
        waiting = {row["outreach_id"] for row in not_ready}
        assert recorded <= waiting
        assert len(waiting - recorded) == 767

    def test_the_not_ready_lie_scattered(self, companies: list[Row]) -> None:
        for start in range(0, 42_000, 2_000):
            share = sum(not row["domain"] for row in companies[start : start + 2_000]) / 2_000
            assert 0.07 < share < 0.14


class TestSameEverywhere:
    def test_a_second_time(self, companies: list[Row], targets: list[Row], truth: list[DemoTruth]) -> None:
        again = digest(list(demo_companies()), list(demo_targets()), list(demo_truth()))
        assert again == digest(companies, targets, truth)

    def test_in_another_process_with_another_hash_seed(self, companies: list[Row], truth: list[DemoTruth]) -> None:
        program = (
            "import hashlib, json; from ctapp.sandbox.demo_companies import *;"
            "rows = json.dumps([list(demo_companies()), list(demo_truth())]).encode();"
            "print(hashlib.sha256(rows).hexdigest())"
        )
        finished = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": "77"},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert finished.stdout.strip() == digest(companies, truth)

    def test_on_another_python(self, companies: list[Row], targets: list[Row], truth: list[DemoTruth]) -> None:
        """Figures elsewhere refer to this world; who changes it on purpose writes the new digest here."""
        assert digest(companies, targets, truth) == WORLD

    def test_nothing_but_random_is_drawn_from(self, companies: list[Row], monkeypatch: pytest.MonkeyPatch) -> None:
        full_random = random.Random

        class OnlyRandom:
            def __init__(self, seed: str) -> None:
                self.random = full_random(seed).random

        monkeypatch.setattr(random, "Random", OnlyRandom)
        made = demo_companies()
        assert [next(made) for _ in range(300)] == companies[:300]

    def test_streams_do_not_disturb_each_other(self, companies: list[Row], truth: list[DemoTruth]) -> None:
        together = zip(demo_companies(), demo_truth(), strict=False)
        assert [next(together) for _ in range(300)] == list(zip(companies[:300], truth[:300], strict=True))

    def test_another_seed_is_another_world_of_the_same_shape(self, companies: list[Row], targets: list[Row]) -> None:
        others, other_targets = list(demo_companies(SEED + 1)), list(demo_targets(SEED + 1))
        assert len(others) == len(companies)
        assert len(other_targets) == len(targets)
        assert {row["outreach_id"] for row in others}.isdisjoint(row["outreach_id"] for row in companies)
        assert sum(a["company_name"] == b["company_name"] for a, b in zip(others, companies, strict=True)) < 50


class TestCompanies:
    def test_columns_of_a_company_file(self, companies: list[Row]) -> None:
        assert {tuple(row) for row in companies} == {tuple(COLUMNS)}
        assert all(isinstance(value, str) and value == value.strip() for row in companies for value in row.values())

    def test_ids(self, companies: list[Row]) -> None:
        assert [row["company_unique_id"] for row in companies] == [f"CT-{n:06d}" for n in range(1, len(companies) + 1)]
        assert len({uuid.UUID(row["outreach_id"]) for row in companies}) == len(companies)

    def test_no_two_names_alike(self, companies: list[Row]) -> None:
        assert len({row["company_name"].casefold() for row in companies}) == len(companies)
        assert len({plain_name(row) for row in companies}) == len(companies)

    def test_domains_are_distinct_and_under_example(self, ready: list[Row]) -> None:
        assert len({row["domain"] for row in ready}) == len(ready)
        assert [row["domain"] for row in ready if not re.fullmatch(rf"{LABEL}\.example", row["domain"])] == []

    def test_with_a_domain_comes_a_pattern(self, ready: list[Row]) -> None:
        grammar = re.compile(rf"(?:{NAME_PART})(?:[._-]?(?:{NAME_PART}))*")
        assert [row for row in ready if not grammar.fullmatch(row["email_pattern"])] == []
        assert all(row["domain_source"] and row["email_pattern_source"] for row in ready)

    def test_without_a_domain_nothing_of_it_is_known(self, not_ready: list[Row]) -> None:
        known = {row[column] for row in not_ready for column in COLUMNS[3:10]}
        assert known == {""}

    def test_confidences(self, ready: list[Row]) -> None:
        patterns = [row["email_pattern_confidence"] for row in ready]
        assert all(re.fullmatch(r"0\.\d{4}|", row["domain_confidence"]) for row in ready)
        assert all(re.fullmatch(r"0\.\d{4}|", confidence) for confidence in patterns)
        assert all(0.55 <= float(confidence) <= 0.93 for confidence in patterns if confidence)
        assert 0.05 < patterns.count("") / len(patterns) < 0.2

    def test_websites_lie_on_the_company_s_domain(self, ready: list[Row]) -> None:
        websites = [(urlsplit(row["website_url"]), row["domain"]) for row in ready if row["website_url"]]
        assert 0.5 < len(websites) / len(ready) < 0.75
        assert all(url.scheme in {"http", "https"} for url, _ in websites)
        assert all(url.hostname in {domain, f"www.{domain}"} for url, domain in websites)

    def test_sizes_are_those_of_small_firms(self, companies: list[Row]) -> None:
        sizes = [int(row["employee_count"]) for row in companies if row["employee_count"]]
        assert min(sizes) >= 1
        assert sum(5 <= size <= 50 for size in sizes) > len(sizes) / 2
        assert 10 < sum(size >= 5_000 for size in sizes) < 200

    def test_small_firms_use_first_names_and_large_ones_do_not(self, ready: list[Row]) -> None:
        def share(rows: list[Row]) -> float:
            return sum(row["email_pattern"] == "{first}" for row in rows) / len(rows)

        sized = [row for row in ready if row["employee_count"]]
        assert share([row for row in sized if int(row["employee_count"]) < 10]) > 0.5
        assert share([row for row in sized if int(row["employee_count"]) >= 250]) < 0.1

    def test_industries_and_places(self, companies: list[Row]) -> None:
        assert len({row["industry"] for row in companies} - {""}) >= 25
        assert len({row["address_state"] for row in companies}) == 50
        assert all(row["address_city"] and re.fullmatch("[A-Z]{2}", row["address_state"]) for row in companies)

    @pytest.mark.parametrize(
        ("notation", "least"),
        [
            (r".*\bLLC", 4_000), (r".*, Inc\.", 2_000), (r".* Inc", 2_000), (r".*\bL\.L\.C\.", 100), (r"The .*", 1_000),
            (r".* & Sons\b.*", 250), (r".*['’]s\b.*", 1_000), (r"[^a-z]+", 3_000), (r"[^A-Z]+", 50), (r"\d.*", 200),
            (r".*[^\x00-\x7f’].*", 200), (r"[A-Z]&[A-Z] .*", 200), (r".* dba .*", 50), (r".*, .* & .*", 200),
            (r"(\S+ ){6,}.*", 200),
        ],
    )  # fmt: skip
    def test_names_are_written_as_real_lists_write_them(self, companies: list[Row], notation: str, least: int) -> None:
        assert sum(bool(re.fullmatch(notation, row["company_name"])) for row in companies) >= least


class TestInvented:
    def test_marked_as_demo(self, companies: list[Row]) -> None:
        assert {row["source_system"] for row in companies} == {"demo"}

    def test_no_address_and_no_telephone_number(self, companies: list[Row], targets: list[Row]) -> None:
        texts = [row[column] for row in companies for column in row if column != "outreach_id"]
        assert [text for text in texts if "@" in text or re.search(r"\d{3}[-. )]+\d{3}[-. ]+\d{4}", text)] == []
        assert {tuple(row) for row in targets} == {
            ("outreach_id", "execution_status", "email_method", "confidence_score", "imo_completed_at")
        }

    def test_no_cell_starts_a_formula(self, companies: list[Row]) -> None:
        assert [row for row in companies if row["company_name"][0] in "=+-@\t"] == []

    def test_no_company_that_everybody_knows(self, companies: list[Row]) -> None:
        known = """Walmart, Amazon, Apple, Microsoft, Ford Motor, Lexus, Optum, Axon, Lincoln Electric, Erie Insurance,
            Bethlehem Steel, Cincinnati Financial, Boston Properties, Continental Tire, American Express, Quality Inn,
            American Freight, Tampa Electric, Pacific Power, Black Hills Energy, Great Lakes Brewing, White Castle"""
        famous = {name.strip().lower().replace(" ", "") for name in known.split(",")}
        assert famous.isdisjoint(plain_name(row)[0] for row in companies)


class TestTargets:
    def test_nothing_of_a_method_is_known(self, targets: list[Row]) -> None:
        assert {(row["email_method"], row["confidence_score"]) for row in targets} == {("", "")}

    def test_one_record_a_company(self, targets: list[Row]) -> None:
        assert len({row["outreach_id"] for row in targets}) == len(targets)

    def test_times(self, targets: list[Row]) -> None:
        times = [datetime.fromisoformat(row["imo_completed_at"]) for row in targets if row["imo_completed_at"]]
        assert min(times) >= datetime(2025, 10, 1, tzinfo=UTC)
        assert max(times) < datetime(2026, 2, 1, tzinfo=UTC)


class TestTruth:
    def test_of_every_not_ready_company_and_no_other(self, not_ready: list[Row], truth: list[DemoTruth]) -> None:
        assert [true.company_unique_id for true in truth] == [row["company_unique_id"] for row in not_ready]

    def test_agrees_with_what_the_row_says(self, not_ready: list[Row], truth: list[DemoTruth]) -> None:
        for row, true in zip(not_ready, truth, strict=True):
            assert (true.outreach_id, true.company_name) == (row["outreach_id"], row["company_name"])
            assert (true.city, true.state) == (row["address_city"], row["address_state"])
            assert row["industry"] in {"", true.industry}
            assert row["employee_count"] in {"", str(true.employees)}

    def test_about_four_thousand_have_a_domain_of_their_own(self, truth: list[DemoTruth]) -> None:
        domains = [true.domain for true in truth if true.domain is not None]
        assert 3_950 < len(domains) < 4_070
        assert len(set(domains)) == len(domains)
        assert [domain for domain in domains if not re.fullmatch(rf"{LABEL}\.(com|net|org|us|biz|co)", domain)] == []

    def test_pattern_and_share_come_with_a_domain(self, truth: list[DemoTruth]) -> None:
        for true in truth:
            facts = (true.derivation, true.email_pattern, true.share_following)
            assert (true.domain is None) == (facts == (None, None, None))
            assert true.share_following is None or 0.5 <= true.share_following <= 1

    def test_less_than_half_are_the_name_run_together_with_com(self, truth: list[DemoTruth]) -> None:
        labels = [(name_core(true.company_name), true.domain.replace("and", "")) for true in truth if true.domain]
        plain = sum(domain == f"{core.replace('and', '')}.com" for core, domain in labels)
        assert 0.38 < plain / len(labels) < 0.5

    def test_firms_choose_in_many_ways(self, truth: list[DemoTruth]) -> None:
        ways = Counter(true.derivation for true in truth if true.derivation)
        assert len(ways) >= 8
        assert min(ways.values()) >= 40

    def test_hyphens_and_added_words_are_what_they_say(self, truth: list[DemoTruth]) -> None:
        assert all(("-" in true.domain) == (true.derivation == "hyphenated") for true in truth if true.domain)
        added = [true for true in truth if true.domain and true.derivation == "added"]
        assert all(true.domain.split(".")[0] != name_core(true.company_name) for true in added if true.domain)


class TestNames:
    @pytest.mark.parametrize(
        ("written", "core"),
        [
            ("Harbor Steel, Inc.", "harborsteel"),
            ("HARBOR STEEL CO INC", "harborsteel"),
            ("The Harbor & Steel Company", "harborsteel"),
            ("O’Dell's Café L.L.C.", "odellscafe"),
            ("Søndergaard Łukasik Weißkopf", "sondergaardlukasikweisskopf"),
            ("Inc", "inc"),
        ],
    )
    def test_core(self, written: str, core: str) -> None:
        assert name_core(written) == core

    def test_words_in_ascii(self) -> None:
        assert ascii_words("A.J. Peña & Sons Tri-County") == ["aj", "pena", "and", "sons", "tri", "county"]


class TestDraw:
    def test_weights_are_shares(self) -> None:
        draw, table = Draw(1, "weights"), Weighted({"often": 9, "never": 0, "rarely": 1})
        drawn = Counter(draw.weighted(table) for _ in range(5_000))
        assert set(drawn) == {"often", "rarely"}
        assert 0.08 < drawn["rarely"] / 5_000 < 0.12

    def test_bounds_are_reached_and_kept(self) -> None:
        draw = Draw(1, "bounds")
        assert {draw.between(2, 5) for _ in range(500)} == {2, 3, 4, 5}
        assert {draw.low_between(2, 5) for _ in range(500)} == {2, 3, 4, 5}
        assert {draw.below(3) for _ in range(500)} == {0, 1, 2}

    def test_early_prefers_the_front(self) -> None:
        draw = Draw(1, "early")
        drawn = Counter(draw.early("abcd") for _ in range(2_000))
        assert drawn["a"] > drawn["b"] > drawn["d"] > 0

    def test_shuffled_keeps_every_item(self) -> None:
        order = Draw(1, "order").shuffled(range(100))
        assert sorted(order) == list(range(100))
        assert order != sorted(order)

    def test_topics_differ(self) -> None:
        assert [Draw(1, "a").below(10**9)] != [Draw(1, "b").below(10**9)]
