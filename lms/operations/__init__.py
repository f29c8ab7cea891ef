"""The page of whoever looks after the site: what waits, what failed, who works, what is kept."""
