// SPDX-License-Identifier: MIT
// Training is what takes longest to compile. Its four kinds are compiled once, in instances.cpp,
// and all test programs link them. CMake precompiles this header and includes it in every test.
#pragma once

#include "catch.hpp"
#include <als/als.hpp>

extern template als::Model<float> als::detail::train(const als::Interactions<float>&,
                                                     const als::Implicit&, const als::Training&,
                                                     const als::Model<float>*);
extern template als::Model<float> als::detail::train(const als::Interactions<float>&,
                                                     const als::Explicit&, const als::Training&,
                                                     const als::Model<float>*);
extern template als::Model<double> als::detail::train(const als::Interactions<double>&,
                                                      const als::Implicit&, const als::Training&,
                                                      const als::Model<double>*);
extern template als::Model<double> als::detail::train(const als::Interactions<double>&,
                                                      const als::Explicit&, const als::Training&,
                                                      const als::Model<double>*);
