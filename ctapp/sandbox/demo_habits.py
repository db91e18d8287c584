"""How the firms of the demo world write e-mail addresses: invented shares of the patterns by size of firm."""

from ctapp.sandbox.demo_draw import Draw, Weighted

# below this number of people → how often each pattern is used
_BY_SIZE = {
    10: Weighted({
        "{first}": 560, "{f}{last}": 150, "{first}.{last}": 130, "{first}{last}": 60, "{first}{l}": 40, "{last}": 25,
        "{f}.{last}": 15, "{f}{l}": 10, "{first}_{last}": 10,
    }),
    50: Weighted({
        "{first}": 330, "{f}{last}": 310, "{first}.{last}": 200, "{first}{l}": 60, "{first}{last}": 45, "{last}": 15,
        "{f}.{last}": 15, "{last}{f}": 10, "{first}_{last}": 10, "{f}{l}": 5,
    }),
    250: Weighted({
        "{f}{last}": 450, "{first}.{last}": 300, "{first}": 110, "{first}{l}": 45, "{first}{last}": 35, "{last}{f}": 20,
        "{f}.{last}": 15, "{first}_{last}": 15, "{f}{m}{last}": 5, "{last}.{first}": 5,
    }),
    1_000_000: Weighted({
        "{first}.{last}": 500, "{f}{last}": 330, "{first}_{last}": 40, "{last}{f}": 30, "{f}.{last}": 25,
        "{first}{l}": 20, "{first}": 20, "{last}.{first}": 10, "{first:2}{last}": 10, "{first}-{last}": 8,
        "{f}{m}{last}": 7,
    }),
}  # fmt: skip


def draw_pattern(draw: Draw, employees: int) -> str:
    """An e-mail pattern as a firm of this size (number of people, 1 or more) may use it."""
    for below, patterns in _BY_SIZE.items():
        if employees < below:
            return draw.weighted(patterns)
    raise ValueError(f"no firm has {employees} people")


def draw_share_following(draw: Draw) -> float:
    """The share (0.5-1) of a firm's people whose address follows its pattern: most firms are strict, a few are not."""
    strictness = draw.below(100)
    low, high = (970, 1000) if strictness < 58 else (860, 969) if strictness < 86 else (500, 859)
    return draw.between(low, high) / 1000
