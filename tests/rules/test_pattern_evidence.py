"""What one known address says: which patterns explain it, how surely, and when it is no evidence."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ctapp.rules.pattern_evidence import Explanation, KnownAddress, explain
from ctapp.rules.pattern_priors import LISTED_PATTERNS
from ctapp.rules.patterns import explaining_patterns, parse, render
from ctapp.rules.role_addresses import is_role_address

WORDS = st.text(alphabet="abcdefghijklmnoprstuvwyz", min_size=2, max_size=10).map(str.capitalize)


def explanation(full_name: str, address: str) -> Explanation | None:
    known = KnownAddress.read(full_name, address)
    return None if known is None else explain(known)


@given(WORDS, st.sampled_from(["", "Q. ", "Quill "]), WORDS, st.sampled_from(LISTED_PATTERNS))
def test_what_a_pattern_renders_it_explains(first: str, middle: str, last: str, pattern: str) -> None:
    full_name = f"{first} {middle}{last}"
    local_part = render(pattern, full_name)
    assume(local_part is not None and not is_role_address(local_part))
    assert pattern in explaining_patterns(full_name, str(local_part))


@given(WORDS, WORDS, st.integers(2, 6), st.integers(2, 6), st.sampled_from(["", ".", "_", "-"]), st.booleans())
def test_patterns_out_of_the_ordinary_are_found_and_rebuild_the_address(
    first: str, last: str, of_first: int, of_last: int, joint: str, last_first: bool
) -> None:
    placeholders = [f"{{first:{of_first}}}", f"{{last:{of_last}}}"]
    local_part = render(joint.join(placeholders[::-1] if last_first else placeholders), f"{first} {last}")
    assume(local_part is not None and not is_role_address(local_part))
    found = explaining_patterns(f"{first} {last}", str(local_part))
    assert found
    assert all(render(pattern, f"{first} {last}") == local_part for pattern in found)


@given(st.text(max_size=40), st.text(max_size=30))
def test_any_name_and_address_can_be_looked_at(full_name: str, address: str) -> None:
    found = explanation(full_name, address)
    for pattern in found.patterns if found else ():
        assert str(parse(pattern)) == pattern


@pytest.mark.parametrize("address", ["astone", "AStone", "astone@acme.example", "astone+news@acme.example", " astone "])
def test_case_domain_and_tag_do_not_matter(address: str) -> None:
    assert "{f}{last}" in explaining_patterns("Ada Stone", address)


def test_every_pattern_that_explains_an_ambiguous_address_is_named() -> None:
    assert explaining_patterns("Al Featherstone", "alfeatherstone") == {"{first}{last}", "{first:2}{last}"}


@pytest.mark.parametrize(
    ("full_name", "address", "pattern"),
    [
        ("Ada Stone", "ada.stone2", "{first}.{last}"),
        ("Ada Stone", "ada.stone-07", "{first}.{last}"),
        ("Robert Stone", "bob.stone3", "{first}.{last}"),
        ("Ada Stone", "zizi.stone", "{first}.{last}"),
        ("Ada Stone", "ada.hill", "{first}.{last}"),
        ("Ada Stone", "ada.q.stone", "{first}.{last}"),
        ("Ada Stone", "z_stone", "{f}_{last}"),
        ("Ada Stone", "zstone", "{f}{last}"),
        ("Ada Stone", "aqstone", "{f}{last}"),
        ("Ada Stone", "stonez", "{last}{f}"),
        ("Ada Stone", "stone.zizi", "{last}.{first}"),
        ("Arabella Stone", "ara", "{first}"),
    ],
)
def test_a_near_miss_points_at_a_pattern_but_does_not_count_as_explained(
    full_name: str, address: str, pattern: str
) -> None:
    found = explanation(full_name, address)
    assert found is not None
    assert found.near_miss
    assert pattern in found.patterns
    assert explaining_patterns(full_name, address) == frozenset()


@pytest.mark.parametrize("address", ["zork", "x", "1234", "a.b.c.d", "unicorn.rider"])
def test_an_address_without_likeness_is_unexplained_and_still_evidence(address: str) -> None:
    found = explanation("Ada Stone", address)
    assert found is not None
    assert found.patterns == frozenset()


@pytest.mark.parametrize(
    ("full_name", "address"),
    [
        ("Ada Stone", "info"),
        ("Ada Stone", "sales-us"),
        ("Ada Stone", "support2@acme.example"),
        ("Sales Team", "sales"),
        ("Ada Stone", ""),
        ("Ada Stone", "@acme.example"),
        ("Ada Stone", "1" * 10_000),
        ("Ada " * 5_000, "ada"),
        ("", "astone"),
        ("王伟", "wwang"),
    ],
)
def test_roles_and_what_cannot_be_read_are_no_evidence(full_name: str, address: str) -> None:
    assert explanation(full_name, address) is None


@pytest.mark.parametrize("local_part", ["info", "no-reply", "noreply", "office.us", "hr", "sales2", "customer-service"])
def test_a_role_is_recognised(local_part: str) -> None:
    assert is_role_address(local_part)


@pytest.mark.parametrize("local_part", ["ada.stone", "astone", "ada", "infodale", "post.malone", "mark", "art.stone"])
def test_a_person_is_not_taken_for_a_role(local_part: str) -> None:
    assert not is_role_address(local_part)


def test_initials_that_happen_to_be_a_role_count_for_the_person_who_has_them() -> None:
    assert "{f}{l}" in explaining_patterns("Hana Reed", "hr")
    assert explaining_patterns("Ada Stone", "hr") == frozenset()
