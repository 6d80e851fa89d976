"""What lenders and investors will fund of new compute, the plain way: one world, one firm and one number at a time.

It is written from model.md 4, 10.3, 11.9 and 26.5 and the decisions on owners, not from `abm`, and is what the arrays of planning and
delivery must reproduce. Labs, their forecasts and their contracts are those of the plain plan of a lab.
"""

from benchmarks.plain_lab import PlainPlanner

QUARTERS_A_YEAR = 4


class PlainOwner:
    """An owner of compute: its money, its blocks by tenant and quarter of delivery, and its loans one by one."""

    def __init__(self, industry, world, row):
        fleet = industry.fleet
        names = ("cash", "rate", "other_cash_flow", "loan_to_value", "accounting_life", "breach", "self_funding")
        self.__dict__.update({name: float(industry.clouds.columns[name][world, row]) for name in names})
        table, cells = fleet.cells.table(fleet.gw)[world, :, row], range(fleet.gw.shape[-1])
        tenants = len(table)
        self.blocks = [(tenants - tenant, fleet.first + cell, float(table[tenant, cell])) for tenant in range(tenants) for cell in cells]
        lenders = range(fleet.loan.shape[1])
        rates = [float(industry.loan_rates[world, lender, row]) for lender in lenders]
        self.loans = [
            (float(fleet.loan[world, lender, row, cell]), float(fleet.principal[world, lender, row, cell]), rates[lender])
            for lender in lenders
            for cell in cells
        ]
        self.life = min(self.accounting_life, float(industry.policy.accounting_life_cap[world, 0]))
        self.to_build = float(fleet.unbuilt[world, row].sum() + fleet.chips_due[world, row].sum())
        self.mix = industry.lender_mix[world, :, row].tolist()
        self.outside_price = float(industry.outside_price[world, row])

    def gw(self, first, last, only=None):
        """GW delivered from one quarter to another; tenants are counted from the end: 1 is outside, 2 is nobody."""
        return sum(gw for tenant, quarter, gw in self.blocks if first <= quarter <= last and only in (None, tenant))

    def debt(self, quarters=0):
        """What is left of its loans so many quarters from now, $bn."""
        return sum(max(0.0, loan - principal * quarters) for loan, principal, _ in self.loans)

    def interest(self, quarters):
        """Interest a year at that time on what is left of today's loans, each at the rate it was drawn at, $bn."""
        return sum(rate * max(0.0, loan - principal * quarters) for loan, principal, rate in self.loans)

    def repayments(self, quarters):
        """Principal that falls due a year at that time, $bn."""
        due = (min(principal, max(0.0, loan - principal * quarters)) for loan, principal, _ in self.loans)
        return QUARTERS_A_YEAR * sum(due)


class PlainLender:
    """A lender: its appetite and its books."""

    def __init__(self, industry, world, row):
        columns, books = industry.lenders.columns, industry.ledger.balances
        self.risk_appetite, self.share, self.mapped, self.banned, self.cash = (
            float(columns[name][world, row]) for name in ("risk_appetite", "capital_ratio", "from_appetite", "banned", "cash")
        )
        place = industry.rows["lenders"].start + row
        self.loans, self.borrowed = float(books["loans"][world, place]), -float(books["borrowings"][world, place])


class PlainInvestor:
    """An investor: what it has, and what it has put in this quarter."""

    def __init__(self, industry, world, row):
        place, flows = industry.rows["investors"].start + row, industry.ledger.flows
        self.cash = float(industry.investors.cash[world, row])
        self.put_in = -sum(float(flows[flow][world, place]) for flow in ("cloud_equity", "lab_equity", "vendor_equity"))
        self.share = float(industry.funds.cash_share[world, 0])

    def left(self):
        """What is left of its share of the cash it had before it put in anything, $bn."""
        return max(0.0, self.share * (self.cash + self.put_in) - self.put_in)


class PlainCredit(PlainPlanner):
    """One world in which somebody asks what will be funded, read off an Industry that is about to answer."""

    def __init__(self, industry, world):
        super().__init__(industry, world)
        self.now, self.lag = industry.now, industry.compute.build_lag
        for group, names in (
            (industry.compute, ("capex", "power", "idle_power", "reserve", "reserve_per_debt")),
            (industry.funds, ("market_extrapolation", "cash_share", "call_level")),
            (industry.lending, ("coverage", "loan_to_value", "value_base", "value_slope", "credit_speed", "credit_base", "sentiment_cap")),
        ):
            self.__dict__.update({name: float(getattr(group, name)[world, 0]) for name in names})
        self.covenant = industry.compute.covenant
        self.answers = self.sentiment > self.call_level and industry.funding_stopped[world, 0] == 0
        self.mood = self.sentiment if industry.contagion.funding[world, 0] > 0 else max(1.0, self.sentiment)
        self.offered = sum(PlainInvestor(industry, world, row).left() for row in range(len(industry.investors.names)))
        self.owners = [PlainOwner(industry, world, row) for row in range(len(industry.clouds.names))]
        self.lenders = [PlainLender(industry, world, row) for row in range(len(industry.lenders.names))]

    def most_lent(self, lender):
        """Largest loan over cost that a lender allows."""
        return self.value_base + self.value_slope * lender.risk_appetite if lender.mapped else self.loan_to_value

    def loan_over_cost(self, owner):
        """Loan over the cost of a block that an owner gets from its lenders together."""
        asked = [(part, lender) for part, lender in zip(owner.mix, self.lenders) if part > 0]
        if not any(lender.mapped for _, lender in asked):
            return min(owner.loan_to_value, self.loan_to_value)
        return sum(part * min(owner.loan_to_value, self.most_lent(lender)) for part, lender in asked)

    def receipts(self, lender, number):
        """What an owner will earn a year at the horizon after power, no tenant counting for more than it could pay, $bn."""
        owner, at, earned = self.owners[number], self.now + self.lag, 0.0
        for lab in self.labs:
            running = [contract for contract in lab.contracts if contract.starts <= at < contract.starts + contract.term]
            due = sum(contract.rent for contract in running)
            if due > 0:
                means = lab.forecast(lender.risk_appetite, self.market_extrapolation)
                means += self.cash_in_plan * lab.cash + lab.funding() + lab.backing()
                earned += sum(contract.rent for contract in running if contract.cloud == number) * min(1.0, means / due)
        used, idle = owner.gw(-1000, at) - owner.gw(-1000, at, only=2), owner.gw(-1000, at, only=2)
        outside = owner.gw(-1000, at, only=1) * owner.outside_price
        return earned + owner.other_cash_flow + outside - self.power * (used + self.idle_power * idle)

    def service(self, owner):
        """Interest and principal a year at the horizon, of loans of today and of what the pipeline will draw, $bn."""
        arriving = owner.gw(self.now + 1, self.now + self.lag)
        drawn = sum(owner.mix) * self.loan_over_cost(owner) * self.capex * arriving
        return owner.interest(self.lag) + owner.rate * drawn + owner.repayments(self.lag) + drawn / owner.life

    def financed(self):
        """Part of each owner's new compute that its lenders finance."""
        found = []
        for number, owner in enumerate(self.owners):
            yes = [
                owner.breach < self.covenant and self.receipts(lender, number) >= self.coverage * self.service(owner)
                for lender in self.lenders
            ]
            found.append(sum(part for part, says in zip(owner.mix, yes) if says) if sum(owner.mix) > 0 else 1.0)
        return found

    def equity(self, owner, gw):
        """(equity an owner needs for new compute, what of it comes from its free cash), $bn."""
        value = self.loan_over_cost(owner)
        need = (1 - value) * self.capex * gw
        coming = owner.gw(self.now + 1, self.now + 1000)
        bound = max(0.0, owner.to_build - value * self.capex * coming)
        free = owner.cash - self.reserve - self.reserve_per_debt * owner.debt() - bound
        return need, min(max(0.0, free), owner.self_funding * need)

    def fundable(self, gw):
        """Part of this new compute, GW by owner, for which equity is found."""
        needs = [self.equity(owner, amount) for owner, amount in zip(self.owners, gw)]
        called = sum(need - own for need, own in needs)
        supply = self.offered if self.answers else 0.0
        met = min(1.0, supply / called) if called > 0 else 0.0
        return [(own + (need - own) * met) / need if need > 0 else 1.0 for need, own in needs]

    def limit(self, lender):
        """New loans that a lender can make this quarter, $bn."""
        capital = lender.cash + lender.loans - lender.borrowed
        pace = self.credit_speed * (capital / lender.share + self.credit_base) * min(self.mood, self.sentiment_cap) ** 2
        most = min(pace, capital / lender.share - lender.loans)
        return max(0.0, most if self.answers else min(most, lender.cash / lender.share))

    def offers(self, costs):
        """Loans on offer for what is delivered at these costs, $bn by owner: a row per lender."""
        found = []
        for number, lender in enumerate(self.lenders):
            wanted = [
                owner.mix[number] * min(owner.loan_to_value, self.most_lent(lender)) * cost * (owner.breach < self.covenant)
                for owner, cost in zip(self.owners, costs)
            ]
            scale = 0.0 if lender.banned > 0 else min(1.0, self.limit(lender) / sum(wanted)) if sum(wanted) > 0 else 1.0
            found.append([scale * amount for amount in wanted])
        return found
