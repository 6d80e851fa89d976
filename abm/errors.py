"""Everything that can go wrong by a user's hand or by a broken rule, as one small family of exceptions."""

import difflib
import re

LONGEST = 1000  # letters of a message, which may repeat what a file says
TYPO, LIKE, FEW = 0.8, 0.5, 6  # likeness of a slip of the finger, of a name half remembered; names that a hint may list


class BadInput(ValueError):
    """A user's mistake: one sentence that names file, key, value and rule. The command line exits with 2."""

    def __init__(self, message=""):
        text = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in str(message))  # a file may say anything
        super().__init__(text if len(text) <= LONGEST else f"{text[: LONGEST // 2]} ... {text[-LONGEST // 2 :]}")


class BrokenRule(RuntimeError):
    """An accounting rule that does not hold: names world, quarter, rule and residual. The run stops."""


class UnbalancedEntry(BrokenRule):
    """A posting that the ledger refuses: a negative amount, or one that is not a number."""


def nearest(name, allowed):
    """A hint for a typo: the nearest allowed name or the few that say more, or the whole list when it is short; "" when nothing helps."""
    allowed = sorted(map(str, allowed))
    close = difflib.get_close_matches(str(name), allowed, n=1, cutoff=TYPO)
    longer = [other for other in allowed if _words(name) <= _words(other)]
    if (1 if close else 0) < len(longer) <= FEW:
        return f"did you mean {' or '.join(map(repr, longer))}?"
    close = close or difflib.get_close_matches(str(name), allowed, n=1, cutoff=LIKE)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"allowed: {', '.join(allowed)}" if 0 < len(allowed) <= 12 else ""


def _words(name):
    return set(re.findall(r"[^\W_]+", str(name).lower())) or {str(name)}
