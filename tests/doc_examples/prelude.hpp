// SPDX-License-Identifier: MIT
// The names that examples in doc comments use without declaring them.
#pragma once

#include <als/als.hpp>
#include <als/feature_file.hpp>

#include <span>
#include <vector>

extern const als::Interactions<float> data, train, test, validation;
extern const als::Model<float> model;
extern const std::vector<als::User> users;
extern const als::User user;
extern const als::Item item;
extern const als::FeatureMatrix<float> genres;
extern const als::Candidate<als::Implicit> base;
extern const std::vector<als::Candidate<als::Implicit>> candidates;

void write(als::User user, std::span<const als::Scored<als::Item, float>> items);
void write(als::Item item, std::span<const als::Scored<als::User, float>> users);
