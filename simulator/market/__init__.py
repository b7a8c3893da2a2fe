"""The world market for crude in one month: who buys what, who ships what, at which prices.

Arrays only. Every function is vectorised over draws; the axes are those of `simulator.axes`.
"""
