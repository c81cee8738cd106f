// SPDX-License-Identifier: MIT
#include "instances.hpp"

template als::Model<float> als::detail::train(const als::Interactions<float>&, const als::Implicit&,
                                              const als::Training&, const als::Model<float>*);
template als::Model<float> als::detail::train(const als::Interactions<float>&, const als::Explicit&,
                                              const als::Training&, const als::Model<float>*);
template als::Model<double> als::detail::train(const als::Interactions<double>&,
                                               const als::Implicit&, const als::Training&,
                                               const als::Model<double>*);
template als::Model<double> als::detail::train(const als::Interactions<double>&,
                                               const als::Explicit&, const als::Training&,
                                               const als::Model<double>*);
