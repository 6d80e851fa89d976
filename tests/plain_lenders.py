"""What lenders and investors will fund of new compute, the plain way: one world, one firm and one number at a time.

It is written from model.md 4, 10.3, 11.9, 26.5 and 28 and the decisions on owners, not from `abm`, and is what the arrays of planning and
delivery must reproduce. Labs, their forecasts and their contracts are those of the plain plan of a lab.
"""

from benchmarks.plain_lab import PlainPlanner

QUARTERS_A_YEAR = 4
_ASKED = (
    *("coverage", "loan_to_value", "value_slope", "credit_speed", "credit_base", "sentiment_cap", "tightening"),
    *("rate", "best_rate", "rate_slope", "fear_premium", "leverage_premium", "leverage_norm", "rate_cap"),
    "spread_slope",
)
_COMPUTE = (
    *("capex", "chip_cost", "power", "idle_power", "upkeep", "idle_upkeep", "site_rent"),
    *("reserve", "reserve_per_debt"),
)


class PlainOwner:
    """An owner of compute: its money, its blocks by tenant and quarter of delivery, and what it owes each lender."""

    def __init__(self, industry, world, row):
        fleet, clouds = industry.fleet, industry.clouds
        names = ("cash", "other_cash_flow", "loan_to_value", "breach", "self_funding", "ebitda", "leases_sites")
        self.__dict__.update({name: float(clouds.columns[name][world, row]) for name in names})
        table, cells = fleet.cells.table(fleet.gw)[world, :, row], range(fleet.gw.shape[-1])
        tenants = len(table)
        self.blocks = [(tenants - tenant, fleet.first + cell, float(table[tenant, cell])) for tenant in range(tenants) for cell in cells]
        self.debts = [PlainDebt(industry, world, lender, row) for lender in range(fleet.loan.shape[1])]
        self.to_build = float(fleet.unbuilt[world, row].sum() + fleet.chips_due[world, row].sum())
        self.mix = industry.lender_mix[world, :, row].tolist()
        self.outside_price, self.board_left = float(industry.outside_price[world, row]), float(industry.board_left[world, row])

    def gw(self, first, last, only=None):
        """GW delivered from one quarter to another; tenants are counted from the end: 1 is outside, 2 is nobody."""
        return sum(gw for tenant, quarter, gw in self.blocks if first <= quarter <= last and only in (None, tenant))

    def owes(self):
        """All that it owes, $bn."""
        return sum(debt.left(0) for debt in self.debts)

    def loan_over_cost(self):
        """Loan over the cost of a block at the present terms of its lenders together."""
        return sum(part * debt.value for part, debt in zip(self.mix, self.debts))

    def service(self, first, last):
        """Interest and repayment a year at the last quarter, of today's debt and of what is drawn from the first one on, $bn."""
        return sum(debt.service(first, last) for debt in self.debts)


class PlainDebt:
    """What one owner owes one lender: loans one by one, notes, loans promised for deliveries, and the lender's present terms."""

    def __init__(self, industry, world, lender, row):
        fleet, terms = industry.fleet, industry.terms
        cells = range(fleet.loan.shape[-1])
        self.loans = [(float(fleet.loan[world, lender, row, cell]), float(fleet.principal[world, lender, row, cell])) for cell in cells]
        self.notes = float(fleet.notes.maturing[world, lender, row].sum())
        self.promised = [(fleet.first + cell, float(fleet.facility[world, lender, row, cell])) for cell in cells]
        self.rate = float(industry.loan_rates[world, lender, row])
        self.years = float(industry.lenders.tenor[world, lender]) / QUARTERS_A_YEAR
        self.value, self.asked = float(terms.value[world, lender, row]), float(terms.rate[world, lender, row])

    def left(self, quarters):
        """Loans and notes so many quarters from now, notes being renewed, $bn."""
        return self.notes + sum(max(0.0, loan - principal * quarters) for loan, principal in self.loans)

    def drawn(self, first, last):
        """Loans promised for what is delivered from one quarter to another, $bn."""
        return sum(amount for quarter, amount in self.promised if first <= quarter <= last)

    def service(self, first, last):
        """Interest and repayment a year at the last quarter, $bn."""
        quarters, new = last - first + 1, self.drawn(first, last)
        repaid = QUARTERS_A_YEAR * sum(min(principal, max(0.0, loan - principal * quarters)) for loan, principal in self.loans)
        return self.rate * self.left(quarters) + self.asked * new + repaid + (self.notes + new) / self.years


class PlainLender:
    """A lender: its appetite and its books."""

    def __init__(self, industry, world, row):
        columns, books = industry.lenders.columns, industry.ledger.balances
        names = ("risk_appetite", "capital_ratio", "banned", "cash", "other_capital", "notes", "tenor", "believed_life", "spread")
        self.__dict__.update({name: float(columns[name][world, row]) for name in names})
        place = industry.rows["lenders"].start + row
        self.loans, self.borrowed = float(books["loans"][world, place]), -float(books["borrowings"][world, place])


class PlainInvestor:
    """An investor: what it has, and what it has put in this quarter."""

    def __init__(self, industry, world, row):
        place, flows = industry.rows["investors"].start + row, industry.ledger.flows
        self.cash = float(industry.investors.cash[world, row])
        self.put_in = -sum(float(flows[flow][world, place]) for flow in ("cloud_equity", "lab_equity", "vendor_equity"))
        slope, appetite = float(industry.funds.reserve_slope[world, 0]), float(industry.investors.risk_appetite[world, row])
        self.share = float(industry.funds.cash_share[world, 0]) * (1 - slope * (1 - appetite)) / (1 - slope / 2)

    def left(self):
        """What is left of its share of the cash it had before it put in anything, $bn."""
        return max(0.0, self.share * (self.cash + self.put_in) - self.put_in)


class PlainCredit(PlainPlanner):
    """One world in which somebody asks what will be funded, read off an Industry that is about to answer."""

    def __init__(self, industry, world):
        super().__init__(industry, world)
        self.now, self.lag = industry.now, industry.compute.build_lag
        for group, names in (
            (industry.compute, _COMPUTE),
            (industry.funds, ("market_extrapolation", "cash_share", "call_level")),
            (industry.lending, _ASKED),
        ):
            self.__dict__.update({name: float(getattr(group, name)[world, 0]) for name in names})
        self.covenant, self.life = industry.compute.covenant, industry.fleet.life
        self.answers = self.sentiment > self.call_level and industry.funding_stopped[world, 0] == 0
        self.mood = self.sentiment if industry.contagion.funding[world, 0] > 0 else max(1.0, self.sentiment)
        self.offered = sum(PlainInvestor(industry, world, row).left() for row in range(len(industry.investors.names)))
        self.owners = [PlainOwner(industry, world, row) for row in range(len(industry.clouds.names))]
        self.lenders = [PlainLender(industry, world, row) for row in range(len(industry.lenders.names))]

    def most_lent(self, lender):
        """Largest loan over cost that a lender allows."""
        return min(1.0, self.loan_to_value * (1 + self.value_slope * (lender.risk_appetite - 0.5)))

    def most_of(self, lender, owner):
        """The same within what the owner seeks of all its lenders together."""
        total = sum(mix * self.most_lent(each) for mix, each in zip(owner.mix, self.lenders))
        return self.most_lent(lender) * (min(1.0, owner.loan_to_value / total) if total > 0 else 1.0)

    def base_rate(self, lender):
        """What a lender asks of a borrower with just the required cover, per year."""
        return max(0.0, self.rate - self.spread_slope * (lender.risk_appetite - 0.5))

    def price_of(self, owner):
        """What a GW costs an owner, $bn: chips alone where it leases its sites."""
        return self.chip_cost if owner.leases_sites else self.capex

    def costs(self, owner, used, idle):
        """What compute at work and idle compute cost an owner to run, $bn a year: power, upkeep, and rent of leased sites."""
        site = self.site_rent if owner.leases_sites else 0.0
        at_rest = self.idle_power * self.power + self.idle_upkeep * self.upkeep
        return used * (self.power + self.upkeep + site) + idle * (at_rest + site)

    def paid(self, lender, lab, new_rent):
        """Part of its rents at the horizon, new ones included, that a tenant can pay in a lender's eyes."""
        due = new_rent + sum(contract.rent for contract in self.contracts_of(lab))
        means = lab.forecast(lender.risk_appetite, self.market_extrapolation)
        means += self.cash_in_plan * lab.cash + lab.funding() + lab.backing()
        return min(1.0, max(0.0, means / due)) if due > 0 else 1.0

    def contracts_of(self, lab):
        """Contracts of a lab that run at the horizon."""
        at = self.now + self.lag
        return [contract for contract in lab.contracts if contract.starts <= at < contract.starts + contract.term]

    def terms(self, lender, number, pairs, prices):
        """(loan over cost, rate, cover) that a lender offers an owner which is asked for new compute.

        pairs: GW by lab and owner; prices: $bn per GW-year, alike
        """
        owner, at = self.owners[number], self.now + self.lag
        parts = [self.paid(lender, lab, sum(gw * price for gw, price in zip(*rows))) for lab, *rows in zip(self.labs, pairs, prices)]
        due = [sum(contract.rent for contract in self.contracts_of(lab) if contract.cloud == number) for lab in self.labs]
        new = [gw[number] * price[number] for gw, price in zip(pairs, prices)]
        oldest = at - self.life + 1  # what is older has been scrapped
        used, idle = owner.gw(oldest, at) - owner.gw(oldest, at, only=2), owner.gw(oldest, at, only=2)
        rest = owner.gw(oldest, at, only=1) * owner.outside_price - self.costs(owner, used, idle)
        flow = max(0.0, sum(part * rent for part, rent in zip(parts, due)) + max(0.0, owner.other_cash_flow) + rest)
        asked = sum(gw[number] for gw in pairs)
        from_new = max(0.0, sum(part * rent for part, rent in zip(parts, new)) - self.costs(owner, asked, 0.0))
        most, debt = self.most_of(lender, owner), owner.debts[self.lenders.index(lender)]
        years = min(lender.tenor / QUARTERS_A_YEAR, lender.believed_life)  # nobody lends for longer than chips earn
        for_new = most * self.price_of(owner) * asked * (1 / years + debt.asked)
        cover = self.cover(lender, (flow, from_new), (owner.service(self.now + 1, at), for_new))
        value = most * min(1.0, cover / self.coverage) * (1 - self.tightening * min(1.0, max(0.0, 1 - self.mood)))
        value = 0.0 if lender.banned > 0 else value
        return value, self.rate_asked(lender, owner, cover), cover

    def cover(self, lender, flows, services):
        """Cover of a firm, or of its new compute alone if that is better and the lender lends to projects."""
        firm = sum(flows) / sum(services) if sum(services) > 0 else 99.0
        project = flows[1] / services[1] if services[1] > 0 else 0.0
        return firm if lender.notes else max(firm, project)

    def rate_asked(self, lender, owner, cover):
        """What a lender asks of an owner, per year."""
        required, owed = self.base_rate(lender), owner.owes()
        best, earned = min(self.best_rate, required), max(0.0, owner.ebitda + max(0.0, owner.other_cash_flow))
        leverage = min(99.0, owed / earned if earned > 0 else 99.0) if owed > 0 else 0.0
        premium = (required - best) * (self.coverage / max(cover, 0.05)) ** self.rate_slope
        turns = self.leverage_premium * max(0.0, leverage - self.leverage_norm)
        asked = best + premium + turns + lender.spread + self.fear_premium * max(0.0, 1 - self.mood)
        return min(max(0.0, asked), max(self.rate_cap, self.rate))

    def equity(self, owner, gw):
        """(equity an owner needs for new compute, what of it comes from its free cash), $bn."""
        need = (1 - owner.loan_over_cost()) * self.price_of(owner) * gw
        bound = max(0.0, owner.to_build - sum(debt.drawn(self.now + 1, self.now + 1000) for debt in owner.debts))
        free = owner.cash - self.reserve - self.reserve_per_debt * owner.owes() - bound
        return need, min(max(0.0, free), owner.self_funding * need)

    def fundable(self, gw):
        """Part of this new compute, GW by owner, for which equity is found."""
        needs = [self.equity(owner, amount) for owner, amount in zip(self.owners, gw)]
        called = sum(need - own for need, own in needs)
        supply = self.offered if self.answers else 0.0
        met = min(1.0, supply / called) if called > 0 else 0.0
        found = [(own + (need - own) * met) / need if need > 0 else 1.0 for need, own in needs]
        return [min(part, owner.board_left / need) if need > 0 else part for owner, part, (need, _) in zip(self.owners, found, needs)]

    def limit(self, lender):
        """New loans that a lender can make this quarter, $bn."""
        capital = lender.cash + lender.loans - lender.borrowed
        carried = max(0.0, capital) / lender.capital_ratio
        all_capital = max(0.0, capital + lender.other_capital) / lender.capital_ratio
        sound = min(1.0, max(0.0, 2 * (all_capital / lender.loans if lender.loans > 0 else 1.0) - 1))
        pace = self.credit_speed * (max(carried, lender.loans) + self.credit_base) * min(self.mood, self.sentiment_cap) ** 2 * sound
        return max(0.0, pace if self.answers else min(pace, lender.cash / lender.capital_ratio))

    def offers(self, promised):
        """Loans on offer for what is delivered with these loans promised, $bn by lender and owner: a row per lender."""
        found = []
        for lender, row in zip(self.lenders, promised):
            wanted = [amount * (owner.breach < self.covenant) for owner, amount in zip(self.owners, row)]
            scale = 0.0 if lender.banned > 0 else min(1.0, self.limit(lender) / sum(wanted)) if sum(wanted) > 0 else 1.0
            found.append([scale * amount for amount in wanted])
        return found
