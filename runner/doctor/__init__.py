"""The set-up checked: `read/` gathers facts and goes on where one fails, `judge/` makes findings of them."""
