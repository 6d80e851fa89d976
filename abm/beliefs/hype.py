"""Hype: growth that all planners believe beyond reason, a noise with a memory that fades [model.md 5.11]."""

import numpy as np

from abm.clock import QUARTER, QUARTERS_PER_YEAR


def next_hype(industry):
    """Hype of the quarter, growth that all planners believe beyond reason, 1/year, [worlds, 1]: noise with a memory [model.md 5.11]."""
    p = industry.cone
    if not np.any(p.hype > 0):
        return
    news = np.sqrt(1 - p.hype_memory**2) * p.hype * industry.luck.firms("hype", industry.age, 1)
    industry.hype = p.hype_memory * industry.hype + news


def hyped(industry, horizon):
    """What hype adds to ln revenue at a horizon in years, [worlds, 1]: it fades in forecasts as it does in the world."""
    memory = industry.cone.hype_memory
    return industry.hype * QUARTER * (1 - memory ** (QUARTERS_PER_YEAR * horizon)) / (1 - memory)
