"""The grammar of e-mail patterns: every text either parses into one canonical spelling or is refused with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctapp.rules.patterns import PatternError, parse, split_domain

PLACEHOLDERS = st.one_of(
    st.sampled_from(["{first}", "{middle}", "{last}", "{f}", "{m}", "{l}"]),
    st.builds("{{{}:{}}}".format, st.sampled_from(["first", "middle", "last"]), st.integers(1, 12)),
)


@st.composite
def pattern_texts(draw: st.DrawFn) -> str:
    """Texts of the grammar, in any letter case."""
    text = draw(PLACEHOLDERS)
    for placeholder in draw(st.lists(PLACEHOLDERS, max_size=5)):
        text += draw(st.sampled_from(["", ".", "_", "-"])) + placeholder
    return draw(st.sampled_from([text, text.upper(), f" {text}\n"]))


@given(pattern_texts())
def test_every_text_of_the_grammar_parses_and_its_canonical_form_is_stable(text: str) -> None:
    pattern = parse(text)
    assert str(pattern) == str(pattern).lower()
    assert parse(str(pattern)) == pattern


@given(st.one_of(st.text(max_size=60), st.text(alphabet="{}firstlamde:0123456789._-@", max_size=40)))
def test_any_text_parses_or_is_refused_in_one_line(text: str) -> None:
    try:
        pattern = parse(text)
    except PatternError as refused:
        assert str(refused).isprintable()
    else:
        assert parse(str(pattern)) == pattern


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("{first:1}.{last}", "{f}.{last}"),
        ("{FIRST}_{L}", "{first}_{l}"),
        (" {last}-{middle:1} ", "{last}-{m}"),
        ("{first:2}{last:03}", "{first:2}{last:3}"),
        ("{f}{m}{l}", "{f}{m}{l}"),
    ],
)
def test_equivalent_spellings_have_one_canonical_form(typed: str, canonical: str) -> None:
    assert str(parse(typed)) == canonical


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "it is empty"),
        ("   ", "it is empty"),
        ("{frist}.{last}", "'{frist}' is not a placeholder"),
        ("{first}.{last", "'{last' is not a placeholder"),
        ("{f:2}", "'{f:2}' is not a placeholder"),
        ("{first:0}", "1 to 12 letters"),
        ("{first:13}", "1 to 12 letters"),
        ("{first:" + "9" * 5000 + "}", "1 to 12 letters"),
        ("{first:٢}", "is not a placeholder"),
        ("{fir\u017ft}", "is not a placeholder"),
        ("{first}..{last}", "the separator '.'"),
        (".{first}", "the separator '.'"),
        ("{first}-", "ends in a separator"),
        ("{first}x{last}", "'x{last}' is outside"),
        ("info", "'info' is outside"),
        ("{first}@acme.example", "a domain is accepted on import only"),
        ("{f}" * 9, "after 8 placeholders"),
    ],
)
def test_a_refusal_says_why_and_what_is_accepted(typed: str, reason: str) -> None:
    with pytest.raises(PatternError) as refused:
        parse(typed)
    message = str(refused.value)
    assert reason in message
    assert "accepted: {first}" in message
    assert len(message) < 400


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("{first}.{last}", ("{first}.{last}", None)),
        ("{first}.{last}@Acme.EXAMPLE", ("{first}.{last}", "acme.example")),
        (" {f}{last} @ acme.example. ", ("{f}{last}", "acme.example")),
        ("", ("", None)),
    ],
)
def test_a_domain_is_cut_off(typed: str, parts: tuple[str, str | None]) -> None:
    assert split_domain(typed) == parts


@pytest.mark.parametrize("typed", ["{first}@", "{first}@ ", "{first}@a.example@b.example"])
def test_an_at_sign_without_one_domain_is_refused(typed: str) -> None:
    with pytest.raises(PatternError, match="'@'"):
        split_domain(typed)


@given(st.text(max_size=40))
def test_cutting_off_a_domain_refuses_or_returns(text: str) -> None:
    try:
        pattern_text, domain = split_domain(text)
    except PatternError:
        return
    assert "@" not in pattern_text
    assert domain is None or domain
