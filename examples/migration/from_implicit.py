# SPDX-License-Identifier: MIT
"""Prints what implicit.cpp prints, by implicit 0.7.3: pip install implicit==0.7.3"""
import numpy as np
import scipy.sparse
from implicit.cpu.als import AlternatingLeastSquares

plays = scipy.sparse.csr_matrix(np.array([
    [5, 3, 2, 0, 0, 0],
    [4, 0, 3, 0, 0, 1],
    [0, 6, 3, 0, 0, 0],
    [0, 0, 0, 7, 2, 0],
    [0, 0, 1, 3, 4, 2],
    [0, 0, 0, 0, 6, 5],
    [3, 4, 0, 0, 0, 0]], dtype=np.float32))

model = AlternatingLeastSquares(factors=2, regularization=0.5, alpha=2.0, iterations=200, use_cg=False,
                                random_state=1)
model.fit(plays, show_progress=False)


def show(what, found):
    print(f"{what:20s}" + "".join(f"  {item} {score:.3f}" for item, score in zip(*found)))


show("recommend", model.recommend(3, plays[3], N=3))
show("nothing left out", model.recommend(3, plays[3], N=3, filter_already_liked_items=False))
show("filter_items", model.recommend(3, plays[3], N=3, filter_already_liked_items=False, filter_items=[3]))
show("items", model.recommend(3, plays[3], N=3, filter_already_liked_items=False, items=[0, 2, 4]))

newcomer = scipy.sparse.csr_matrix(([3.0, 1.0], ([0, 0], [0, 2])), shape=(1, 6), dtype=np.float32)
show("recalculate_user", model.recommend(0, newcomer, N=3, recalculate_user=True))
items, scores = model.similar_items(3, N=3)
show("similar_items", (items[1:], scores[1:]))
