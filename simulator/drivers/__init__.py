"""Which uncertain numbers drive an outcome: Sobol indices, one number at a time, and the ranges behind extremes."""
