"""What every agent and every world rests on: populations, rules, luck, and sums that never depend on the crowd."""
