"""What the office may ask and enter, by noun."""
