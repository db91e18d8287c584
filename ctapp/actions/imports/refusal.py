"""Why a row, or a whole file, does not go in."""

from dataclasses import dataclass

from ctapp.actions.caller import Refused

LONGEST_SHOWN = 60


class Unusable(Refused):
    """The file as a whole cannot be imported; nothing was written. The message is one line: what is needed."""


class TooManyRows(Unusable):
    """The file has more rows than this way of importing takes."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that does not go in: its line, the column as the file names it, the value (cut), and the reason.

    `line` counts from 1 with the header; in a workbook it is the number of the row. Column and value are None where the
    fault lies in the row as such.
    """

    line: int
    column: str | None
    value: str | None
    reason: str

    def sentence(self, file_name: str) -> str:
        """One line for a person: which row, why, and what became of it."""
        where = f"{file_name} line {self.line}"
        if self.column is not None:
            where += f", column {self.column}"
        reason = self.reason
        if self.value is not None and self.value not in reason:
            reason = f"{self.value}: {reason}"
        return f"{where}: {reason}; row skipped"


def shown(value: str) -> str:
    """The value quoted for a person: cut, with control characters and invisible ones written out."""
    return repr(value if len(value) <= LONGEST_SHOWN else value[: LONGEST_SHOWN - 1] + "…")


def printable(file_name: str) -> str:
    """The name fit for one line of text: cut, with control characters and undecodable bytes as "?"."""
    return "".join(letter if letter.isprintable() else "?" for letter in file_name[-200:]) or "the file"
