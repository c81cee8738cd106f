// SPDX-License-Identifier: MIT
// The whole library. The data go from ratings_file or interactions to fit (with an objective and
// training options) and become a model, which the queries take: predict, recommend, similar,
// fold_in, draw, explain, evaluate. `update` adds fresh interactions to a model without a new
// training. features.hpp makes factors for items and users without history. feature_file.hpp,
// half_step.hpp and mpi.hpp are not part of this header.
#pragma once

#include <als/baselines.hpp>
#include <als/checkpoint.hpp>
#include <als/diversify.hpp>
#include <als/draw.hpp>
#include <als/early_stopping.hpp>
#include <als/error.hpp>
#include <als/evaluate.hpp>
#include <als/explain.hpp>
#include <als/features.hpp>
#include <als/fit.hpp>
#include <als/fitted_to.hpp>
#include <als/fold_in.hpp>
#include <als/id_map.hpp>
#include <als/interactions.hpp>
#include <als/metrics.hpp>
#include <als/model.hpp>
#include <als/model_file.hpp>
#include <als/objective.hpp>
#include <als/predict.hpp>
#include <als/ratings_file.hpp>
#include <als/recommend.hpp>
#include <als/recommend_users.hpp>
#include <als/similar.hpp>
#include <als/split.hpp>
#include <als/stop_token.hpp>
#include <als/suggest.hpp>
#include <als/training.hpp>
#include <als/tune.hpp>
#include <als/types.hpp>
#include <als/update.hpp>
#include <als/version.hpp>
#include <als/weighting.hpp>
