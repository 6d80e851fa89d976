"""The questions: command line, reports, sweeps and the browser. Imports `agents` and `abm`; nobody imports it."""
