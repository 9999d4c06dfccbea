"""Whatever stands in specs and templates: an error of ours or nothing, in time, and without a trace."""
