"""Find: one field for every command, panel, step, number, erratum and page of the help."""
