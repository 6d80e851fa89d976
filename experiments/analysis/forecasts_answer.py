"""The answer of `overreach forecasts` as text, JSON or CSV; page, picture and table are written to a folder."""

import shlex

from abm.errors import BadInput
from experiments.analysis import forecasts as measured
from experiments.analysis.answers import as_plain
from experiments.analysis.forecasts_page import HEAD, WHO, ahead, figures, forecasts_page, plans_verdict, shown, verdict
from experiments.folders import make_folder
from experiments.words import futures, times

TABLE, PAGE, PICTURE = "forecasts.csv", "forecasts.html", "forecasts.png"


def answer(inputs, out, workers=0, as_json=False, as_csv=False, quiet=True):
    """Every kind's forecasts against what came. out: folder for page, picture and table, or None for none. Raises BadInput."""
    import pandas as pd

    from experiments.terminal import Watch

    if as_json and as_csv:
        raise BadInput("--json and --csv are not allowed together; choose one form of the answer")
    inputs = measured.ask(inputs)
    if out:
        make_folder(out, "--out")
    with Watch(inputs.worlds, "forecasts", quiet) as watch:
        seen = measured.watched(inputs, workers, watch)
    start = inputs.opening().start
    found, planned = measured.shares(seen, start), measured.plans(seen, start)
    tidy = pd.concat([each for each in (found, planned) if len(each)]).to_csv(index=False)
    if out:
        _write(out, inputs, found, planned, tidy)
    if as_csv:
        return tidy.rstrip()
    said = {kind: verdict(found, kind) for kind in measured.KINDS}
    if as_json:
        return as_plain(**inputs.plain(), verdicts={**said, "plans": plans_verdict(planned)}, forecasts=found, plans=planned)
    return "\n".join([*_in_words(inputs, found, planned, said), *(["", f"Page, picture and table: {out}"] if out else [])])


def _write(out, inputs, found, planned, tidy):
    from experiments.analysis.picture import write_png

    charts = figures(found, planned)
    try:
        (out / TABLE).write_text(tidy, encoding="utf-8")
        (out / PAGE).write_text(forecasts_page(inputs, found, planned, charts, command(inputs)), encoding="utf-8")
        write_png(out / PICTURE, charts)
    except OSError as error:
        raise BadInput(f"--out {out}: cannot be written: {error.strerror}") from None


def _in_words(inputs, found, planned, said):
    import pandas as pd

    yield f"{inputs.world}: {futures(inputs.worlds)} of {inputs.quarters} quarters; {ahead(inputs)}; shares of outcomes with 95 % intervals"
    for kind, sentence in said.items():
        rows = list(shown(found, kind))
        yield from ("", f"{WHO[kind]}, by the year in which they were made (years with a stall or a breakthrough stand apart)")
        yield from ((pd.DataFrame(rows, columns=HEAD).to_string(index=False),) if rows else ())
        yield sentence
    yield from (
        "",
        "Sum of all labs' plans divided by the revenue that came, by the year that the plans were for: median (P10 to P90 of futures)",
    )
    yield from (f"  {row.year}  {times(row.value)}  ({times(row.low)} to {times(row.high)})" for row in planned.itertuples())
    yield plans_verdict(planned)


def command(inputs):
    """The command that makes this answer again."""
    return shlex.join(["overreach", "forecasts", *inputs.options()])
