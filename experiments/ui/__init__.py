"""The browser page: what one session runs, its dials, its tabs. `experiments.app` is the page itself."""
