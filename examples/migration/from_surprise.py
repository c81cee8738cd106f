# SPDX-License-Identifier: MIT
"""Prints the predictions that surprise.cpp prints, by Surprise 1.1.5: pip install scikit-surprise==1.1.5"""
import pandas as pd
from surprise import SVD, BaselineOnly, Dataset, Reader

table = [
    [5, 4, 5, 0, 0],
    [4, 0, 4, 1, 0],
    [1, 0, 0, 5, 4],
    [0, 1, 0, 4, 5],
    [0, 0, 2, 0, 4],
    [5, 5, 4, 0, 0]]
ratings = pd.DataFrame(
    [(u, i, value) for u, row in enumerate(table) for i, value in enumerate(row) if value],
    columns=["user", "item", "rating"])
train = Dataset.load_from_df(ratings, Reader(rating_scale=(1, 5))).build_full_trainset()


def show(what, model):
    model.fit(train)
    print(what + "".join(f"  {model.predict(user, 2).est:.2f}" for user in (0, 1, 2)))


show("BaselineOnly", BaselineOnly({"reg_u": 10, "reg_i": 10, "n_epochs": 100}, verbose=False))
# The default of 20 epochs is far from the minimum; so many small steps come close to it.
show("SVD         ", SVD(n_factors=2, n_epochs=40000, lr_all=0.001, reg_all=0.1, random_state=1))
