// SPDX-License-Identifier: MIT
// Turns lines of text into ratings with their ids.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/text.hpp>
#include <als/detail/id_map.hpp>
#include <als/detail/interactions.hpp>
#include <als/detail/io/ratings_table.hpp>
#include <als/error.hpp>
#include <als/ratings_file.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// The line number of each entry. Keeps one element per stretch of consecutive lines, so a file in
/// which no line is left out needs only one.
class LineNumbers {
public:
    /// Records that the next entry came from `line`.
    void add(std::int64_t line) {
        if (stretches_.empty() ||
            line - entries_ != stretches_.back().line - stretches_.back().entry)
            stretches_.push_back({entries_, line});
        ++entries_;
    }

    [[nodiscard]] std::int64_t of(std::size_t entry) const {
        const auto number = to_count(entry);
        const auto after = std::upper_bound(
            stretches_.begin(), stretches_.end(), number,
            [](std::int64_t wanted, const Stretch& stretch) { return wanted < stretch.entry; });
        const Stretch& stretch = *std::prev(after);
        return stretch.line + (number - stretch.entry);
    }

private:
    struct Stretch {
        std::int64_t entry;  // its first entry
        std::int64_t line;   // the line of that entry
    };
    std::vector<Stretch> stretches_;
    std::int64_t entries_ = 0;
};

/// Two entries with the same user and item.
struct RepeatedPair {
    std::size_t first = 0;
    std::size_t again = 0;
};

/// The earliest repetition in `entries`, which must have one. Cost: O(n log n), 8 n bytes.
template <Real Scalar>
RepeatedPair first_repeated_pair(const std::vector<Entry<Scalar>>& entries) {
    std::vector<std::size_t> order(entries.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto key = [&](std::size_t i) { return std::pair(entries[i].user, entries[i].item); };
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(key(a), a) < std::pair(key(b), b);
    });
    RepeatedPair earliest{0, entries.size()};
    for (std::size_t i = 1; i < order.size(); ++i)
        if (key(order[i - 1]) == key(order[i]) && order[i] < earliest.again)
            earliest = {order[i - 1], order[i]};
    return earliest;
}

/// Reads one file of ratings.
template <Real Scalar>
class RatingsReader {
public:
    /// Ids get their indices from copies of the given maps, if there are any.
    RatingsReader(std::string name, ByteSource source, const RatingsOptions& options,
                  const IdMap<User>* users, const IdMap<Item>* items)
        : table_(std::move(name), std::move(source), options),
          options_(options),
          has_known_ids_(users != nullptr) {
        if (!has_known_ids_) return;
        result_.users = *users;
        result_.items = *items;
        IdMapAccess::mark(result_.users);
        IdMapAccess::mark(result_.items);
    }

    Ratings<Scalar> read() {
        table_.open();
        table_.read([&](std::span<const RatingText> ratings) { take(ratings); });
        return finish();
    }

private:
    /// Adds the ratings of one line. If it throws, nothing changes.
    void take(std::span<const RatingText> ratings) {
        bool skips = false;
        for (const RatingText& rating : ratings) {
            check_value(rating);
            const bool user = is_known(result_.users, rating.user, rating.user_begin);
            const bool item = is_known(result_.items, rating.item, rating.item_begin);
            skips = skips || !user || !item;
        }
        if (skips) ++result_.unknown_lines;
        for (const RatingText& rating : ratings)
            if (!skips || !is_left_out(rating)) add(rating);
    }

    void check_value(const RatingText& rating) const {
        if (!fits_scalar(rating.value))
            table_.fail(rating.value_begin, "the value ", excerpt(rating.value_text),
                        " is too large or too small for a ",
                        std::same_as<Scalar, float> ? "float" : "double");
    }

    /// Whether the id has an index or gets one; throws if unknown ids are errors.
    template <Id Index>
    bool is_known(const IdMap<Index>& ids, std::string_view id, std::size_t begin) const {
        if (!has_known_ids_ || options_.unknown_ids == UnknownIds::add || ids.find(id)) return true;
        if (options_.unknown_ids == UnknownIds::error)
            table_.fail(begin, "the ", name_of<Index>(), " ", excerpt(id), " is not among the ",
                        ids.size(),
                        " given ids; .unknown_ids = als::UnknownIds::skip leaves such "
                        "lines out, als::UnknownIds::add gives them new indices");
        return false;
    }

    /// Notes the ids of a rating that the given maps do not have; returns whether there are any.
    bool is_left_out(const RatingText& rating) {
        const bool user = result_.users.find(rating.user).has_value();
        const bool item = result_.items.find(rating.item).has_value();
        if (!user) result_.unknown_users.add(rating.user);
        if (!item) result_.unknown_items.add(rating.item);
        return !user || !item;
    }

    void add(const RatingText& rating) {
        entries_.push_back({result_.users.add(rating.user), result_.items.add(rating.item),
                            static_cast<Scalar>(rating.value)});
        if (table_.has_times()) times_.push_back(rating.time);
        if (options_.duplicates == Duplicates::error) line_numbers_.add(table_.lines().number());
    }

    /// Whether the conversion keeps a finite value finite and does not turn a small one into 0.
    static bool fits_scalar(double value) {
        return std::abs(value) <= static_cast<double>(std::numeric_limits<Scalar>::max()) &&
               (value == 0 || static_cast<Scalar>(value) != 0);
    }

    Ratings<Scalar> finish() {
        if (entries_.empty()) refuse_emptiness();
        if (const auto sizes = table_.declared_sizes(); sizes && !has_known_ids_) {
            check_declared(sizes->first + sizes->second);
            const auto users = number_in_order(result_.users, sizes->first);
            const auto items = number_in_order(result_.items, sizes->second);
            for (auto& [user, item, value] : entries_) {
                user = users[to_size(user.index)];
                item = items[to_size(item.index)];
            }
        }
        make_interactions();
        result_.header = std::move(table_.header);
        result_.bad_lines = std::move(table_.bad_lines);
        result_.notes = std::move(table_.notes);
        result_.comment_lines = table_.comment_lines;
        result_.missing_lines = table_.missing_lines;
        const auto origin = std::make_shared<const IdsOrigin>(
            IdsOrigin{IdMapAccess::mark(result_.users), IdMapAccess::mark(result_.items)});
        for_each_matrix([&](auto& matrix) {
            matrix = InteractionsAccess::with_origin(std::move(matrix), origin);
        });
        return std::move(result_);
    }

    /// A few bytes must not ask for gigabytes of ids.
    void check_declared(std::int64_t rows_and_columns) const {
        const std::int64_t most = 100'000 + 10 * to_count(entries_.size());
        if (rows_and_columns > most)
            throw FormatError(message(table_.lines().name(), ": the head of the matrix gives ",
                                      rows_and_columns, " rows and columns for ", entries_.size(),
                                      " entries; at most ", most,
                                      " are read: leave out those without entries"));
    }

    /// Makes `ids` the numbers from 1 to `count`, and returns the new index of each old one.
    template <Id Index>
    static std::vector<Index> number_in_order(IdMap<Index>& ids, std::int64_t count) {
        IdMap<Index> numbers;
        for (std::int64_t n = 1; n <= count; ++n) numbers.add(to_text(n));
        std::vector<Index> indices;
        for (std::int32_t n = 0; n < ids.size(); ++n) indices.push_back(numbers.at(ids.name({n})));
        ids = std::move(numbers);
        return indices;
    }

    template <typename Use>
    void for_each_matrix(const Use& use) {
        use(result_.interactions);
        if (table_.has_times()) use(result_.times);
    }

    void make_interactions() {
        const bool refuses_repeats = options_.duplicates == Duplicates::error;
        const std::int32_t users = result_.users.size();
        const std::int32_t items = result_.items.size();
        const auto merged = [&](const auto& entries, Duplicates policy) {
            return InteractionsAccess::from_entries(users, items, std::span(entries), {policy});
        };
        const Duplicates policy = refuses_repeats ? Duplicates::last : options_.duplicates;
        result_.interactions = merged(entries_, policy);
        const bool repeats = result_.interactions.size() < to_count(entries_.size());
        if (refuses_repeats && repeats) refuse_repeated_pair();
        if (!table_.has_times()) return;
        const bool keeps_one = policy == Duplicates::last || policy == Duplicates::max;
        if (repeats && keeps_one) {
            // The value to keep comes last, and its time with it.
            sort_by_time(policy == Duplicates::max);
            result_.interactions = merged(entries_, Duplicates::last);
        }
        std::vector<Entry<double>> dated;
        dated.reserve(entries_.size());
        for (std::size_t n = 0; n < entries_.size(); ++n)
            dated.push_back({entries_[n].user, entries_[n].item, times_[n]});
        entries_ = {};
        result_.times = merged(dated, keeps_one ? Duplicates::last : Duplicates::max);
    }

    /// Sorts entries and times by time, or by value and then time; equal ones keep their order.
    void sort_by_time(bool by_value) {
        std::vector<std::size_t> order(entries_.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            if (by_value && entries_[a].value != entries_[b].value)
                return entries_[a].value < entries_[b].value;
            return times_[a] < times_[b];
        });
        std::vector<Entry<Scalar>> entries;
        std::vector<double> times;
        for (const std::size_t n : order) {
            entries.push_back(entries_[n]);
            times.push_back(times_[n]);
        }
        entries_ = std::move(entries);
        times_ = std::move(times);
    }

    [[noreturn]] void refuse_emptiness() const {
        std::string left_out;
        const auto tell = [&](std::int64_t count, std::string_view what) {
            if (count > 0) left_out += message(" (", count, what, ")");
        };
        tell(table_.comment_lines, " comment lines were left out: .comment");
        tell(table_.missing_lines, " lines with missing ids or values were left out: .missing");
        tell(result_.unknown_lines, " lines with unknown ids were left out: .unknown_ids");
        if (!table_.bad_lines.empty())
            left_out += message(" (", table_.bad_lines.size(),
                                " bad lines were skipped, the first: ", table_.bad_lines[0], ")");
        throw FormatError(
            message(table_.lines().name(), ": there is no rating in the file",
                    table_.has_header()
                        ? " after the header (or .header = als::Header::absent, if there is none)"
                        : "",
                    std::isfinite(options_.minimum)
                        ? message(" with a value of at least ", options_.minimum)
                        : std::string(),
                    "; expected one a line", left_out));
    }

    [[noreturn]] void refuse_repeated_pair() const {
        const auto [first, again] = first_repeated_pair(entries_);
        const std::int64_t line = line_numbers_.of(again);
        throw FormatError(message(table_.lines().name(), ":", line, ":1: user ",
                                  excerpt(result_.users.name(entries_[again].user)), " and item ",
                                  excerpt(result_.items.name(entries_[again].item)),
                                  " occur more than once (lines ", line_numbers_.of(first), " and ",
                                  line,
                                  "); say what a repeated pair means with "
                                  ".duplicates = als::Duplicates::sum, last, mean or max"));
    }

    RatingsTable table_;
    RatingsOptions options_;
    bool has_known_ids_;
    Ratings<Scalar> result_;
    std::vector<Entry<Scalar>> entries_;
    std::vector<double> times_;  // of the entries, if there is a time column
    LineNumbers line_numbers_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
