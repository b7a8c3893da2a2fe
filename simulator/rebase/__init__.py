"""Moving a baseline to another month: known cells in, a whole trade matrix out (`oilsim data build`)."""
