"""Samples out of other programs' files, as a stream that `motet data import` reads."""
