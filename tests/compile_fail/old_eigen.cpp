// expect: als needs Eigen 3\.4\.0 or later
// SPDX-License-Identifier: MIT
// The error for an old Eigen comes before any other.
#include <Eigen/Core>

#ifdef MISTAKE
#undef EIGEN_VERSION_AT_LEAST
#define EIGEN_VERSION_AT_LEAST(x, y, z) 0
#endif

#include <als/version.hpp>
