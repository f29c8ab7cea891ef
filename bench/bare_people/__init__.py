"""The people of the measured site, as the bare site knows them."""
