"""Websites as people type them, reduced to the registrable domain, and the domains that belong to no single company."""

import re
from functools import lru_cache
from pathlib import Path

import idna
import tldextract

# RFC 2606 reserves these for examples and tests; they are in no public suffix list.
RESERVED_SUFFIXES = ("example", "test")

# Without private suffixes: shop.github.io belongs to the registrant github.io, which is what mail and ownership follow.
_suffixes = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, extra_suffixes=RESERVED_SUFFIXES)

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://+|https?(?::/?|//)|mailto:|//", re.IGNORECASE)
_TAIL = re.compile(r"[/?#].*", re.DOTALL)
_PORT = re.compile(r":\d{0,5}$")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMERIC = re.compile(r"\d+|0x[0-9a-f]*")
_UNSEEN = re.compile(r"[\s\x00-\x1f\x7f]")
# A name can be no longer (RFC 1035, 2.3.4); text far beyond that is refused before anything looks at it.
_LONGEST_NAME = 253
_LONGEST_TEXT = 4096


class HostError(ValueError):
    """The text names no registrable domain; the message says why in one line."""


@lru_cache(maxsize=16384)
def registrable_domain(text: str) -> str:
    """Registrable domain, lower-case ASCII (IDNA, UTS 46), of a domain, host, URL or e-mail address as people type it.

    "https://www.Acme.com/about?x" -> "acme.com", "www.acme.co.uk" -> "acme.co.uk", "acme.example" -> "acme.example".
    Public suffixes come from the list bundled with tldextract, its private section left out (shop.github.io ->
    github.io; `is_directory_or_social` knows those), plus `.example` and `.test`. Raises HostError otherwise: empty
    text, spaces, IP addresses, localhost, a bare public suffix, an unknown top-level domain, malformed labels.
    """
    host = _ascii_host(_host_part(text))
    _check_labels(host)
    extracted = _suffixes.extract_str(host)
    if not extracted.suffix:
        raise HostError(f"{_shown(host)}: .{host.rpartition('.')[2]} is not a known top-level domain")
    if not extracted.domain:
        raise HostError(f"{_shown(host)}: only a public suffix, the company's own part is missing")
    return f"{extracted.domain}.{extracted.suffix}"


def is_directory_or_social(domain: str) -> bool:
    """True where this registrable domain serves many companies: directories, social networks, site builders, free mail.

    From the list kept in directory_sites.txt. Such a domain says nothing about which company it is; False for any
    other text. The few companies that run these sites are set by hand.
    """
    return domain in _shared_sites()


@lru_cache(maxsize=1)
def _shared_sites() -> frozenset[str]:
    lines = Path(__file__).with_name("directory_sites.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines for word in line.partition("#")[0].split())


def _shown(text: str) -> str:
    """The text quoted and cut; callers pass the host alone, since the rest of a URL may carry a password or a key."""
    return repr(text if len(text) <= 80 else text[:77] + "...")


def _host_part(text: str) -> str:
    """What stands between the scheme, user and port of a URL; refuses text that cannot hold a host."""
    stripped = text.strip()
    if not stripped:
        raise HostError("empty: no website or domain given")
    if len(stripped) > _LONGEST_TEXT:
        raise HostError(f"text of {len(stripped)} characters is longer than {_LONGEST_TEXT}, not a website")
    scheme = _SCHEME.match(stripped)
    rest = stripped[scheme.end() :] if scheme else stripped
    authority = _TAIL.sub("", rest).rpartition("@")[2]
    if _UNSEEN.search(authority):
        raise HostError(f"{_shown(authority)}: a domain holds no spaces or control characters")
    if authority.startswith("[") or authority.count(":") > 1:
        raise HostError(f"{_shown(authority)}: an IP address is not a domain")
    return _PORT.sub("", authority)


def _ascii_host(host: str) -> str:
    lowered = host.lower()
    if lowered.isascii() and "xn--" not in lowered:
        return lowered.removesuffix(".")
    try:
        return idna.encode(lowered, uts46=True).decode("ascii").removesuffix(".")
    except (idna.IDNAError, UnicodeError) as error:
        reason = " ".join(str(error).split())
        raise HostError(f"{_shown(host)}: not a valid international domain name ({reason})") from error


def _check_labels(host: str) -> None:
    labels = host.split(".")
    if not host:
        raise HostError("no host: the address holds a scheme or a path but no domain")
    if _NUMERIC.fullmatch(labels[-1]):
        raise HostError(f"{_shown(host)}: an IP address is not a domain")
    if host == "localhost" or host.endswith(".localhost"):
        raise HostError(f"{_shown(host)}: localhost is this machine, not a company's domain")
    if len(host) > _LONGEST_NAME:
        raise HostError(f"{_shown(host)}: longer than {_LONGEST_NAME} characters, not a domain")
    for label in labels:
        if not _LABEL.fullmatch(label):
            raise HostError(f"{_shown(host)}: {_fault(label)}")
    if len(labels) == 1:
        raise HostError(f"{_shown(host)}: no dot, so no top-level domain such as .com")


def _fault(label: str) -> str:
    if not label:
        return "two dots in a row, or a dot at the start"
    if len(label) > 63:
        return f"a part of {len(label)} characters, at most 63 are allowed"
    if re.fullmatch(r"[a-z0-9-]+", label):
        return f"the part {_shown(label)} starts or ends with a hyphen"
    return f"the part {_shown(label)} holds characters a domain cannot have"
