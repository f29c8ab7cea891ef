"""Work in the background, as it is run: who is alive, which duty is due, how long a task may take, what becomes of work that was left lying."""
