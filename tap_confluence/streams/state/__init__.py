"""The state: what earlier runs have told this one."""
