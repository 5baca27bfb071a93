"""Perplexity as a metric, by the conventions that people compare by, and models compared.

`conventions` turns a text into the windows that a convention reads, `evaluating` runs them through
a scorer, `tally` adds up, `standard_errors` says how sure that is; `comparing` puts models side by
side over the same bytes. Pure but for the scorer that is given; knows no files and no command line.
"""
