"""The customer quarter as one would write it in plain Mesa: one Python object per customer, one world.

It is the oracle of `agents.customers` in tests, where it must reach the same choices and the same money from the same uniform numbers, and
the peer in the measured ratio of speed. It shares no code with the arrays beyond names and parameter values.
"""

import math

import mesa

QUARTER = 0.25
UNAWARE, TRIAL, PROCUREMENT, PILOT, DEPLOYED = range(5)


class PlainCustomer(mesa.Agent):
    """One customer. Segment parameters are looked up in the model, as plain Python numbers."""

    def __init__(self, model, number, state):
        super().__init__(model)
        self.number = number
        self.segment, self.domain, self.stage = state["segment"], state["domain"], state["stage"]
        self.size, self.lateness = state["potential"], state["lateness"]
        self.usefulness, self.readiness = state["usefulness"], state["readiness"]
        self.patience, self.procurement, self.main_share = state["patience"], state["procurement"], state["main_share"]
        self.main, self.second, self.tenure = state["main_provider"], state["second_provider"], state["tenure"]
        self.spend, self.wait, self.early = state["spend"], state["wait"], state["started_early"]
        self.requalification, self.requalifying = state["requalification"], state["requalifying"]
        self.waiting, self.kept = state["waiting"], state["kept"]
        self.potential = self.paid = 0.0
        self.is_new = False

    def advance_stage(self):
        """Bass trial, adoption test at the own quantile, procurement, integration [model.md 7.4, 26.3]."""
        model, p = self.model, self.model.p
        self.is_new = False
        if self.stage == DEPLOYED:
            return
        gain = model.frontier - self.readiness
        if self.stage == UNAWARE:
            if model.awareness[self.domain] * math.exp(self.usefulness - self.readiness) >= self.patience:
                self.stage = TRIAL
                self.early = model.frontier - self.usefulness < math.log1p(p["early_cost"])
        elif self.stage == TRIAL:
            if gain >= math.log1p(p["early_cost"] if self.early else p["late_cost"]):
                self.stage, self.wait = PROCUREMENT, self.procurement
        else:
            self.wait -= 1
            if self.wait <= 0 and self.stage == PROCUREMENT:
                integration = p["early_quarters"] if self.early else p["late_quarters"]
                self.wait += integration * model.segments["integrates"][self.segment]
                self.stage = PILOT
            elif self.wait <= 0:
                self.stage, self.is_new = DEPLOYED, True

    def see_potential(self):
        """Potential spend before it is scaled to the market."""
        self.potential = self.size / (1 + self.lateness * self.model.odds_against)

    def desire(self):
        """Gompertz diffusion towards the potential [model.md 7.2]."""
        model, p = self.model, self.model.p
        self.potential *= model.potential_scale * self.kept
        if self.is_new:
            self.spend = p["first_spend"] * self.potential
        elif self.spend > 0:
            rate = model.speed * math.log(self.potential / self.spend)
            rate = max(-p["fastest_decline"], min(rate, math.log(p["fastest_growth"])))
            self.spend *= math.exp(rate * QUARTER + model.noise[model.segments["kind"][self.segment]])

    def scale_down(self):
        """Adoption spreads only from users who were served [model.md 7.3]."""
        self.spend *= self.model.ceiling

    def weights(self, previous):
        """Weights of all labs in this customer's eyes, and the extra weight that loyalty gives the previous one [model.md 8.1]."""
        model, p, s, offers = self.model, self.model.p, self.segment, self.model.offers
        appeal = offers["quality"][model.segments["kind"][s]]
        utility = [
            p["capability_weight"] * min(capability, model.segments["quality_ceiling"][s])
            + quality
            - model.segments["price_sensitivity"][s] * math.log(price)
            - p["outage_weight"] * outage
            for capability, quality, price, outage in zip(offers["capability"], appeal, offers["price"], offers["outage"])
        ]
        best = max(u for u, alive in zip(utility, offers["alive"]) if alive)
        weights = [math.exp(u - best) if alive else 0.0 for u, alive in zip(utility, offers["alive"])]
        loyalty = model.segments["stickiness"][s] * (1 - math.exp(-self.tenure / p["loyalty_quarters"]))
        return weights, weights[previous] * (math.exp(loyalty) - 1)

    def leave(self):
        """Leave labs that have just gone: to the other lab, or to none until a new one is taken on; a part is lost [model.md 13.8]."""
        model = self.model
        self.requalifying = max(0, self.requalifying - 1)
        main_gone, second_gone = self.main in model.gone, self.second in model.gone
        if self.stage != DEPLOYED or self.is_new or self.spend == 0 or not (main_gone or (second_gone and self.main_share < 1)):
            return
        before = self.waiting
        staying = (1 - before) * ((0 if main_gone else self.main_share) + (0 if second_gone else 1 - self.main_share))
        moving = 1 - before - staying
        lost = moving * model.p["lost_with_lab"]
        self.spend, self.kept = self.spend * (1 - lost), self.kept * (1 - lost)
        self.waiting = min(1, (before + moving - lost) / (1 - lost))
        if main_gone and (second_gone or self.main_share == 1):
            self.requalifying = self.requalification
        elif main_gone:
            self.main = self.second
        self.second = self.main
        self.tenure = 0 if main_gone else self.tenure

    def choose(self):
        """Choose anew with some probability, because turned away, because new, or because the lab is gone [model.md 8.1, 26.3]."""
        model = self.model
        if self.stage != DEPLOYED:
            return
        if self.requalifying > 0:
            self.tenure += 1
            return
        alive, s = model.offers["alive"], self.segment
        pushed = model.p["turned_away_leaves"] * model.turned_away[self.main][model.segments["service_class"][s]]
        moves = (
            self.is_new or not alive[self.main] or model.uniforms[0][self.number] < 1 - (1 - model.segments["rechoice"][s]) * (1 - pushed)
        )
        if moves or not alive[self.second]:
            self.elect(moves)
        else:
            self.tenure += 1

    def elect(self, moves):
        """Spin for the main lab if it moves, and for the other lab always: one number serves both."""
        previous, spin = self.main, self.model.uniforms[1][self.number]
        weights, extra = self.weights(previous)
        if moves:
            self.main, spin = spun(spin, [*weights, extra])
            self.main = previous if self.main == len(weights) else self.main
        others = [0.0 if lab == self.main else weight for lab, weight in enumerate(weights)]
        second, _ = spun(spin, [*others, 0.0 if self.main == previous else extra])
        self.second = self.main if sum(others) == 0 else previous if second == len(weights) else second
        self.tenure = self.tenure + 1 if self.main == previous and not self.is_new else 0

    def order(self):
        """Ask the two labs for service."""
        demand, service = self.model.demand, self.model.segments["service_class"][self.segment]
        asked = self.spend * (1 - self.waiting)
        demand[self.main][service] += asked * self.main_share
        demand[self.second][service] += asked * (1 - self.main_share)

    def pay(self):
        """Pay for what was served."""
        share, service = self.model.paid_share, self.model.segments["service_class"][self.segment]
        self.paid = (
            self.spend
            * (1 - self.waiting)
            * (self.main_share * share[self.main][service] + (1 - self.main_share) * share[self.second][service])
        )


def spun(spin, weights):
    """Where on a line of intervals a number in [0, 1) falls: which interval, and how far into it (0 to 1)."""
    point, start = spin * sum(weights), 0.0
    for number, width in enumerate(weights):
        if point < start + width:
            return number, (point - start) / width
        start += width
    return len(weights) - 1, 0.0


class PlainMarket(mesa.Model):
    """The customers of one world of a `Customers`, copied into objects."""

    def __init__(self, customers, world=0):
        super().__init__()
        declared = type(customers.parameters).declared()
        values = {name: getattr(customers.parameters, name) for name in declared}
        self.p = {name: value if isinstance(value, int | str) else float(value[world, 0]) for name, value in values.items()}
        self.segments = {name: list(getattr(customers.segments, name)) for name in vars(customers.segments)}
        market = customers.market
        self.size, self.midpoint = float(market.size[world, 0]), float(market.midpoint[world, 0])
        self.speed, self.scale = float(market.diffusion_speed[world, 0]), float(market.capability_scale[world, 0])
        columns = {name: values[world].tolist() for name, values in customers.columns.items()}
        for number in range(customers.n):
            PlainCustomer(self, number, {name: values[number] for name, values in columns.items()})
        self.domains = self.p["domains"] + 1
        self.awareness = [0.0] * self.domains
        self.gone = []
        self.known = [True] * customers.labs

    def spread(self):
        """Word of trials in each domain, by share of its customers that have deployed."""
        inside, deployed = [0] * self.domains, [0] * self.domains
        for customer in self.agents:
            inside[customer.domain] += 1
            deployed[customer.domain] += customer.stage == DEPLOYED
        for domain in range(self.domains):
            share = deployed[domain] / max(inside[domain], 1)
            self.awareness[domain] += (self.p["bass_innovation"] + self.p["bass_imitation"] * share) * QUARTER

    def find_places(self, room):
        """Labs take in those who wait, all in the same proportion, as far as there is room."""
        waiting = [c for c in self.agents if c.waiting > 0 and c.requalifying <= 0 and c.stage == DEPLOYED and self.offers["alive"][c.main]]
        asked = [0.0] * len(room)
        for customer in waiting:
            asked[customer.main] += customer.spend * customer.waiting
        for customer in waiting:
            customer.waiting *= 1 - min(1, room[customer.main] / asked[customer.main])

    def quarter(self, news, offers, turned_away, uniforms, room):
        """Stages, wanted spend, choice: returns demand [labs][classes].

        news: frontier, served, noise (enterprises, consumers); offers: {name: [labs]}; turned_away: [labs][classes]; uniforms: two lists;
        room: what each lab can take in, $bn a year, [labs]
        """
        self.frontier, served, self.noise = news
        self.offers, self.turned_away, self.uniforms = offers, turned_away, uniforms
        self.spread()
        self.agents.do("advance_stage")
        self.odds_against = math.exp((self.midpoint - self.frontier) / self.scale)
        served += sum(customer.spend * customer.waiting for customer in self.agents)
        self.agents.do("see_potential")
        self.potential_scale = self.size / (1 + self.odds_against) / sum(customer.potential for customer in self.agents)
        self.agents.do("desire")
        wanted = sum(customer.spend for customer in self.agents)
        most = self.p["served_multiple"] * served + self.p["served_floor"]
        self.ceiling = min(1, most / wanted) if wanted > 0 else 1
        self.agents.do("scale_down")
        self.gone = [lab for lab, alive in enumerate(offers["alive"]) if self.known[lab] and not alive]
        self.known = list(offers["alive"])
        self.agents.do("leave")
        self.agents.do("choose")
        self.find_places(room)
        self.demand = [[0.0] * len(row) for row in turned_away]
        self.agents.do("order")
        return self.demand

    def settle(self, paid_share):
        """Everybody pays; paid_share: [labs][classes]. Returns the sum."""
        self.paid_share = paid_share
        self.agents.do("pay")
        return sum(customer.paid for customer in self.agents)
