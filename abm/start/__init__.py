"""How a world opens: its balance sheets, contracts and state before the first quarter."""
