# SPDX-License-Identifier: MIT
"""Prints what spark.cpp prints, by pyspark 4.3.0: pip install pyspark==4.3.0 numpy; it needs Java 17."""
import tempfile

from pyspark.ml.recommendation import ALS
from pyspark.sql import SparkSession

table = [
    [5, 4, 0, 1, 0],
    [4, 0, 4, 1, 2],
    [1, 2, 0, 5, 4],
    [0, 1, 2, 4, 5],
    [2, 0, 1, 0, 4],
    [5, 5, 4, 2, 0]]
spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
# Without a folder for checkpoints, 100 iterations overflow the stack.
spark.sparkContext.setCheckpointDir(tempfile.mkdtemp())
ratings = spark.createDataFrame(
    [(u, i, float(value)) for u, row in enumerate(table) for i, value in enumerate(row) if value],
    ["user", "item", "rating"])


def fit(**options):
    return ALS(rank=2, maxIter=100, regParam=0.1, numUserBlocks=1, numItemBlocks=1, seed=1,
               coldStartStrategy="drop", **options).fit(ratings)


def show(model):
    for row in model.recommendForAllUsers(2).orderBy("user").collect():
        print(f"  user {row.user}:" + "".join(f"  {r.item} {r.rating:.3f}" for r in row.recommendations))


print("ratings")
model = fit()
show(model)
item = model.recommendForAllItems(2).where("item = 2").first()
print("  item 2:" + "".join(f"  {r.user} {r.rating:.3f}" for r in item.recommendations))
predicted = model.transform(spark.createDataFrame([(0, 2)], ["user", "item"])).first()
print(f"  user 0, item 2: {predicted.prediction:.3f}")
print("implicitPrefs")
show(fit(implicitPrefs=True))
print("nonnegative")
show(fit(nonnegative=True))
spark.stop()
