# SPDX-License-Identifier: MIT
"""Prints what irspack.cpp prints, by irspack 0.5.2: pip install irspack==0.5.2"""
import numpy as np
import scipy.sparse
from irspack import IALSRecommender

clicks = scipy.sparse.csr_matrix(np.array([
    [1, 1, 0, 0, 0, 0],
    [1, 0, 1, 0, 0, 1],
    [0, 1, 1, 0, 0, 0],
    [0, 0, 0, 1, 1, 0],
    [0, 0, 1, 1, 1, 0],
    [0, 0, 0, 0, 1, 1],
    [1, 0, 0, 1, 0, 1]], dtype=np.float64))


def fit(**options):
    return IALSRecommender(clicks, n_components=2, alpha0=0.5, reg=0.05, solver_type="CHOLESKY",
                           train_epochs=200, n_threads=1, **options).learn()


def show(what, scores):
    best = np.argsort(-scores, kind="stable")[:3]
    print(f"{what:14s}" + "".join(f"  {i} {scores[i]:.3f}" for i in best if np.isfinite(scores[i])))


model = fit(nu=1.0)
for user in range(3):
    show("a user", model.get_score_remove_seen(np.array([user]))[0])
newcomer = scipy.sparse.csr_matrix(([1.0, 1.0], ([0, 0], [3, 5])), shape=(1, 6))
show("a newcomer", model.get_score_cold_user_remove_seen(newcomer)[0])
original = fit(nu=0.0, loss_type="ORIGINAL")
print(f"ORIGINAL, nu = 0: user 0, item 2: {original.get_score(np.array([0]))[0, 2]:.3f}")
