"""From a cleared market to what people ask about: bill, shares, prices, sellers, security of supply."""
