"""The inhabitants of Overreach: one file per kind of agent, and the reader of world files. Imports only `abm`."""
