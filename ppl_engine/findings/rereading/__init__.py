"""A sentence read again with what might have been meant: the evidence for a mistake.

For each suspicious word, candidates are weighed in two steps. What the model makes of their first
token costs one row of its head and leaves a few; those are read to their end, and on through the
words that follow:

    text          the model wierd words are in, …
    divergence              ^
    as it stands            wierd words are in           known from one reading of the block
    candidate               weird words are in           a branch of the same reading

    gain = log2 p(candidate and what follows) − log2 p(the text as it stands over the same stretch)
    net  = gain − what the slip costs a priori

The gain alone is the criterion of LM-Critic (Yasunaga et al. 2021, arXiv 2109.06822: a good
sentence is a local optimum of probability); the price is that of a noisy channel (Kernighan, Church
& Gale 1990, "A spelling correction program based on a noisy channel model").

Text is read in blocks of bounded length with a little context, and what comes of a block depends on
its tokens and suspicious words alone: an edit has but the blocks around it read again.

    values        what is judged and what comes of it
    reading       a block of text with what one reading of it says
    weighing      which candidates are worth to be read to their end
    spelling_out  a candidate as tokens in its place
    guessing      which candidates there are, and what the model makes of their first tokens
    gains         what came of those that were read
    rereader      the whole, with a memory
"""
