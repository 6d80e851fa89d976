"""What happens when somebody cannot pay: clearing, default, contagion, and what counts as a crisis."""
