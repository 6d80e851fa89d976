"""Beliefs: the cone, what each kind of planner sees in it, and how its forecasts score."""
