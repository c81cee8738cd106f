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
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// What a rank holds of a model.
template <Real Scalar>
struct ModelShard {
    ModelHead<Scalar> head;
    Deal users, items;
    Side<Scalar> user_side, item_side;  ///< of this rank's users and items
    int rank = 0;
};

/// Rows of `columns` numbers.
template <Real Scalar>
ElementType row_type(std::int64_t columns, std::int64_t stride) {
    constexpr auto size = static_cast<std::int64_t>(sizeof(Scalar));
    return {columns * size, stride * size};
}

/// Calls move(numbers of `from`, numbers of `to`, numbers in a row) for factors and for biases; `to`
/// gets `rows` rows.
template <Real Scalar, typename Move>
void for_each_column_set(const mpi::Group& group, const Side<Scalar>& from, std::int64_t rows,
                         Side<Scalar>& to, const Move& move) {
    const std::int64_t factors = from.factors.cols();
    int has_biases = from.biases.size() > 0 ? 1 : 0;  // not where a rank has no row
    MPI_Allreduce(MPI_IN_PLACE, &has_biases, 1, MPI_INT, MPI_MAX, group.communicator());
    together(group, [&] {
        to.factors.resize(rows, factors);
        if (has_biases != 0) to.biases.resize(rows);
    });
    move(from.factors.data(), to.factors.data(), factors);
    if (has_biases != 0) move(from.biases.data(), to.biases.data(), 1);
}

/// All rows of a side, on every rank.
template <Real Scalar>
Side<Scalar> gathered_side(const mpi::Group& group, const Side<Scalar>& own, const Deal& deal) {
    std::vector<std::int64_t> counts;
    for (int rank = 0; rank < group.size(); ++rank) counts.push_back(deal.rows_of(rank));
    Side<Scalar> all;
    const Portions portions(counts);
    for_each_column_set(group, own, deal.rows(), all,
                        [&](const Scalar* from, Scalar* to, std::int64_t columns) {
                            const ElementType row = row_type<Scalar>(columns, columns);
                            MPI_Allgatherv(from, portions.counts[to_size(group.rank())], row.get(),
                                           to, portions.counts.data(), portions.begins.data(),
                                           row.get(), group.communicator());
                        });
    return all;
}

/// The rows of a side dealt out otherwise.
template <Real Scalar>
Side<Scalar> redealt(const mpi::Group& group, const Side<Scalar>& own, const Deal& from,
                     const Deal& to) {
    const auto shared_rows = [&](const Deal& a, int rank_a, const Deal& b, int rank_b) {
        const std::int64_t begin = std::max(a.first_row(rank_a), b.first_row(rank_b));
        const std::int64_t end = std::min(a.end_row(rank_a), b.end_row(rank_b));
        return std::max(end - begin, std::int64_t{0});
    };
    std::vector<std::int64_t> sent, received;
    for (int rank = 0; rank < group.size(); ++rank) {
        sent.push_back(shared_rows(from, group.rank(), to, rank));
        received.push_back(shared_rows(from, rank, to, group.rank()));
    }
    const Portions out(sent), in(received);
    Side<Scalar> result;
    for_each_column_set(group, own, in.total(), result,
                        [&](const Scalar* rows, Scalar* place, std::int64_t columns) {
                            const ElementType row = row_type<Scalar>(columns, columns);
                            exchange(group, rows, out, row, place, in, row);
                        });
    return result;
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
    ModelParts<Scalar> parts{gathered_side(group, shard.user_side, shard.users),
                             gathered_side(group, shard.item_side, shard.items), head.mean,
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
