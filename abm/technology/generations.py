"""Generations of models: when a lab releases the next one, and what each one cost and earned [model.md 6.8].

A lab trains one model while it sells others. Seen by generation, each model may pay for itself while the company, which
already trains the next and dearer one, still loses money. A newer model does not end what the older ones earn: customers move on
over the quarters until the old one is withdrawn.
"""

from typing import NamedTuple

import numpy as np


def opening_release_clock(worlds, labs, parameters):
    """Quarters since each lab's last release, staggered lab by lab, [worlds, labs] [model.md 26.4]."""
    return np.tile(np.arange(labs) % parameters.release_period, (worlds, 1)).astype(float)


def tick_release_clock(clock, speed_up, parameters):
    """Let a quarter pass; returns the clock and which labs release now, [worlds, labs]. Faster research releases sooner [model.md 6.8]."""
    later = clock + speed_up
    released = later >= parameters.release_period
    return np.where(released, later - parameters.release_period, later), released


class ModelBooks(NamedTuple):
    """Profit and loss by model generation, $bn [model.md 6.8].

    in_training: spent so far on the model in training, [worlds, labs]; on_sale (bool), cost (of training), revenue, profit (gross): of the
    model released so many quarters ago, [worlds, labs, quarters], the last place also of an older one that none has followed yet;
    withdrawn (bool): whether a model was withdrawn this quarter; last_cost, last_revenue, last_profit: of the newest one that was, 0 before
    the first; all_cost, all_profit: of all of them whose training is in the books, which leaves out what was on sale at the opening;
    [worlds, labs] each.
    """

    in_training: np.ndarray
    on_sale: np.ndarray
    cost: np.ndarray
    revenue: np.ndarray
    profit: np.ndarray
    withdrawn: np.ndarray
    last_cost: np.ndarray
    last_revenue: np.ndarray
    last_profit: np.ndarray
    all_cost: np.ndarray
    all_profit: np.ndarray

    @classmethod
    def opening(cls, worlds, labs, life):
        """Books of a model that has just been released and cost nothing. life: quarters from release to withdrawal."""
        books = cls(*(np.zeros((worlds, labs)) for _ in cls._fields))
        by_age = {name: np.zeros((worlds, labs, life)) for name in ("cost", "revenue", "profit")}
        sold = np.broadcast_to(np.arange(life) == 0, (worlds, labs, life)).copy()
        return books._replace(**by_age, on_sale=sold, withdrawn=np.zeros((worlds, labs), dtype=bool))

    def book(self, outlay, profit, revenue=0):
        """After a quarter's training outlay, and gross profit and revenue of all models on sale, $bn each, [worlds, labs].

        What a model sells fades evenly from its release to its withdrawal, so newer ones sell more.
        """
        weights = self.on_sale * np.arange(self.cost.shape[-1], 0, -1)
        parts = weights / weights.sum(axis=-1, keepdims=True)  # something is always on sale
        earned, sold = (np.broadcast_to(amount, self.in_training.shape)[..., None] * parts for amount in (profit, revenue))
        return self._replace(in_training=self.in_training + outlay, profit=self.profit + earned, revenue=self.revenue + sold)

    def next_quarter(self, released):
        """After a quarter has passed, in which labs in the mask `released` brought out the model in training. The oldest goes off sale."""
        newer = released | self.on_sale[..., :-1].any(axis=-1)
        gone, stays = self.on_sale[..., -1] & newer, self.on_sale[..., -1] & ~newer
        cost, profit = (np.where(gone, amount[..., -1], 0) for amount in (self.cost, self.profit))
        return self._replace(
            in_training=np.where(released, 0, self.in_training),
            on_sale=_older(self.on_sale, released, stays),
            cost=_older(self.cost, np.where(released, self.in_training, 0), stays),
            revenue=_older(self.revenue, 0, stays),
            profit=_older(self.profit, 0, stays),
            withdrawn=gone,
            last_cost=np.where(gone, cost, self.last_cost),
            last_revenue=np.where(gone, self.revenue[..., -1], self.last_revenue),
            last_profit=np.where(gone, profit, self.last_profit),
            all_cost=self.all_cost + cost,
            all_profit=self.all_profit + np.where(cost > 0, profit, 0),
        )

    @property
    def payback(self):
        """Gross profit of the last withdrawn model over its training cost; NaN before there was one that cost anything."""
        return np.where(self.last_cost > 0, self.last_profit / np.where(self.last_cost > 0, self.last_cost, 1), np.nan)

    @property
    def model_roi(self):
        """Return on the last withdrawn model: profit net of its training cost over that cost [model.md 16.8]."""
        return self.payback - 1

    @property
    def roi_of_all(self):
        """Return on all models that all labs have withdrawn so far, [worlds, 1]; NaN before there was one that cost anything."""
        cost, profit = self.all_cost.sum(axis=1, keepdims=True), self.all_profit.sum(axis=1, keepdims=True)
        return np.where(cost > 0, profit / np.where(cost > 0, cost, 1), np.nan) - 1


def _older(by_age, newest, stays):
    """Amounts by age a quarter later. newest: of what was just released, or 0; stays: what lives on in the last place; [worlds, labs]"""
    later = np.empty_like(by_age)
    later[..., 1:] = by_age[..., :-1]
    later[..., 0] = newest
    later[..., -1] = np.where(stays, by_age[..., -1], later[..., -1])
    return later
