"""Which findings a person does not want to see. Pure: findings in, fewer findings out.

Rules are applied to what an analysis has found, not within it: a changed dictionary needs no new
analysis, and analyses can be kept and shared. Where rules come from is `ppl_engine.configuration`.
"""
