"""Progress off a terminal: a line a minute with the time that is left, nothing before, nothing where quiet."""

import pytest

from experiments import terminal


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(terminal.time, "monotonic", lambda: now[0])
    return now


def test_a_log_gets_a_line_a_minute_with_the_time_left(clock, capsys):
    with terminal.Watch(100, "tutorial") as watch:
        for second in range(0, 181, 10):
            clock[0] = float(second)
            watch(second / 2)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "tutorial: 30 % of 100 worlds, 2 min 20 s left",
        "tutorial: 60 % of 100 worlds, 1 min 20 s left",
        "tutorial: 90 % of 100 worlds, 20 s left",
    ]


def test_a_quiet_run_says_nothing(clock, capsys):
    with terminal.Watch(100, "tutorial", quiet=True) as watch:
        clock[0] = 500.0
        watch(50)
    assert capsys.readouterr().err == ""
