"""Who may do what: one declaration for every address, from which `docs/access.md` and the test of all roles follow."""
