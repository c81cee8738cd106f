// SPDX-License-Identifier: MIT
// Explicit instantiations for the scalar ALS_SCALAR: interactions, their parts and weightings.
#include <als/detail/id_map.hpp>
#include <als/detail/interactions.hpp>
#include <als/detail/split.hpp>
#include <als/detail/weighting.hpp>

namespace als {
inline namespace ALS_ABI {

template class Interactions<ALS_SCALAR>;
template class History<Item, ALS_SCALAR>;
template class History<User, ALS_SCALAR>;

template Split<ALS_SCALAR> split(const Interactions<ALS_SCALAR>&, const SplitOptions&);
template Split<ALS_SCALAR> split_each_user(const Interactions<ALS_SCALAR>&, const SplitOptions&);
template Split<ALS_SCALAR> leave_out(const Interactions<ALS_SCALAR>&, const LeaveOutOptions&);
template Split<ALS_SCALAR> leave_last_out(const Interactions<ALS_SCALAR>&,
                                          const Interactions<double>&, const LeaveOutOptions&);
template Split<ALS_SCALAR> split_at(const Interactions<ALS_SCALAR>&, const Interactions<double>&,
                                    double);
template Interactions<ALS_SCALAR> core(const Interactions<ALS_SCALAR>&, std::int64_t, std::int64_t);
template HoldOut<ALS_SCALAR> hold_out_users(const Interactions<ALS_SCALAR>&, const HoldOutOptions&);
template std::vector<Split<ALS_SCALAR>> folds(const Interactions<ALS_SCALAR>&, int, std::uint64_t);

template Interactions<ALS_SCALAR> tf_idf_weighted(const Interactions<ALS_SCALAR>&);
template Interactions<ALS_SCALAR> bm25_weighted(const Interactions<ALS_SCALAR>&,
                                                const Bm25Options&);
template Interactions<ALS_SCALAR> time_decayed(const Interactions<ALS_SCALAR>&,
                                               const Interactions<double>&, double, double);

}  // inline namespace
}  // namespace als

#undef ALS_SCALAR
