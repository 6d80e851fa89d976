"""Orders of magnitude: a number far out of proportion to its own world is asked about, and taken where it is confirmed."""

import pytest

from abm.errors import BadInput
from agents.world_files.deals import AddedDeal, with_deals
from agents.world_files.folder import load_world
from agents.world_files.shipped import SHIPPED, shipped_names
from experiments.engine.cases import case_of, resolved
from experiments.engine.question import Question
from experiments.inputs import read_deal


@pytest.fixture
def folder(tmp_path):
    for file in (SHIPPED / "tutorial").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def edit(folder, name, *pairs):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return f"{folder}/"


@pytest.mark.parametrize("name", shipped_names())
def test_no_shipped_world_is_asked_about(name):
    load_world(name)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cash = 6.0", "cash = 6000.0", "cash = 6000 .bn of 'Lab' is more than 30 times its revenue, 10"),
        ("fleet_gw = 1.2 ", "fleet_gw = 800 ", "fleet_gw = 800 GW of 'Cloud' is more than 30 times what the revenue of all labs rents"),
        (
            "cash = 20.0\nborrowings",
            "cash = 2000.0\nborrowings",
            "cash = 2000 .bn of 'Bank' is more than 30 times what all vendors sell, 28",
        ),
    ],
)
def test_an_amount_of_a_firm_is_measured_by_its_own_world(folder, old, new, said):
    with pytest.raises(BadInput, match=said):
        load_world(edit(folder, "world.toml", (old, new)))
    table = new if "\n" not in new else new.replace("\n", "\nconfirm = true\n", 1)
    load_world(edit(folder, "world.toml", (new, table if table != new else f"confirm = true\n{new}")))


BIG = "Lab,Cloud,gw=50,start=2026Q2,price=20"  # 1,000 a year for a lab that earns 10


def test_a_contract_is_asked_about_in_a_file_on_the_command_line_and_in_a_question_alike(folder):
    said = "its rent of 1000 .bn a year is more than 30 times what the lab earns, 10"
    with pytest.raises(BadInput, match=said):
        with_deals(load_world("tutorial"), (AddedDeal.read(read_deal(BIG), "--deal"),))
    row = {"tenant": "Lab", "owner": "Cloud", "gw": 50, "start": "2026Q2", "price": 20}
    asked = {"question": "?", "world": "tutorial", "outcomes": ["crisis"], "quarters": 4}
    with pytest.raises(BadInput, match=said):
        case_of(resolved(Question.read({**asked, "deals": [row]}), {}))
    line = "Lab,Cloud,50,5000,5,2026Q2,2026Q2,,assumption,assumption,"
    with pytest.raises(BadInput, match=said):
        load_world(edit(folder, "contracts.csv", ("Lab,Cloud,1.0", f"{line}\nLab,Cloud,1.0")))


def test_a_contract_that_is_meant_is_taken_everywhere():
    with_deals(load_world("tutorial"), (AddedDeal.read(read_deal(f"{BIG},confirm=true"), "--deal"),))
    row = {"tenant": "Lab", "owner": "Cloud", "gw": 50, "start": "2026Q2", "price": 20, "confirm": True}
    asked = {"question": "?", "world": "tutorial", "outcomes": ["crisis"], "quarters": 4, "deals": [row]}
    case_of(resolved(Question.read(asked), {}))


def test_ten_times_the_largest_example_fits_where_the_lab_earns_as_much():
    opening = load_world("tutorial", {"lab.Lab.revenue": 10_000})  # 5,000 on 1,000 a year, ten times over
    deal = AddedDeal.read(read_deal("Lab,Cloud,gw=100,start=2026Q2,usd_bn=50000,years=20"), "--deal")
    assert with_deals(opening, (deal,)).tranches[-1].rent == pytest.approx(50_000 / 8)  # no term is longer than the physical life


def test_dollars_or_price_and_gigawatts_or_megawatts_mean_the_same(folder):
    plain = AddedDeal.read(read_deal("Lab,Cloud,gw=0.5,price=12,years=4,start=2026Q2"), "--deal")
    assert AddedDeal.read(read_deal("Lab,Cloud,mw=500,usd_bn=24,years=4,start=2026Q2"), "--deal") == plain
    for text, said in (
        ("Lab,Cloud,mw=500,gw=1,start=2026Q2", "mw and gw are both given"),
        ("Lab,Cloud,gw=1,price=1,usd_bn=3,start=2026Q2", "usd_bn and price are both given"),
        ("Lab,Cloud,usd_bn=3,start=2026Q2", "needs gw or mw"),
        ("Lab,Cloud,gw=0,usd_bn=3,start=2026Q2", "gw = 0"),
        ("Lab,Cloud,mw=some,start=2026Q2", "mw = 'some' is not a number"),
    ):
        with pytest.raises(BadInput, match=said):
            read_deal(text)
    before = load_world("tutorial").tranches
    edit(folder, "contracts.csv", ("tenant,owner,gw,usd_bn", "tenant,owner,mw,price"), ("Cloud,1.0,66.5", "Cloud,1000,13.3"))
    after = load_world(edit(folder, "contracts.csv", ("Cloud,0.8,53.2", "Cloud,800,13.3"))).tranches
    assert [part.rent for part in after] == pytest.approx([part.rent for part in before])
    assert [part.gw for part in after] == pytest.approx([part.gw for part in before])
