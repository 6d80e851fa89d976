"""A user's own agent: one rule of one firm, in plain Python or in arrays, beside firms that keep the usual one."""

import numpy as np
import pytest

from abm.engine.own_rules import SlowRule
from abm.engine.population import column
from abm.engine.rules import rule
from abm.errors import BadInput
from abm.model import Industry
from agents.cloud import Cloud
from agents.lab import Lab
from agents.lender import Lender
from agents.world_files.folder import load_world

WORLD, WORLDS, QUARTERS = "tutorial", 3, 6


class SameBank(Lender):
    """The usual rule, asked one by one."""

    def financed(self, cover, most, mood, lending):
        return super().financed(cover, most, mood, lending)


class SameBankInArrays(Lender):
    """The usual rule, asked in arrays."""

    @rule
    def financed(self, cover, most, mood, lending):
        return super().financed(cover, most, mood, lending)


class ClosedBank(Lender):
    """A bank that lends nothing."""

    def financed(self, cover, most, mood, lending):
        return 0


class SameCloud(Cloud):
    """The usual rule of an owner, who stands last in [worlds, labs, owners]."""

    def tenant_limit(self, resources, rent, weight, committed):
        return max(0, resources * weight - committed) / rent


class SameLab(Lab):
    """The usual rule of a lab."""

    def cash_wanted(self, base, slope):
        return super().cash_wanted(base, slope)


class CountingBank(Lender):
    """A bank that remembers how often it was asked."""

    times = column("times it was asked", unit="count", default=0)

    def financed(self, cover, most, mood, lending):
        self.times = self.times + 1
        return super().financed(cover, most, mood, lending)


def industry(agents=None, quarters=QUARTERS, world=WORLD):
    return Industry(load_world(world), worlds=WORLDS, rng=4, agents=agents).run(quarters)


def a_lender():
    return load_world(WORLD).names["lenders"][0]


def same_money(one, other):
    return np.array_equal(one.ledger.balances["cash"], other.ledger.balances["cash"])


@pytest.fixture(scope="module")
def usual():
    return industry()


def test_a_rule_that_is_the_usual_one_changes_nothing_in_arrays(usual):
    assert same_money(usual, industry({"lenders": SameBankInArrays}))


@pytest.mark.filterwarnings("ignore::abm.engine.own_rules.SlowRule")
@pytest.mark.parametrize("agents", [{"lenders": SameBank}, {"clouds": SameCloud}, {"labs": SameLab}], ids=["lenders", "clouds", "labs"])
def test_a_rule_that_is_the_usual_one_changes_nothing_in_plain_python(usual, agents):
    own = industry(agents)
    np.testing.assert_allclose(own.ledger.balances["cash"], usual.ledger.balances["cash"], rtol=1e-9, atol=1e-9)


@pytest.mark.filterwarnings("ignore::abm.engine.own_rules.SlowRule")
def test_one_firm_has_its_own_rule_and_the_others_keep_theirs():
    own, usual = (industry(agents, 1, "archetypes-2023q1") for agents in ({"bank": ClosedBank}, None))
    bank, fund = 0, 1
    assert (own.terms.value[:, bank] == 0).all()
    assert (usual.terms.value[:, bank] > 0).all()
    np.testing.assert_array_equal(own.terms.value[:, fund], usual.terms.value[:, fund])
    assert type(own.lenders["bank"]) is ClosedBank
    assert type(own.lenders["credit fund"]) is Lender
    assert own.lenders["bank"].financed(2.0, 0.8, 1.0, own.lending) == pytest.approx([0, 0, 0])


@pytest.mark.filterwarnings("ignore::abm.engine.own_rules.SlowRule")
def test_a_firm_may_be_named_beside_its_kind_and_comes_first():
    own = Industry(load_world(WORLD), worlds=1, rng=4, agents={a_lender(): ClosedBank, "lenders": SameBankInArrays})
    assert {type(each) for each in own.lenders} <= {ClosedBank, SameBankInArrays}
    assert type(own.lenders[a_lender()]) is ClosedBank


@pytest.mark.filterwarnings("ignore::abm.engine.own_rules.SlowRule")
def test_what_a_firm_writes_into_its_own_columns_lasts():
    own = industry({a_lender(): CountingBank}, quarters=2)
    assert (own.lenders.times[:, 0] > 0).all()


def test_the_cost_of_plain_python_is_said_once():
    class Slow(Lender):
        """Said here, and only here."""

        def most_lent(self, lending):
            return super().most_lent(lending)

    with pytest.warns(SlowRule, match="plain Python: it is asked 3 times") as said:
        industry({a_lender(): Slow})
    assert len([each for each in said if each.category is SlowRule]) == 1


def test_a_rule_with_other_arguments_is_refused_when_the_class_is_made():
    with pytest.raises(BadInput, match=r"Forgetful.financed\(self, cover\) has other arguments than the rule"):

        class Forgetful(Lender):
            """A rule that forgot its arguments."""

            def financed(self, cover):
                return 1


@pytest.mark.filterwarnings("ignore::abm.engine.own_rules.SlowRule")
@pytest.mark.parametrize(("answer", "said"), [(None, "None is not allowed"), (np.nan, "nan is not allowed"), ("much", "'much' is not")])
def test_an_answer_that_is_no_number_names_the_firm_the_world_and_the_quarter(answer, said):
    class Odd(Lender):
        """Answers anything."""

        def financed(self, cover, most, mood, lending):
            return answer

    with pytest.raises(BadInput, match=rf"Odd.financed for {a_lender()}, world 0, \d{{4}}Q\d: {said}"):
        industry({a_lender(): Odd}, quarters=1)


@pytest.mark.filterwarnings("ignore::abm.engine.own_rules.SlowRule")
def test_a_mistake_in_a_rule_names_the_place():
    class Broken(Lender):
        """Divides by nothing."""

        def financed(self, cover, most, mood, lending):
            return 1 / 0

    with pytest.raises(BadInput, match=rf"Broken.financed for {a_lender()}, world 0, .*ZeroDivisionError: division by zero"):
        industry({a_lender(): Broken}, quarters=1)


class DearBank(Lender):
    """A bank with a base rate of its own, which its usual rate_asked rests on."""

    def base_rate(self, lending):
        return 0.5


class DearBankThatAsks(DearBank):
    """The same, with the usual rate_asked asked one by one."""

    def rate_asked(self, cover, leverage, mood, lending):
        return super().rate_asked(cover, leverage, mood, lending)


class DearBankInArrays(DearBank):
    """The same, with the usual rate_asked in arrays."""

    @rule
    def rate_asked(self, cover, leverage, mood, lending):
        return super().rate_asked(cover, leverage, mood, lending)


@pytest.mark.filterwarnings("ignore::abm.engine.own_rules.SlowRule")
@pytest.mark.parametrize("kind", [DearBankThatAsks, DearBankInArrays])
def test_a_rule_that_uses_another_one_gets_the_own_one_however_it_is_asked(kind):
    own, usual = industry({a_lender(): DearBank}, 0), industry(quarters=0)
    asked = (np.full((WORLDS, 1, 1), 2.0), np.ones((WORLDS, 1, 1)), np.ones((WORLDS, 1)), own.lending)
    expected = own.lenders.rate_asked(*asked)
    assert (expected > usual.lenders.rate_asked(*asked) + 0.05).all()
    np.testing.assert_allclose(industry({a_lender(): kind}, 0).lenders.rate_asked(*asked), expected, rtol=1e-12)
    np.testing.assert_allclose(own.lenders[0].rate_asked(2.0, 1.0, 1.0, own.lending).ravel(), expected.ravel(), rtol=1e-12)


@pytest.mark.filterwarnings("ignore::abm.engine.own_rules.SlowRule")
def test_a_rule_in_arrays_may_rest_on_a_plain_one():
    class Plain(Lender):
        """Lends by cover alone."""

        def financed(self, cover, most, mood, lending):
            return cover / 10

    class Halved(Plain):
        """Half of that."""

        @rule
        def financed(self, cover, most, mood, lending):
            return super().financed(cover, most, mood, lending) / 2

    own, cover = industry({"bank": Halved}, 0, "archetypes-2023q1"), np.arange(WORLDS * 6.0).reshape(WORLDS, 2, 3)
    asked = (cover, np.full(cover.shape, 0.5), np.ones((WORLDS, 1)), own.lending)
    np.testing.assert_allclose(own.lenders.financed(*asked)[:, 0], cover[:, 0] / 20)


@pytest.mark.filterwarnings("ignore::abm.engine.own_rules.SlowRule")
def test_several_counterparties_at_once_are_refused_where_one_is_asked_about():
    own = industry({a_lender(): SameBank}, 0)
    with pytest.raises(BadInput, match="financed: an argument of shape .* is not allowed; a number, or one for each of 3 worlds"):
        own.lenders[0].financed(np.ones((WORLDS, 4)), 0.8, 1.0, own.lending)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda cover: cover * np.nan, "not a finite number for .*, world 0"),
        (lambda cover: cover.much, "AttributeError: "),
        (lambda cover: np.ones(7), "ValueError: "),
    ],
    ids=["no number", "mistake", "shape"],
)
def test_what_is_wrong_with_a_rule_in_arrays_names_the_rule_and_the_quarter(answer, said):
    class Odd(Lender):
        """Answers anything."""

        @rule
        def financed(self, cover, most, mood, lending):
            return answer(cover)

    with pytest.raises(BadInput, match=rf"Odd.financed, \d{{4}}Q\d: {said}"):
        industry({a_lender(): Odd}, quarters=1)


@pytest.mark.slow
def test_a_class_that_changes_nothing_is_refused():
    class Misspelt(Lender):
        """Means `financed`."""

        def finance(self, cover):
            return 0

    class Bare(SameBankInArrays):
        """Forgot a default."""

        kept = column("what it keeps", unit="1")

    with pytest.raises(BadInput, match="Misspelt overrides no rule of Lender; rules: base_rate, financed,"):
        industry({a_lender(): Misspelt}, 0)
    with pytest.raises(BadInput, match="Bare: column kept has no default"):
        industry({a_lender(): Bare}, 0)
    with pytest.raises(BadInput, match="agents = .* is not allowed; {firm or kind of firm: class}"):
        industry([SameBank], 0)


def test_a_firm_that_is_not_there_and_a_class_of_another_kind_are_refused():
    with pytest.raises(BadInput, match="agents: nobody is called 'bonk'"):
        industry({"bonk": SameBank})
    with pytest.raises(BadInput, match=r"agents: 'labs' = .*SameBank.* is not allowed; a class that derives from Lab"):
        industry({"labs": SameBank})
