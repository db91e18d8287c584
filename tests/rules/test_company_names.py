"""Company names: spellings that must agree, companies that must stay apart, and the identifier made from them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctapp.rules.company_names import normalize_company_name, stable_company_id


@pytest.mark.parametrize(
    "spellings",
    [
        ["The Smith & Wesson Co., Inc.", "Smith and Wesson Company Inc", "SMITH + WESSON CO INC"],
        ["ACME, INC.", "Acme Inc", "acme incorporated", "Acme,Inc", "Acme\u200b Inc."],
        ["O'Brien's", "O’Brien’s", "OBRIENS", "O`Brien´s"],
        ["Café Zürich GmbH", "CAFE ZURICH GMBH", "Cafe\u0301 Zu\u0308rich GmbH"],
        ["A. B. Example L.L.C.", "AB Example LLC", "A.B. Example Limited Liability Company"],
        ["Example-Invented  Works", "example invented works"],
        ["Ｅｘａｍｐｌｅ", "Example"],
    ],
)
def test_spellings_of_one_company_agree(spellings: list[str]) -> None:
    assert len({normalize_company_name(spelling) for spelling in spellings}) == 1


def test_legal_forms_keep_companies_apart() -> None:
    assert normalize_company_name("Acme Inc") != normalize_company_name("Acme LLC")


@pytest.mark.parametrize("name", ["The", "Inc.", "3M", "株式会社", "🍕🍺", "&", "---", "The The"])
def test_a_name_that_is_all_filler_or_symbols_still_has_a_spelling(name: str) -> None:
    assert normalize_company_name(name)


@given(st.text(max_size=300))
def test_the_spelling_is_stable_and_empty_only_for_blank_or_invisible_names(name: str) -> None:
    spelling = normalize_company_name(name)
    assert spelling or not any(letter.isalnum() for letter in name)
    assert spelling == spelling.strip()


@given(st.from_regex(r"[a-z]{4,9}( [a-z]{4,9}){0,4}", fullmatch=True).filter(lambda name: "limited" not in name))
def test_case_and_separators_do_not_matter(name: str) -> None:
    spelling = normalize_company_name(name)
    assert normalize_company_name(name.upper().replace(" ", ", ")) == spelling
    assert normalize_company_name(spelling) == spelling or spelling.startswith("the ")


def test_the_identifier_ignores_case_punctuation_and_the_spelling_of_the_state() -> None:
    known = stable_company_id("ACME, INC.", "Reno", "NV")
    assert stable_company_id("Acme Inc", "RENO", "nv") == known
    assert stable_company_id("acme inc", " reno ", "Nevada") == known


def test_the_identifier_tells_places_and_companies_apart() -> None:
    identifiers = {
        stable_company_id("Acme Inc", "Reno", "NV"),
        stable_company_id("Acme Inc", "Reno"),
        stable_company_id("Acme Inc", "", "NV"),
        stable_company_id("Acme LLC", "Reno", "NV"),
        stable_company_id("Acme Inc", "Elko", "NV"),
    }
    assert len(identifiers) == 5


def test_the_identifier_does_not_change_between_versions() -> None:
    # Imported rows are keyed by it: a changed rule would import every company a second time.
    assert stable_company_id("ACME, INC.", "Reno", "NV") == "co_5f779274f7125b73c42e"


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=30))
def test_any_name_with_a_letter_gets_an_identifier(name: str, city: str, state: str) -> None:
    if not any(letter.isalnum() for letter in name):
        return
    identifier = stable_company_id(name, city, state)
    assert identifier.startswith("co_")
    assert len(identifier) == 23


@pytest.mark.parametrize("name", ["", "  \t"])
def test_a_blank_name_gets_no_identifier(name: str) -> None:
    with pytest.raises(ValueError, match="blank"):
        stable_company_id(name, "Reno", "NV")
