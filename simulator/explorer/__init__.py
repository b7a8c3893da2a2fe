"""The page where a lever moves the answer: levers, the answer behind them, and the page itself."""
