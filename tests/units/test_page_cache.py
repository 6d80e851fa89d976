"""What draws the charts of a page is worked out once and kept; a page never depends on whether it could be."""

import pytest

from experiments.analysis import page


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """An empty cache, a bundle that counts how often it is made, and no memory of this process."""
    made = []
    monkeypatch.setattr(page, "user_cache_path", lambda name: tmp_path / name)
    monkeypatch.setattr(page, "_bundle", lambda: made.append(1) or "draw();")
    yield made
    page._library.cache_clear()


def library():
    page._library.cache_clear()
    return page._library()


def test_it_is_worked_out_once_and_then_read(fresh, tmp_path):
    assert [library(), library()] == ["draw();", "draw();"]
    assert len(fresh) == 1
    assert [path.suffix for path in (tmp_path / "overreach").iterdir()] == [".js"]  # and nothing half-written beside it


def test_where_nothing_can_be_written_it_is_worked_out_each_time(fresh, tmp_path):
    (tmp_path / "overreach").write_text("a file where the folder should be")
    assert [library(), library()] == ["draw();", "draw();"]
    assert len(fresh) == 2


@pytest.mark.parametrize(
    "damaged", [b"\xff\xfe\x00", b"", b"draw();", b"0\nevil();"], ids=["no text", "empty", "no digest", "another text"]
)
def test_a_file_that_is_not_what_was_kept_is_written_again(fresh, tmp_path, damaged):
    library()
    kept = next((tmp_path / "overreach").iterdir())
    whole = kept.read_bytes()
    kept.write_bytes(damaged)
    assert library() == "draw();"
    assert kept.read_bytes() == whole
