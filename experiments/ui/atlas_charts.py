"""The atlas as an ECharts heat map."""

import numpy as np

from experiments.ui.palette import colours

READING = {"heat": "Every cell is a setting of the experiment; a darker cell means more of what the colour stands for."}


def heat(x, y, z, x_label, y_label, z_label, theme, contours=(0.1, 0.5)):
    """Cells of z[y, x]."""
    ink = {"color": colours(theme)["ink"]}
    cells = [[i, j, None if np.isnan(z[j, i]) else float(z[j, i])] for j in range(len(y)) for i in range(len(x))]
    high = float(np.nanmax(z)) if np.isfinite(z).any() else 1.0
    return {
        "xAxis": {"type": "category", "data": list(x), "name": x_label, "axisLabel": ink},
        "yAxis": {"type": "category", "data": list(y), "name": y_label, "axisLabel": ink},
        "visualMap": {"min": 0, "max": high, "text": [z_label, ""]},
        "series": [{"type": "heatmap", "data": cells, "label": {"show": True}}],
    }
