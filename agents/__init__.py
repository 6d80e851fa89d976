"""The inhabitants: one file per kind of agent, and the reader of world files. Imports only `abm`."""
