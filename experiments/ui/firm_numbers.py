"""What the page shows of every firm in all worlds at once, read off a model at the end of a quarter."""

import numpy as np

NONE_DUE = 99.0  # cover and runway where nothing is due, or no cash is burnt
OF_FIRMS = (("labs", "revenue"), ("labs", "cover"), ("labs", "runway"), ("labs", "promised"), ("clouds", "revenue"), ("clouds", "cover"))


def of_firms(industry):
    """{(kind, what): [worlds, firms]} of OF_FIRMS; NaN of a lab that is not in business. Short numbers: there are many."""
    labs, clouds, now = industry.labs, industry.clouds, industry.now - 1
    owed, ahead = industry.fleet.remaining_rent(now).sum(axis=2), labs.forecast_mid
    service, flow = clouds.debt_service, clouds.ebitda + clouds.other_cash_flow
    found = {
        ("labs", "revenue"): labs.revenue,
        ("labs", "cover"): industry.measured["lab_p10_coverage"],
        ("labs", "runway"): np.where(labs.parent_row >= 0, np.nan, industry.measured["time_to_cash_out"]),  # a parent pays
        ("labs", "promised"): np.divide(owed, ahead, out=np.full(owed.shape, np.nan), where=ahead > 0),
        ("clouds", "revenue"): clouds.revenue,
        ("clouds", "cover"): np.minimum(NONE_DUE, np.divide(flow, service, out=np.full(flow.shape, NONE_DUE), where=service > 0)),
    }
    gone = labs.alive <= 0  # an owner that fails is reorganised and goes on
    found |= {key: np.where(gone, np.nan, values) for key, values in found.items() if key[0] == "labs"}
    return {key: values.astype(np.float32) for key, values in found.items()}
