"""Local parts that name a role or a mailbox for many, such as `info` or `sales`, and so say nothing about a person."""

import re
from pathlib import Path

KEPT_LIST = Path(__file__).with_name("role_addresses.txt")

_ROLES = frozenset(KEPT_LIST.read_text(encoding="ascii").split())
_WORD = re.compile(r"[a-z]+")


def is_role_address(local_part: str) -> bool:
    """Whether a lower-case local part names a role, a number or short code beside it allowed (`info2`, `sales-us`)."""
    if local_part in _ROLES:
        return True
    words = _WORD.findall(local_part)
    return bool(words) and words[0] in _ROLES and all(word in _ROLES or len(word) <= 2 for word in words[1:])
