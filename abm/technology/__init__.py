"""Technology: how compute becomes capability, what models cost and earn, and what labs learn."""
