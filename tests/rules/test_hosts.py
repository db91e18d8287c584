"""Websites as people type them: what the registrable domain is, and what is refused with which reason."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctapp.rules.hosts import HostError, is_directory_or_social, registrable_domain

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True).filter(lambda label: label[2:4] != "--")


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("https://www.Acme.com/about?x", "acme.com"),
        ("ACME.EXAMPLE", "acme.example"),
        ("acme.example.", "acme.example"),
        ("  acme.example\n", "acme.example"),
        ("http://münchen.example", "xn--mnchen-3ya.example"),
        ("http://MU\u0308NCHEN.example", "xn--mnchen-3ya.example"),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("acme。example", "acme.example"),
        ("ＡＣＭＥ.example", "acme.example"),
        ("www.acme.co.uk", "acme.co.uk"),
        ("shop.mail.acme.com.au", "acme.com.au"),
        ("info@acme.example", "acme.example"),
        ("mailto:info@acme.example", "acme.example"),
        ("https://user:p@ss@www.acme.example:8443/x@y.test", "acme.example"),
        ("acme.example:8080", "acme.example"),
        ("http:/acme.example", "acme.example"),
        ("https//acme.example", "acme.example"),
        ("//acme.example#top", "acme.example"),
        ("https.com", "https.com"),
        ("acme.test", "acme.test"),
        ("shop.github.io", "github.io"),
    ],
)
def test_the_registrable_domain_is_read_from_what_people_type(typed: str, domain: str) -> None:
    assert registrable_domain(typed) == domain


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        (" \t", "empty"),
        ("acme inc.example", "spaces"),
        ("a\x00b.example", "control characters"),
        ("192.0.2.7", "IP address"),
        ("http://[2001:db8::1]/", "IP address"),
        ("2001:db8::1", "IP address"),
        ("0x7f.1", "IP address"),
        ("http://localhost:8000", "localhost"),
        ("co.uk", "only a public suffix"),
        ("www.acme.nosuchtld", "not a known top-level domain"),
        ("acme", "no dot"),
        ("http://", "no host"),
        ("acme..example", "two dots"),
        ("-acme.example", "hyphen"),
        ("ac_me.example", "characters a domain cannot have"),
        ("💩.example", "international"),
        ("xn--a.example", "international"),
        ("a" * 64 + ".example", "at most 63"),
        ("a." * 130 + "example", "longer than 253"),
        ("a" * 5000, "longer than 4096"),
    ],
)
def test_what_names_no_domain_is_refused_with_the_reason_on_one_line(typed: str, reason: str) -> None:
    with pytest.raises(HostError) as refused:
        registrable_domain(typed)
    assert reason in str(refused.value)
    assert "\n" not in str(refused.value)


@given(st.text(max_size=300))
def test_any_text_gives_a_domain_that_stays_itself_or_a_host_error(typed: str) -> None:
    try:
        domain = registrable_domain(typed)
    except HostError as refused:
        assert str(refused)
        assert len(str(refused).splitlines()) == 1
        return
    assert registrable_domain(domain) == domain
    assert set(domain) <= set(string.ascii_lowercase + string.digits + ".-")


@given(
    LABELS,
    st.sampled_from(["com", "example", "co.uk"]),
    st.sampled_from(["", "www.", "shop."]),
    st.sampled_from(["", "http://", "HTTPS://"]),
    st.sampled_from(["", "/", "/a/b?c=d@e#f", ":443/"]),
)
def test_dressing_does_not_change_the_domain(label: str, suffix: str, host: str, scheme: str, tail: str) -> None:
    bare = f"{label}.{suffix}"
    assert registrable_domain(f"{scheme}{host}{bare.upper()}{tail}") == registrable_domain(bare)


def test_a_refusal_does_not_repeat_secrets_from_the_url() -> None:
    with pytest.raises(HostError) as refused:
        registrable_domain("https://user:hunter2@acme.nosuchtld/?key=abc123")
    assert "hunter2" not in str(refused.value)
    assert "abc123" not in str(refused.value)


def test_shared_sites_are_told_from_companies_own() -> None:
    shared = [
        "facebook.com",
        "linkedin.com",
        "yelp.com",
        "bbb.org",
        "wixsite.com",
        "github.io",
        "gmail.com",
        "yahoo.com",
    ]
    assert all(is_directory_or_social(domain) for domain in shared)
    assert not is_directory_or_social("acme.example")


def test_every_kept_shared_site_is_a_registrable_domain() -> None:
    from ctapp.rules.hosts import _shared_sites

    misplaced = [domain for domain in _shared_sites() if registrable_domain(domain) != domain]
    assert misplaced == []
