# SPDX-License-Identifier: MIT
"""Prints what cmfrec.cpp prints, by cmfrec 3.5.1: pip install cmfrec==3.5.1.post14 scikit-learn"""
import numpy as np
import scipy.sparse
from cmfrec import CMF, CMF_implicit

plays = scipy.sparse.coo_matrix(np.array([
    [5, 3, 2, 0, 0, 0],
    [4, 0, 3, 0, 0, 1],
    [0, 6, 3, 0, 0, 0],
    [0, 0, 0, 7, 2, 0],
    [0, 0, 1, 3, 4, 2],
    [0, 0, 0, 0, 6, 5],
    [3, 4, 0, 0, 0, 0]], dtype=np.float64))
options = {"k": 2, "niter": 200, "use_cg": False, "use_float": False, "verbose": False, "nthreads": 1}


def show(what, found):
    print(f"{what:13s}" + "".join(f"  {item} {score:.3f}" for item, score in zip(*found)))


model = CMF_implicit(lambda_=0.5, alpha=2.0, **options).fit(plays)
show("topN", model.topN(user=3, n=3, exclude=[3, 4], output_score=True))
show("topN_warm", model.topN_warm(n=3, X_col=[0, 2], X_val=[3, 1], output_score=True))
model = CMF(lambda_=0.5, method="als", **options).fit(plays)
show("CMF", model.topN(user=3, n=3, output_score=True))
model = CMF(lambda_=0.05, scale_lam=True, method="als", **options).fit(plays)
show("scale_lam", model.topN(user=3, n=3, output_score=True))
