"""From a text and a model to arrays of numbers, and the arithmetic on them.

Reading order: `scorer` (the one seam to a model), `anchors` and `windows` (what is read together),
`layout` and `retokenizing` (a text made ready), `carrying` and `document` (a text through a
scorer), `scores`, `word_scores`, `summary` (what comes out).
Pure but for the scorer it is given: nothing here imports torch.
"""
