// SPDX-License-Identifier: MIT
// The whole library, in the order in which data pass through it.
#pragma once

#include <als/version.hpp>

#include <als/error.hpp>
#include <als/types.hpp>

#include <als/id_map.hpp>
#include <als/interactions.hpp>
#include <als/ratings_file.hpp>
#include <als/split.hpp>

#include <als/objective.hpp>
#include <als/training.hpp>

#include <als/fit.hpp>
#include <als/model.hpp>

#include <als/fold_in.hpp>
#include <als/predict.hpp>
#include <als/recommend.hpp>
#include <als/similar.hpp>

#include <als/metrics.hpp>
