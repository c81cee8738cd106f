// SPDX-License-Identifier: MIT
// How ranks talk: errors that all of them throw, work done rank by rank, and rows sent to the ranks
// that need them. Everything else of MPI is built on this.
#pragma once

#include <als/detail/base/index.hpp>
#include <als/detail/base/text.hpp>
#include <als/error.hpp>
#include <als/mpi.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <numeric>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

struct DistributedAccess {
    static void count_received(const mpi::Group& group, std::int64_t bytes) {
        group.received_ += bytes;
    }
    /// The part of interactions or of a model that this rank holds.
    template <typename T>
    static const auto& shard(const T& of) {
        return *of.shard_;
    }
    template <typename T, typename Part>
    static T make(Part part) {
        T result;
        result.shard_ = std::make_shared<const Part>(std::move(part));
        return result;
    }
};

/// The types of errors and the numbers by which ranks send them. Other exceptions have the next
/// number.
template <typename... Types>
struct ErrorTypes {
    static int number_of(const std::exception& error) {
        int number = 0;
        static_cast<void>(((dynamic_cast<const Types*>(&error) == nullptr && ++number > 0) && ...));
        return number;
    }
    [[noreturn]] static void raise(int number, const std::string& text) {
        const auto raise_if = [&]<typename Type>(std::type_identity<Type>) {
            if (number-- == 0) throw Type(text);
        };
        (raise_if(std::type_identity<Types>()), ...);
        throw Error(text);
    }
    static constexpr int other = sizeof...(Types);
};
using LibraryErrors = ErrorTypes<InputError, NumericError, FormatError, IoError, Cancelled>;

/// Returns the number and the text of an exception.
inline std::pair<int, std::string> described(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return {LibraryErrors::number_of(error), error.what()};
    } catch (...) {
        return {LibraryErrors::other, "an exception that is no std::exception"};
    }
}

/// Work of several steps, between which ranks talk. A rank that fails skips its other steps but
/// still talks, so that no rank waits for it; `settle` then throws on all ranks.
class Attempts {
public:
    explicit Attempts(const mpi::Group& group) : group_(group) {}

    template <typename Work>
    void run(const Work& work) {
        ++step_;
        if (failure_) return;
        try {
            work();
        } catch (...) {
            failure_ = std::current_exception();
            failed_step_ = step_;
        }
    }

    /// If a rank has failed, throws the error of the earliest step and of the first rank, on all
    /// ranks. On the failing rank, an exception that is not the library's keeps its type.
    void settle() const {
        constexpr auto none = std::numeric_limits<std::int64_t>::max();
        std::int64_t first =
            failure_ ? std::int64_t{failed_step_} * group_.size() + group_.rank() : none;
        MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT64_T, MPI_MIN, group_.communicator());
        if (first == none) return;
        const auto rank = static_cast<int>(first % group_.size());
        if (group_.size() == 1) std::rethrow_exception(failure_);
        auto [type, text] = failure_ ? described(failure_) : std::pair(0, std::string());
        int head[2] = {type, static_cast<int>(text.size())};
        MPI_Bcast(head, 2, MPI_INT, rank, group_.communicator());
        text.resize(static_cast<std::size_t>(head[1]));
        MPI_Bcast(text.data(), head[1], MPI_CHAR, rank, group_.communicator());
        if (rank == group_.rank() && head[0] == LibraryErrors::other)
            std::rethrow_exception(failure_);
        LibraryErrors::raise(head[0], message("rank ", rank, ": ", text));
    }

private:
    const mpi::Group& group_;
    std::exception_ptr failure_;
    int step_ = 0;
    int failed_step_ = 0;
};

/// Does work without talking. If it throws on one rank, it throws on all.
template <typename Work>
void together(const mpi::Group& group, const Work& work) {
    Attempts attempts(group);
    attempts.run(work);
    attempts.settle();
}

/// An MPI datatype of `bytes` consecutive bytes, whose elements are `stride` bytes apart.
class ElementType {
public:
    ElementType(std::int64_t bytes, std::int64_t stride) {
        MPI_Datatype plain = MPI_DATATYPE_NULL;
        MPI_Type_contiguous(static_cast<int>(bytes), MPI_BYTE, &plain);
        MPI_Type_create_resized(plain, 0, stride, &type_);
        MPI_Type_commit(&type_);
        MPI_Type_free(&plain);
    }
    template <typename T>
    static ElementType of() {
        static_assert(std::is_trivially_copyable_v<T>);
        return {sizeof(T), sizeof(T)};
    }
    ~ElementType() { MPI_Type_free(&type_); }
    ElementType(const ElementType&) = delete;
    ElementType& operator=(const ElementType&) = delete;

    [[nodiscard]] MPI_Datatype get() const { return type_; }

private:
    MPI_Datatype type_ = MPI_DATATYPE_NULL;
};

/// Passes `data` from rank to rank. Each changes it by work(), and all ranks get the last result.
/// Sums in the order of ranks are those of one process.
template <typename T, typename Work>
void in_turn(const mpi::Group& group, T* data, std::int64_t count, const Work& work) {
    const ElementType type = ElementType::of<T>();
    const auto elements = static_cast<int>(count);
    const MPI_Comm all = group.communicator();
    const int last = group.size() - 1;
    if (group.rank() > 0)
        MPI_Recv(data, elements, type.get(), group.rank() - 1, 0, all, MPI_STATUS_IGNORE);
    work();
    if (group.rank() < last) MPI_Send(data, elements, type.get(), group.rank() + 1, 0, all);
    MPI_Bcast(data, elements, type.get(), last, all);
    const int times = (group.rank() > 0 ? 1 : 0) + (group.rank() < last ? 1 : 0);
    DistributedAccess::count_received(group, times * count * to_count(sizeof(T)));
}

/// Returns the numbers of all ranks, in their order.
template <typename T>
std::vector<T> one_of_each(const mpi::Group& group, T mine) {
    std::vector<T> all(to_size(group.size()));
    const ElementType type = ElementType::of<T>();
    MPI_Allgather(&mine, 1, type.get(), all.data(), 1, type.get(), group.communicator());
    return all;
}

/// The sum of a number of each rank: over the ranks before this one, and over all.
struct RankSum {
    std::int64_t before = 0, all = 0;
};
inline RankSum sum_over_ranks(const mpi::Group& group, std::int64_t mine) {
    RankSum sum;
    const auto numbers = one_of_each(group, mine);
    for (int rank = 0; rank < group.size(); ++rank) {
        if (rank == group.rank()) sum.before = sum.all;
        sum.all += numbers[to_size(rank)];
    }
    return sum;
}
inline bool any_rank(const mpi::Group& group, bool mine) {
    return sum_over_ranks(group, mine ? 1 : 0).all > 0;
}

/// Throws, on all ranks, if values differ between ranks.
template <typename T>
void check_alike(const mpi::Group& group, const T& value, const char* text) {
    if (std::ranges::count(one_of_each(group, value), value) != group.size())
        throw InputError(text);
}

/// How many elements each rank sends or receives, and where they begin.
struct Portions {
    std::vector<int> counts, begins;

    Portions() = default;
    /// Throws if MPI cannot count so many.
    explicit Portions(const std::vector<std::int64_t>& numbers) {
        std::int64_t begin = 0;
        for (const std::int64_t number : numbers) {
            counts.push_back(static_cast<int>(number));
            begins.push_back(static_cast<int>(begin));
            begin += number;
        }
        if (begin > std::numeric_limits<int>::max())
            throw InputError(
                message("als::mpi: ", begin,
                        " rows or entries would go to or come from one rank, which can count ",
                        std::numeric_limits<int>::max(), "; use more ranks"));
    }
    [[nodiscard]] std::int64_t total() const {
        return counts.empty() ? 0 : std::int64_t{begins.back()} + counts.back();
    }
};

/// Sends the elements of `out` to the ranks, `sent` of them to each. The elements of `type_in` that
/// arrive go to `in`.
inline void exchange(const mpi::Group& group, const void* out, const Portions& sent,
                     const ElementType& type_out, void* in, const Portions& received,
                     const ElementType& type_in) {
    MPI_Alltoallv(out, sent.counts.data(), sent.begins.data(), type_out.get(), in,
                  received.counts.data(), received.begins.data(), type_in.get(),
                  group.communicator());
    int bytes = 0;
    MPI_Type_size(type_in.get(), &bytes);
    DistributedAccess::count_received(
        group, bytes * (received.total() - received.counts[to_size(group.rank())]));
}

/// Elements that came from the other ranks, sender by sender.
template <typename T>
struct Received {
    std::vector<T> elements;
    std::vector<std::int64_t> from;  ///< how many came from each rank
};

/// Sends to[0] elements to rank 0, the next to[1] to rank 1, and so on.
template <typename T>
Received<T> sent_by_rank(const mpi::Group& group, const std::vector<T>& elements,
                         const std::vector<std::int64_t>& to) {
    Received<T> result;
    result.from.resize(to.size());
    MPI_Alltoall(to.data(), 1, MPI_INT64_T, result.from.data(), 1, MPI_INT64_T,
                 group.communicator());
    Portions sent, received;
    together(group, [&] {
        sent = Portions(to);
        received = Portions(result.from);
        result.elements.resize(to_size(received.total()));
    });
    const ElementType type = ElementType::of<T>();
    exchange(group, elements.data(), sent, type, result.elements.data(), received, type);
    return result;
}

/// Returns the vectors of all ranks, one after the other, on every rank.
template <typename T>
std::vector<T> gathered_vector(const mpi::Group& group, const std::vector<T>& own) {
    constexpr std::int64_t piece = std::int64_t{1} << 26;  // MPI counts in int
    const auto counts = one_of_each(group, to_count(own.size()));
    const auto total = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
    std::vector<T> all;
    together(group, [&] { all.resize(to_size(total)); });
    const ElementType type = ElementType::of<T>();
    T* to = all.data();
    for (int rank = 0; rank < group.size(); ++rank) {
        const std::int64_t count = counts[to_size(rank)];
        if (rank == group.rank()) std::copy(own.begin(), own.end(), to);
        for (std::int64_t at = 0; at < count; at += piece)
            MPI_Bcast(to + at, static_cast<int>(std::min(piece, count - at)), type.get(), rank,
                      group.communicator());
        to += count;
    }
    DistributedAccess::count_received(group, (total - to_count(own.size())) * to_count(sizeof(T)));
    return all;
}

/// Sends each element to the rank owner_of(element). Elements arrive by sender, and those of one
/// sender in their order.
template <typename T, typename OwnerOf>
Received<T> sent_to_owners(const mpi::Group& group, const std::vector<T>& elements,
                           const OwnerOf& owner_of) {
    std::vector<std::int64_t> to(to_size(group.size()));
    std::vector<T> by_owner;
    together(group, [&] {
        for (const T& element : elements) ++to[to_size(owner_of(element))];
        std::vector<std::int64_t> next(to.size());
        std::exclusive_scan(to.begin(), to.end(), next.begin(), std::int64_t{0});
        by_owner.resize(elements.size());
        for (const T& element : elements)
            by_owner[to_size(next[to_size(owner_of(element))]++)] = element;
    });
    return sent_by_rank(group, by_owner, to);
}

}  // namespace detail

namespace mpi {

inline Session::Session(int& argc, char**& argv) : exceptions_(std::uncaught_exceptions()) {
    int level = 0;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &level);
    if (level >= MPI_THREAD_FUNNELED) return;
    MPI_Finalize();
    throw Error(
        "als::mpi::Session: this MPI library does not allow threads beside the one that "
        "calls it (MPI_THREAD_FUNNELED)");
}

inline Session::~Session() {
    if (std::uncaught_exceptions() > exceptions_) MPI_Abort(MPI_COMM_WORLD, 1);
    MPI_Finalize();
}

inline Group::Group(MPI_Comm communicator) {
    MPI_Comm_dup(communicator, &communicator_);
    MPI_Comm_rank(communicator_, &rank_);
    MPI_Comm_size(communicator_, &size_);
}

inline Group::~Group() { MPI_Comm_free(&communicator_); }

}  // namespace mpi
}  // inline namespace
}  // namespace als
