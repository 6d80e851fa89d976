"""What leads the page of a question instead of its first outcome: the analysis that the question names under `leads_with`.

The names, and the series that each is computed from, stand in `experiments.engine.forms.LEADS`.
"""

from typing import NamedTuple

from abm.errors import BadInput
from experiments.analysis import opener_accuracy, opener_attribution, opener_requirement, opener_statements

LEADING = {
    "accuracy": opener_accuracy.lead,
    "attribution": opener_attribution.lead,
    "income_statements": opener_statements.lead,
    "required_revenue": opener_requirement.lead,
}


class Lead(NamedTuple):
    """The answer of an analysis: sentences, the first of which is the headline, and figures, each a Figure or Multiples."""

    sentences: list
    figures: list


def lead(found):
    """The Lead of stored results; None if the question names no analysis or no run came to its end.

    What cannot be computed from these runs is said instead, so that there is a page all the same.
    """
    if found.question.leads_with is None or found.whole.empty:
        return None
    try:
        return Lead(*LEADING[found.question.leads_with](found))
    except BadInput as error:
        return Lead([f"There is no answer by {found.question.leads_with.replace('_', ' ')}: {error}."], [])
