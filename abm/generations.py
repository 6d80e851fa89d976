"""Generations of models: when a lab releases the next one, and what each one cost and earned [model.md 6.8].

A lab trains one model while it sells another. Seen by generation, each model may pay for itself while the company, which
already trains the next and dearer one, still loses money.
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
    """Profit and loss by model generation, $bn, [worlds, labs] each [model.md 6.8].

    in_training: spent so far on the model in training; training_cost, revenue, gross_profit: of the model on sale; last_cost,
    last_revenue, last_profit: of the model it superseded, 0 before the first one; all_cost, all_profit: of all superseded models
    whose training is in the books, which leaves out what was on sale at the opening.
    """

    in_training: np.ndarray
    training_cost: np.ndarray
    revenue: np.ndarray
    gross_profit: np.ndarray
    last_cost: np.ndarray
    last_revenue: np.ndarray
    last_profit: np.ndarray
    all_cost: np.ndarray
    all_profit: np.ndarray

    @classmethod
    def opening(cls, worlds, labs):
        """Books without any model."""
        return cls(*(np.zeros((worlds, labs)) for _ in cls._fields))

    def book(self, outlay, profit, revenue=0):
        """After a quarter's training outlay, and gross profit and revenue of the model on sale, $bn each."""
        return self._replace(in_training=self.in_training + outlay, gross_profit=self.gross_profit + profit, revenue=self.revenue + revenue)

    def release(self, released):
        """After labs in the mask `released` replaced the model on sale by the one in training."""
        return ModelBooks(
            in_training=np.where(released, 0, self.in_training),
            training_cost=np.where(released, self.in_training, self.training_cost),
            revenue=np.where(released, 0, self.revenue),
            gross_profit=np.where(released, 0, self.gross_profit),
            last_cost=np.where(released, self.training_cost, self.last_cost),
            last_revenue=np.where(released, self.revenue, self.last_revenue),
            last_profit=np.where(released, self.gross_profit, self.last_profit),
            all_cost=self.all_cost + np.where(released, self.training_cost, 0),
            all_profit=self.all_profit + np.where(released & (self.training_cost > 0), self.gross_profit, 0),
        )

    @property
    def payback(self):
        """Gross profit of the superseded model over its training cost; NaN before there was one that cost anything."""
        return np.where(self.last_cost > 0, self.last_profit / np.where(self.last_cost > 0, self.last_cost, 1), np.nan)

    @property
    def model_roi(self):
        """Return on the superseded model: profit net of its training cost over that cost [model.md 16.8]."""
        return self.payback - 1

    @property
    def roi_of_all(self):
        """Return on all models that all labs have superseded so far, [worlds, 1]; NaN before there was one that cost anything."""
        cost, profit = self.all_cost.sum(axis=1, keepdims=True), self.all_profit.sum(axis=1, keepdims=True)
        return np.where(cost > 0, profit / np.where(cost > 0, cost, 1), np.nan) - 1
