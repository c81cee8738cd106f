# SPDX-License-Identifier: MIT
"""Prints what lenskit.cpp prints of ImplicitMF, by LensKit 2025.8.1: pip install lenskit==2025.8.1"""
import pandas as pd
from lenskit import recommend, topn_pipeline
from lenskit.als import BiasedMFScorer, ImplicitMFScorer
from lenskit.data import from_interactions_df

table = [
    [5, 3, 2, 0, 0, 0],
    [4, 0, 3, 0, 0, 1],
    [0, 6, 3, 0, 0, 0],
    [0, 0, 0, 7, 2, 0],
    [0, 0, 1, 3, 4, 2],
    [0, 0, 0, 0, 6, 5],
    [3, 4, 0, 0, 0, 0]]
ratings = from_interactions_df(pd.DataFrame(
    [(u, i, float(value)) for u, row in enumerate(table) for i, value in enumerate(row) if value],
    columns=["user_id", "item_id", "rating"]))


def show(what, scorer):
    pipeline = topn_pipeline(scorer)
    pipeline.train(ratings)
    items = recommend(pipeline, 3, n=3)
    print(f"{what:12s}" + "".join(f"  {item} {score:.3f}" for item, score in zip(items.ids(), items.scores())))


show("ImplicitMF", ImplicitMFScorer(embedding_size=2, epochs=200, regularization=0.5, weight=2.0))
show("use_ratings", ImplicitMFScorer(embedding_size=2, epochs=200, regularization=0.5, weight=2.0,
                                     use_ratings=True))
show("BiasedMF", BiasedMFScorer(embedding_size=2, epochs=200, regularization=0.1, damping=5.0))
