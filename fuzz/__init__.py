"""Hostile input and broken machines, in campaigns that take too long for every test run."""
