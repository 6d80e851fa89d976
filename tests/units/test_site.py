"""The documentation site: it lists what is declared, its equations are those the code cites, and its links lead somewhere."""

import ast
import re
from pathlib import Path

import pytest

import overreach
from abm.shocks import SHOCKS
from experiments.catalogue import measure_rows, outcome_rows
from experiments.declarations import declarations
from sitemaker import blocks, citation, declared, links, literature, phones
from sitemaker.docstrings import laid_out

ROOT = Path(__file__).resolve().parents[2]
MODEL = {path: path.read_text(encoding="utf-8") for path in (ROOT / "docs/model").glob("*.md")}
EQUATIONS = {number for text in MODEL.values() for number in links.anchors(text)}
CODE = [path for room in ("abm", "agents", "experiments") for path in (ROOT / room).rglob("*.py")]
LONGEST_PAGE = 300


def ids(page):
    return set(re.findall(r'<code id="([^"]+)">', page)) | set(re.findall(r"\{#([^}]+)\}", page))


def test_the_page_of_parameters_lists_every_one():
    assert {row.name for row in declarations()} <= ids(declared.parameters())


def test_the_page_of_measures_lists_every_one_of_every_kind():
    assert {f"{row.example.partition(' ')[0]}.{row.name}" for row in measure_rows()} <= ids(declared.measures())


def test_the_page_of_outcomes_lists_every_one():
    assert {row.name for row in outcome_rows()} == ids(declared.outcomes())


def test_the_page_of_shocks_lists_every_one_with_every_value():
    values = {f"{name},{key}" for name, group in SHOCKS.items() for key in group.declared()}
    assert ids(declared.shocks()) == SHOCKS.keys() | values


def test_every_line_of_a_table_has_as_many_cells_as_its_head():
    for page in declared.pages().values():
        tables = re.findall(r"(?:^\|.*\n)+", page, flags=re.M)
        assert tables and all(len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1 for table in tables)


def test_the_page_of_the_interface_shows_what_the_door_lists():
    shown = re.findall(r"^::: overreach\.(\w+)$", (ROOT / "docs/reference/api.md").read_text(encoding="utf-8"), flags=re.M)
    assert sorted(shown) == sorted(overreach.__all__)


def test_every_equation_that_the_code_cites_is_a_heading_or_a_line_of_the_model():
    cited = {
        number
        for path in CODE
        for first, more in links.EQUATIONS.findall(path.read_text(encoding="utf-8"))
        for number in [first, *links.NUMBER.findall(more)]
    }
    assert len(cited) > 50 and cited - EQUATIONS == set()


def names_of_the_code():
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in CODE]
    kinds = ast.FunctionDef | ast.ClassDef
    found = {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, kinds)}
    assigned = [target for tree in trees for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    return found | {target.id for target in assigned if isinstance(target, ast.Name) and target.id.isupper()}


@pytest.mark.slow
def test_every_equation_names_the_function_that_computes_it_or_says_why_there_is_none():
    known, silent = names_of_the_code(), []
    for text in MODEL.values():
        for section in re.split(r"^(?=##+ )", text, flags=re.M)[1:]:
            heading, _, body = section.partition("\n")
            spans = re.findall(r"`([\w.]+)`", body)
            names_one = any(span.rpartition(".")[2] in known for span in spans)
            excused = "`X`" in body or "no function of its own" in body or re.search(r"\bsection \d", body)
            if "{#eq-" in heading and "eq-26-" not in heading and not names_one and not excused:  # 26 has rulings, not equations
                silent.append(heading)
    assert silent == []


def test_no_page_of_the_model_is_longer_than_a_sitting():
    assert {path.name: len(text.splitlines()) for path, text in MODEL.items() if len(text.splitlines()) > LONGEST_PAGE} == {}


TARGETS = links.Targets(
    equations={"9.7": "compute.html#eq-9-7", "10.1": "p.html#a"},
    literature={"Arrow1951": "l.html#arrow1951"},
    pages={"model": "m.html", "ui": "u.html"},
)


def test_keys_equations_and_pages_become_links():
    assert links.linked("<p>[Arrow1951]</p>", TARGETS) == '<p>[<a href="l.html#arrow1951">Arrow1951</a>]</p>'
    assert links.linked("<td>seed; model.md 9.7 (theta)</td>", TARGETS).count('<a href="compute.html#eq-9-7">model.md 9.7</a>') == 1
    assert links.linked("<p>[model.md 9.7 to 10.1]</p>", TARGETS).count("<a ") == 2
    assert links.linked("<p>see <code>docs/ui.md</code></p>", TARGETS) == '<p>see <code><a href="u.html">docs/ui.md</a></code></p>'
    assert links.linked("<p><code>docs/model.md</code> 9.7</p>", TARGETS).count("<a ") == 2


def test_a_page_of_the_model_links_its_own_equations_and_takes_no_other_number_for_one():
    own = TARGETS._replace(of_model=True, equations={**TARGETS.equations, "9": "compute.html#section-9"})
    assert links.linked("<p>learned (9.7), section 9; (0.5) and (9)</p>", own).count("<a ") == 2
    assert links.linked("<p>learned (9.7), section 9</p>", TARGETS).count("<a ") == 0
    with pytest.raises(links.DeadEnd, match="no section 77"):
        links.linked("<p>see section 77</p>", own)


def test_code_and_what_is_linked_already_stays_as_it_is():
    for html in ("<pre><code>[Arrow1951] model.md 9.7</code></pre>", '<a href="x">[Arrow1951]</a>', "<p>in 1951 [worlds, labs] 9.7</p>"):
        assert links.linked(html, TARGETS) == html


def test_cells_of_a_narrow_table_know_their_column_and_those_of_a_wide_one_stay():
    html = "<table><thead><tr><th>name</th><th>meaning</th></tr></thead><tbody><tr><td>a</td><td>b</td></tr></tbody></table>"
    assert '<td data-label="name">a</td><td data-label="meaning">b</td>' in phones.readable(html)
    wide = f"<table><tr>{'<th>x</th>' * 7}</tr><tr>{'<td>1</td>' * 7}</tr></table>"
    assert phones.readable(wide) == wide


def test_a_reference_to_nothing_is_refused():
    with pytest.raises(links.DeadEnd, match=r"equation of the model 99\.9"):
        links.linked("<p>model.md 99.9</p>", TARGETS)
    with pytest.raises(links.DeadEnd, match="Nobody1999"):
        links.linked("<p>[Nobody1999]</p>", TARGETS)


def test_arguments_of_a_docstring_become_a_list_and_its_words_stay():
    text = "Does it.\n\nworlds: how many; a, b: both\nof them; rng: the seed; not one\nRaises BadInput. Gone."
    items = "- **worlds**: how many\n- **a, b**: both of them\n- **rng**: the seed; not one"
    assert laid_out(text, "worlds|a|b|rng") == f"Does it.\n\n{items}\n\n**Raises** BadInput. Gone."
    assert laid_out("As it is: nothing changes.", "worlds") == "As it is: nothing changes."


def test_the_literature_lists_every_source_in_words():
    page = literature.page(ROOT / "docs/references.bib")
    assert '<strong id="arrow1951">Arrow1951</strong>: Kenneth J. Arrow, Theodore Harris and Jacob Marschak (1951), ' in page
    assert page.count("<strong id=") == len(literature.entries(ROOT / "docs/references.bib")) > 20
    assert not re.search(r"[{}]", page)


def test_the_citation_says_title_and_version_of_the_file():
    said = citation.filled(f"before\n{citation.MARK}\nafter", (ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert "*Overreach: an agent-based model of the AI compute industry*, version 0.1.0, MIT licence." in said
    assert "  title   = {{Overreach: an agent-based model of the AI compute industry}},\n  version = {0.1.0}," in said


def run_page(folder, text):
    folder.mkdir(exist_ok=True)
    page = folder / "page.md"
    page.write_text(text, encoding="utf-8")
    return blocks.run(page, folder)


def test_blocks_of_a_page_run_in_order_in_one_folder(tmp_path):
    written, shown = '```toml title="a.toml"\nx = 1\n```\n', "```text\nnot run\n```\n"
    text = written + "\n```bash\ncat a.toml\n```\n\n" + shown + '\n```python\nprint(open("a.toml").read() * 2)\n```\n'
    assert run_page(tmp_path, text) == ["x = 1\n", "x = 1\nx = 1\n\n"]


def test_a_block_that_fails_is_named_by_its_line(tmp_path):
    with pytest.raises(RuntimeError, match=r"page\.md, line 3: the block ends with 1\n(?s:.*)ZeroDivisionError"):
        run_page(tmp_path, "one\n\n```python\n1 / 0\n```\n")


def test_a_change_acts_on_a_copy_of_the_sources_only(tmp_path):
    name = "abm/books/flows.py"
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()[:2]
    change = f"```diff\n--- a/{name}\n+++ b/{name}\n@@ -1,2 +1,3 @@\n+ADDED = 1\n {{}}\n {{}}\n```\n\n```python\n{{}}\n```\n"
    look = "from abm.books import flows; print(flows.ADDED)"
    assert run_page(tmp_path / "a", change.format(*lines, look)) == ["1\n"]
    assert "ADDED" not in (ROOT / name).read_text(encoding="utf-8")
    with pytest.raises(RuntimeError, match="the change does not apply"):
        run_page(tmp_path / "b", change.format("something", "else", look))
