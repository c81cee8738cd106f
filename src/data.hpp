// SPDX-License-Identifier: MIT
// Explicit instantiations for the scalar ALS_SCALAR: interactions, their parts and weightings.
#include <als/detail/id_map.hpp>
#include <als/detail/interactions.hpp>
#include <als/detail/split.hpp>
#include <als/detail/weighting.hpp>

namespace als {
inline namespace ALS_ABI {

using Scalar = ALS_SCALAR;
using Data = Interactions<Scalar>;

template class Interactions<Scalar>;
template class History<Item, Scalar>;
template class History<User, Scalar>;

template Split<Scalar> split(const Data&, const SplitOptions&);
template Split<Scalar> split_each_user(const Data&, const SplitOptions&);
template Split<Scalar> leave_out(const Data&, const LeaveOutOptions&);
template Split<Scalar> leave_last_out(const Data&, const Interactions<double>&,
                                      const LeaveOutOptions&);
template HoldOut<Scalar> hold_out_users(const Data&, const HoldOutOptions&);
template std::vector<Split<Scalar>> folds(const Data&, int, std::uint64_t);

template Data tf_idf_weighted(const Data&);
template Data bm25_weighted(const Data&, const Bm25Options&);
template Data time_decayed(const Data&, const Interactions<double>&, double, double);

}  // inline namespace
}  // namespace als
