// SPDX-License-Identifier: MIT
// A model dealt out to ranks.
#pragma once

#include <als/detail/base/index.hpp>
#include <als/detail/model.hpp>
#include <als/detail/mpi/group.hpp>
#include <als/detail/mpi/shard.hpp>
#include <als/mpi.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// The part of a model that a rank holds.
template <Real Scalar>
struct ModelShard {
    ModelHead<Scalar> head;
    Deal users, items;
    Side<Scalar> user_side, item_side;  ///< of this rank's users and items
    int rank = 0;
};

/// Throws if interactions do not fit a model.
template <Real Scalar>
void check_fits(std::string_view function, const Shard<Scalar>& data,
                const ModelShard<Scalar>& model) {
    check_same_ids(function, "interactions", data.origin, "model", model.head.origin);
    check_fits(function, {data.users.rows(), data.items.rows()},
               {model.users.rows(), model.items.rows()});
}

/// Rows of `columns` numbers.
template <Real Scalar>
ElementType row_type(std::int64_t columns, std::int64_t stride) {
    constexpr auto size = static_cast<std::int64_t>(sizeof(Scalar));
    return {columns * size, stride * size};
}

/// Some consecutive rows of a side.
struct RowRange {
    std::int64_t first, end;
};

/// Fetches the rows of a side that this rank wants. wanted(rank) is the `RowRange` of any rank;
/// `deal` says which rank has which rows.
template <Real Scalar, typename Wanted>
Side<Scalar> fetched_rows(const mpi::Group& group, const Side<Scalar>& own, const Deal& deal,
                          bool biases, const Wanted& wanted) {
    const auto shared_rows = [&](int holder, int receiver) {
        const RowRange range = wanted(receiver);
        const std::int64_t first = std::max<std::int64_t>(deal.first_row(holder), range.first);
        return RowRange{first,
                        std::max(first, std::min<std::int64_t>(deal.end_row(holder), range.end))};
    };
    Portions sent;
    std::vector<std::int64_t> counts;
    for (int rank = 0; rank < group.size(); ++rank) {
        const RowRange out = shared_rows(group.rank(), rank), in = shared_rows(rank, group.rank());
        sent.counts.push_back(static_cast<int>(out.end - out.first));
        sent.begins.push_back(static_cast<int>(out.first - deal.first_row(group.rank())));
        counts.push_back(in.end - in.first);
    }
    const Portions received(counts);
    const Eigen::Index factors = own.factors.cols();
    Side<Scalar> result;
    together(group, [&] {
        result.factors.resize(received.total(), factors);
        if (biases) result.biases.resize(received.total());
    });
    const auto fetch = [&](const Scalar* from, Scalar* to, std::int64_t columns) {
        const ElementType row = row_type<Scalar>(columns, columns);
        exchange(group, from, sent, row, to, received, row);
    };
    fetch(own.factors.data(), result.factors.data(), factors);
    if (biases) fetch(own.biases.data(), result.biases.data(), 1);
    return result;
}

/// Returns all rows of a side, on every rank.
template <Real Scalar>
Side<Scalar> gathered_side(const mpi::Group& group, const Side<Scalar>& own, const Deal& deal,
                           bool biases) {
    return fetched_rows(group, own, deal, biases, [&](int) { return RowRange{0, deal.rows()}; });
}

}  // namespace detail

namespace mpi {

template <Real Scalar>
int Model<Scalar>::factors() const {
    return static_cast<int>(shard_->item_side.factors.cols());
}
template <Real Scalar>
std::int32_t Model<Scalar>::user_count() const {
    return als::detail::to_int32(shard_->users.rows());
}
template <Real Scalar>
std::int32_t Model<Scalar>::item_count() const {
    return als::detail::to_int32(shard_->items.rows());
}
template <Real Scalar>
const AnyObjective& Model<Scalar>::objective() const {
    return shard_->head.objective;
}
template <Real Scalar>
double Model<Scalar>::mean() const {
    return shard_->head.mean;
}
template <Real Scalar>
std::int32_t Model<Scalar>::first_user() const {
    return shard_->users.first_row(shard_->rank);
}
template <Real Scalar>
std::int32_t Model<Scalar>::end_user() const {
    return shard_->users.end_row(shard_->rank);
}
template <Real Scalar>
const Side<Scalar>& Model<Scalar>::users() const {
    return shard_->user_side;
}
template <Real Scalar>
std::int32_t Model<Scalar>::first_item() const {
    return shard_->items.first_row(shard_->rank);
}
template <Real Scalar>
std::int32_t Model<Scalar>::end_item() const {
    return shard_->items.end_row(shard_->rank);
}
template <Real Scalar>
const Side<Scalar>& Model<Scalar>::items() const {
    return shard_->item_side;
}

template <Real Scalar>
als::Model<Scalar> gathered(const Group& group, const Model<Scalar>& model) {
    using namespace als::detail;
    const ModelShard<Scalar>& shard = DistributedAccess::shard(model);
    const ModelHead<Scalar>& head = shard.head;
    const bool biases = als::detail::has_biases(head.objective);
    ModelParts<Scalar> parts{gathered_side(group, shard.user_side, shard.users, biases),
                             gathered_side(group, shard.item_side, shard.items, biases), head.mean,
                             head.lowest, head.highest};
    std::optional<als::Model<Scalar>> result;
    together(group, [&] {
        result.emplace(ModelAccess::with_origin(std::move(parts), head.objective, head.origin));
    });
    return *std::move(result);
}

}  // namespace mpi
}  // inline namespace
}  // namespace als
