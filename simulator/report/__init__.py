"""From results to what people read. Percent exists only here."""
