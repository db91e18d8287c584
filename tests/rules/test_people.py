"""Names of real people: which local part an address is built with, and which further spellings are recognised."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ctapp.rules.name_readings import other_readings, rendered_reading
from ctapp.rules.patterns import explaining_patterns, render
from ctapp.rules.people import read_name

ANY_NAME = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="AaBbéßÄøŁ王Ж😀.,'’\"()-–/|@ \u0301\u202e\x00\ud800", max_size=40),
    st.lists(
        st.sampled_from(["Van", "de", "la", "O'Neil", "Dr.", "Jr.", "J.", "SMITH", "Ann-Lee", ",", "(Bob)", "von", "y"])
    ).map(" ".join),
)


@pytest.mark.parametrize(
    ("full_name", "local_part"),
    [
        ("Ada Stone", "ada.stone"),
        ("ADA STONE", "ada.stone"),
        ("  ada \t stone ", "ada.stone"),
        ("Ada Q. Stone", "ada.stone"),
        ("Ada Quill Stone", "ada.stone"),
        ("Stone, Ada", "ada.stone"),
        ("Stone,Ada Q.", "ada.stone"),
        ("STONE Ada", "ada.stone"),
        ("DE VRIES Ada", "ada.devries"),
        ("LI Wei", "wei.li"),
        ("AJ Brown", "aj.brown"),
        ("Dr. Ada Stone", "ada.stone"),
        ("Ada Stone Jr.", "ada.stone"),
        ("Stone, Ada, III", "ada.stone"),
        ("Ada Stone, PhD, PMP", "ada.stone"),
        ("Dean King", "dean.king"),
        ("Judge Prince", "judge.prince"),
        ("Ana Cao", "ana.cao"),
        ("Jack Ma", "jack.ma"),
        ("Van Nguyen", "van.nguyen"),
        ("Ada van den Berg", "ada.vandenberg"),
        ("van den Berg, Ada", "ada.vandenberg"),
        ("Berg, Ada van den", "ada.vandenberg"),
        ("Ada de la Cruz", "ada.delacruz"),
        ("Omar al-Hassan", "omar.alhassan"),
        ("Ada O'Neil", "ada.oneil"),
        ("Ada O\u2019Neil", "ada.oneil"),
        ("D'Arcy Stone", "darcy.stone"),
        ("Anne-Lise Stone-Hill", "anne-lise.stone-hill"),
        ("Anne\u2011Lise Stone", "anne-lise.stone"),
        ("Anne - Lise Stone", "anne-lise.stone"),
        ("José Núñez", "jose.nunez"),
        ("Jose\u0301 Nu\u0301n\u0303ez", "jose.nunez"),
        ("Jörg Weiß", "joerg.weiss"),
        ("Käthe Müller", "kaethe.mueller"),
        ("Ville Mäkinen", "ville.makinen"),
        ("Åsa Lindström", "asa.lindstrom"),
        ("Özgür Öztürk", "ozgur.ozturk"),
        ("Søren Kjær", "soren.kjaer"),
        ("Łukasz Żak", "lukasz.zak"),
        ("Иван Щукин", "ivan.shchukin"),
        ('Robert "Bob" Stone', "robert.stone"),
        ("Robert (Bob) Stone", "robert.stone"),
        ("Stone, Robert [Contractor]", "robert.stone"),
        ("Ada Stone - Acme Inc.", "ada.stone"),
        ("Ada Stone/US/ACME", "ada.stone"),
        ("Wei Wang 王伟", "wei.wang"),
        ("Ada Stone 😀 2", "ada.stone"),
        ("J. Bruce Stone", "bruce.stone"),
        ("J.R. Stone", "jr.stone"),
        ("Arun Kumar S", "arun.kumar"),
        ("ada.stone", "ada.stone"),
        ("AdaStone", "ada.stone"),
        ("MacKenzie", None),
        ("LeBron", None),
    ],
)
def test_the_likeliest_spelling_is_rendered(full_name: str, local_part: str | None) -> None:
    assert render("{first}.{last}", full_name) == local_part


@pytest.mark.parametrize(
    ("pattern", "full_name", "local_part"),
    [
        ("{f}{last}", "Ada Stone", "astone"),
        ("{f}{m}{last}", "Ada Quill Stone", "aqstone"),
        ("{first}.{m}.{last}", "Ada Q. Stone", "ada.q.stone"),
        ("{first}.{middle}.{last}", "Ada Quill Stone", "ada.quill.stone"),
        ("{last}{f}", "Ada Stone", "stonea"),
        ("{first}_{l}", "Ada Stone", "ada_s"),
        ("{first:2}{last:3}", "Ada Stone", "adsto"),
        ("{first:5}{last}", "Ada Stone", "adastone"),
        ("{first:6}", "Anne-Lise Stone", "anneli"),
        ("{f}{last:7}", "Ada Featherstone", "afeather"),
        ("{first}", "Ada", "ada"),
        ("{f}{last}", "J. Stone", "jstone"),
        ("{last}", "Ms. Stone", "stone"),
    ],
)
def test_a_pattern_is_filled_in(pattern: str, full_name: str, local_part: str) -> None:
    assert render(pattern, full_name) == local_part


@pytest.mark.parametrize(
    ("pattern", "full_name"),
    [
        ("{first}.{last}", "Ada"),
        ("{first}.{last}", "J. Stone"),
        ("{first:2}{last}", "J Stone"),
        ("{first}.{last}", "Ada S."),
        ("{f}{m}{last}", "Ada Stone"),
        ("{first}.{middle}.{last}", "Ada Q. Stone"),
        ("{first}", "Ms. Stone"),
        ("{first}", ""),
        ("{first}", " , "),
        ("{first}", "王伟"),
        ("{first}", "😀"),
        ("{first}", "Dr."),
        ("{first}", "x" * 10_000),
        ("{first}.{last}", "a" * 40 + " " + "b" * 40),
    ],
)
def test_a_name_that_lacks_a_part_gives_no_address(pattern: str, full_name: str) -> None:
    assert render(pattern, full_name) is None


@pytest.mark.parametrize(
    ("full_name", "local_part"),
    [
        ("Robert Stone", "bob.stone"),
        ("Bob Stone", "robert.stone"),
        ('Arabella "Zizi" Stone', "zizi.stone"),
        ("Käthe Müller", "kathe.muller"),
        ("Ville Mäkinen", "ville.maekinen"),
        ("Ada van den Berg", "ada.van.den.berg"),
        ("Ada van den Berg", "ada.van-den-berg"),
        ("Ada van den Berg", "ada.berg"),
        ("Ada Stone-Hill", "ada.stonehill"),
        ("Ada Stone-Hill", "ada.hill"),
        ("Anne-Lise Stone", "annelise.stone"),
        ("Mary Quill Stone", "mary-quill.stone"),
        ("Ada Quill Stone", "quill.stone"),
        ("José García López", "jose.garcia"),
        ("José García López", "jose.garcialopez"),
        ("J. Bruce Stone", "j.bruce.stone"),
    ],
)
def test_other_spellings_of_a_name_are_recognised(full_name: str, local_part: str) -> None:
    assert render("{first}.{last}", full_name) != local_part
    assert "{first}.{last}" in explaining_patterns(full_name, local_part)


def test_initials_of_a_double_name_stand_for_the_first_initial() -> None:
    assert "{f}{last}" in explaining_patterns("Chih-Wei Stone", "cwstone")


@given(ANY_NAME)
def test_no_name_raises_and_every_reading_is_ascii(full_name: str) -> None:
    name = read_name(full_name)
    if name is None:
        return
    readings = [rendered_reading(name), *other_readings(name)]
    assert len(readings) == len(set(readings)) <= 65
    for reading in readings:
        assert all(part.isascii() and part == part.lower() and " " not in part for part in reading)
    assert any(readings[0])


@given(
    st.text(alphabet="abcdefghijklmnoprstuvwyz", min_size=2, max_size=12),
    st.text(alphabet="bdegklmnorstu", min_size=3, max_size=12),
)
def test_the_order_and_case_of_a_name_do_not_change_the_address(first: str, last: str) -> None:
    first, last = f"Za{first}", f"{last.capitalize()}zzy"
    expected = render("{first}.{last}", f"{first} {last}")
    assert render("{first}.{last}", f"{last}, {first}") == expected
    assert render("{first}.{last}", f"{first} {last}".upper()) == expected


@given(
    st.lists(
        st.sampled_from(
            ["Ada", "Stone", "O'Neil", "Anne-Lise", "Q", "Q.", "STONE", "ann", "McKay", "Lee", "Ed", "V.", "St"]
        ),
        min_size=2,
        max_size=3,
    ).map(" ".join)
)
def test_plain_names_are_read_as_the_same_names_with_a_title_are(full_name: str) -> None:
    plain, titled = read_name(full_name), read_name(f"Dr. {full_name}")
    assume(not full_name.startswith(("Q", "V", "STONE", "St")))
    assert plain is not None
    assert titled is not None
    assert rendered_reading(plain) == rendered_reading(titled)
