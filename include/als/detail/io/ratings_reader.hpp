// SPDX-License-Identifier: MIT
// Turns lines of text into ratings and their ids.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/base/parallel.hpp>
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
#include <exception>
#include <iterator>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// The line number of each entry. Keeps one element for each stretch of consecutive lines, so a
/// file in which no line is left out needs only one.
class LineNumbers {
public:
    /// Records that the next entry came from `line`.
    void add(std::int64_t line) {
        begin_stretch(line);
        ++entries_;
    }

    /// Records the entries of a part of the file that follows `lines_before` lines.
    void append(const LineNumbers& part, std::int64_t lines_before) {
        const std::int64_t before = entries_;
        for (const Stretch& stretch : part.stretches_) {
            entries_ = before + stretch.entry;
            begin_stretch(lines_before + stretch.line);
        }
        entries_ = before + part.entries_;
    }

    void clear() {
        stretches_.clear();
        entries_ = 0;
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

    void begin_stretch(std::int64_t line) {
        if (stretches_.empty() ||
            line - entries_ != stretches_.back().line - stretches_.back().entry)
            stretches_.push_back({entries_, line});
    }

    std::vector<Stretch> stretches_;
    std::int64_t entries_ = 0;
};

/// Returns the message about a pair that occurs on two lines.
inline std::string repeated_pair_text(const std::string& file, std::int64_t first,
                                      std::int64_t again, std::string_view user,
                                      std::string_view item) {
    return message(
        file, ":", again, ":1: user ", excerpt(user), " and item ", excerpt(item),
        " occur more than once (lines ", first, " and ", again,
        "); say what a repeated pair means with .duplicates = als::Duplicates::sum, last, "
        "mean or max");
}

/// Two entries with the same user and item.
struct RepeatedPair {
    std::size_t first = 0;
    std::size_t again = 0;
};

/// Returns the earliest repetition in `entries`, which must have one. Cost: O(n log n), 8 n bytes.
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

/// Entries in the order of the file, and their times if there are any.
template <Real Scalar>
struct DatedEntries {
    std::vector<Entry<Scalar>> entries;
    std::vector<double> times;

    /// Sorts entries and times by time, or by value and then time; equal ones keep their order.
    void sort_by_time(bool by_value) {
        std::vector<std::size_t> order(entries.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            if (by_value && entries[a].value != entries[b].value)
                return entries[a].value < entries[b].value;
            return times[a] < times[b];
        });
        DatedEntries sorted;
        for (const std::size_t n : order) {
            sorted.entries.push_back(entries[n]);
            sorted.times.push_back(times[n]);
        }
        *this = std::move(sorted);
    }
};

/// How values and times of repeated pairs are merged.
struct MergePolicy {
    explicit MergePolicy(Duplicates asked)
        : refuses(asked == Duplicates::error),
          values(refuses ? Duplicates::last : asked),
          keeps_one(values == Duplicates::last || values == Duplicates::max),
          times(keeps_one ? Duplicates::last : Duplicates::max) {}

    bool refuses;
    Duplicates values;
    bool keeps_one;  ///< the time of a pair is that of the value that is kept
    Duplicates times;
};

/// The id of the rating before, if it is a plain number, and its index. Many files are sorted by
/// users or by items, so that most of these need no look-up.
template <Id Index>
struct IdBefore {
    std::uint32_t number = no_plain_number;
    Index index;
};

/// The ratings of a part of a file. Several parts can be read at the same time, because a part only
/// looks up the ids of earlier parts and keeps its new ids for itself.
template <Real Scalar>
class RatingsPart {
public:
    /// `users` and `items` hold the ids of earlier parts, and those of an earlier file if
    /// `has_known_ids`. They must not change while a part is read.
    RatingsPart(RatingsTable table, const RatingsOptions& options, const IdMap<User>& users,
                const IdMap<Item>& items, bool has_known_ids)
        : table_(std::move(table)),
          options_(options),
          users_(users),
          items_(items),
          has_known_ids_(has_known_ids) {}

    [[nodiscard]] const RatingsTable& table() const { return table_; }

    /// Reads the next lines of the head: see `RatingsTable`.
    std::string_view read_head(std::string_view text) {
        return table_.read_head(text, [&](std::span<const RatingText> ratings) { take(ratings); });
    }

    /// Reads a part after the head. Keeps an exception for `append_to`.
    void read(std::string_view text, std::int64_t lines_before, std::string_view earlier) {
        try {
            clear();
            table_.read_part(text, lines_before, earlier,
                             [&](std::span<const RatingText> ratings) { take(ratings); });
        } catch (...) {
            failure_ = std::current_exception();
        }
    }

    /// Appends everything but the entries to `result`: new ids in the order of the lines, and what
    /// was left out. Throws what the reading threw.
    void append_to(Ratings<Scalar>& result) {
        if (failure_) std::rethrow_exception(failure_);
        const auto append = [](const auto& ids, auto& to, auto& indices) {
            indices.clear();
            for (std::int32_t n = 0; n < ids.size(); ++n) indices.push_back(to.add(ids.name({n})));
        };
        append(new_users_, result.users, user_indices_);
        append(new_items_, result.items, item_indices_);
        result.unknown_lines += unknown_lines_;
        for (std::int32_t n = 0; n < unknown_users_.size(); ++n)
            result.unknown_users.add(unknown_users_.name({n}));
        for (std::int32_t n = 0; n < unknown_items_.size(); ++n)
            result.unknown_items.add(unknown_items_.name({n}));
    }

    /// Returns the entries with their indices. Call `append_to` first.
    [[nodiscard]] DatedEntries<Scalar> entries() const {
        DatedEntries<Scalar> dated{read_.entries, read_.times};
        if (new_users_.empty() && new_items_.empty()) return dated;
        for (auto& [user, item, value] : dated.entries) {
            if (user.index < 0) user = user_indices_[to_size(-1 - user.index)];
            if (item.index < 0) item = item_indices_[to_size(-1 - item.index)];
        }
        return dated;
    }

    /// The lines of the entries; the first line of the part is 1.
    [[nodiscard]] const LineNumbers& line_numbers() const { return line_numbers_; }

    /// Moves the counts and notes of this part's table to `table`.
    void append_to(RatingsTable& table) { table.append(table_); }

private:
    void clear() {
        failure_ = nullptr;
        read_.entries.clear();
        read_.times.clear();
        line_numbers_.clear();
        new_users_ = {};
        new_items_ = {};
        unknown_users_ = {};
        unknown_items_ = {};
        user_before_ = {};
        item_before_ = {};
        unknown_lines_ = 0;
    }

    /// Adds the ratings of one line. If it throws, nothing changes.
    void take(std::span<const RatingText> ratings) {
        bool skips = false;
        for (const RatingText& rating : ratings) {
            check_value(rating);
            if (!has_known_ids_ || options_.unknown_ids == UnknownIds::add) continue;
            const bool user = is_known(users_, rating.user, rating.user_begin);
            const bool item = is_known(items_, rating.item, rating.item_begin);
            skips = skips || !user || !item;
        }
        if (skips) ++unknown_lines_;
        for (const RatingText& rating : ratings)
            if (!skips || !is_left_out(rating)) add(rating);
    }

    void check_value(const RatingText& rating) const {
        if (!fits_scalar<Scalar>(rating.value))
            table_.fail(rating.value_begin, "the value ", excerpt(rating.value_text),
                        " is too large or too small for a ",
                        std::same_as<Scalar, float> ? "float" : "double");
    }

    /// Whether the id has an index; throws if unknown ids are errors.
    template <Id Index>
    bool is_known(const IdMap<Index>& ids, const IdText& id, std::size_t begin) const {
        if (IdMapAccess::find(ids, id)) return true;
        if (options_.unknown_ids == UnknownIds::error)
            table_.fail(begin, "the ", name_of<Index>(), " ", excerpt(id.text),
                        " is not among the ", ids.size(),
                        " given ids; .unknown_ids = als::UnknownIds::skip leaves such "
                        "lines out, als::UnknownIds::add gives them new indices");
        return false;
    }

    /// Records the ids of a rating that the given maps do not have. Returns whether there are any.
    bool is_left_out(const RatingText& rating) {
        const bool user = users_.find(rating.user.text).has_value();
        const bool item = items_.find(rating.item.text).has_value();
        if (!user) unknown_users_.add(rating.user.text);
        if (!item) unknown_items_.add(rating.item.text);
        return !user || !item;
    }

    void add(const RatingText& rating) {
        read_.entries.push_back({index_of(users_, new_users_, rating.user, user_before_),
                                 index_of(items_, new_items_, rating.item, item_before_),
                                 static_cast<Scalar>(rating.value)});
        if (table_.has_times()) read_.times.push_back(rating.time);
        if (options_.duplicates == Duplicates::error) line_numbers_.add(table_.lines().count());
    }

    /// Returns the index of an id, or -1 - n for the n-th new id of this part, from 0.
    template <Id Index>
    static Index index_of(const IdMap<Index>& ids, IdMap<Index>& new_ids, const IdText& id,
                          IdBefore<Index>& before) {
        if (id.number == before.number && id.number != no_plain_number) return before.index;
        const auto index = IdMapAccess::find(ids, id);
        before = {id.number, index ? *index : Index{-1 - new_ids.add(id.text).index}};
        return before.index;
    }

    RatingsTable table_;
    const RatingsOptions& options_;
    const IdMap<User>& users_;
    const IdMap<Item>& items_;
    bool has_known_ids_;
    DatedEntries<Scalar> read_;  // indices of new ids are negative
    LineNumbers line_numbers_;
    IdMap<User> new_users_, unknown_users_;
    IdMap<Item> new_items_, unknown_items_;
    IdBefore<User> user_before_;
    IdBefore<Item> item_before_;
    std::vector<User> user_indices_;  // indices of new ids
    std::vector<Item> item_indices_;
    std::int64_t unknown_lines_ = 0;
    std::exception_ptr failure_;
};

/// How many bytes of a file are in memory at once.
struct ReadingSizes {
    std::size_t part = std::size_t{1} << 17;  ///< bytes of a block that one thread reads at a time
    std::size_t parts_per_thread = 8;         ///< parts of a block
};

/// Reads one file of ratings, block after block. Several threads read the parts of a block.
template <Real Scalar>
class RatingsReader {
public:
    /// Ids get their indices from copies of the given maps if there are any.
    RatingsReader(std::string name, ByteSource source, const RatingsOptions& options,
                  const IdMap<User>* users, const IdMap<Item>* items, ReadingSizes sizes = {})
        : blocks_(std::move(source)),
          table_(std::move(name), options),
          options_(options),
          has_known_ids_(users != nullptr),
          workers_{thread_count(options.threads)},
          sizes_(sizes) {
        if (!has_known_ids_) return;
        result_.users = *users;
        result_.items = *items;
        IdMapAccess::mark(result_.users);
        IdMapAccess::mark(result_.items);
    }

    Ratings<Scalar> read() {
        TextBlock block;
        const std::string_view text = read_head(block);
        read_blocks(std::move(block), text);
        table_.finish();
        return finish();
    }

protected:
    /// Reads `text`, a part of `block`, and all later blocks.
    void read_blocks(TextBlock block, std::string_view text) {
        TextBlock next;
        while (true) {
            const bool has_next = read_block(text, next);
            if (block.failure) std::rethrow_exception(block.failure);
            if (!has_next) break;
            std::swap(block, next);
            text = block.text();
        }
    }

    /// Reads the first lines on one thread, and returns the text of `block` that follows them.
    /// Another reader may keep their ratings.
    std::string_view read_head(TextBlock& block, bool keeps_ratings = true) {
        RatingsPart<Scalar> head = part();
        std::string_view rest;
        bool is_first = true;
        while (!head.table().has_head() && blocks_.read(block, first_block)) {
            if (std::exchange(is_first, false)) table_.open(block.text());
            rest = head.read_head(block.text());
            if (!head.table().has_head() && block.failure) std::rethrow_exception(block.failure);
        }
        table_ = head.table();
        if (!keeps_ratings) return rest;
        head.append_to(result_);
        line_numbers_ = head.line_numbers();
        entries_.push_back(head.entries());
        return rest;
    }

    /// Reads the ratings in `text` on all threads, and meanwhile the next block of the file.
    /// Returns whether there is one.
    bool read_block(std::string_view text, TextBlock& next) {
        // The first blocks are small, because most of their ids are new and small files need little
        // memory.
        block_size_ = std::min(2 * block_size_,
                               sizes_.part * sizes_.parts_per_thread * to_size(workers_.threads));
        const std::vector<std::string_view> texts = cut(text);
        while (parts_.size() < texts.size()) parts_.push_back(part());
        const std::int64_t lines_before = table_.lines().number();
        bool has_next = false;
        Shares shares(to_count(texts.size()), 1, workers_);
        const auto caller = std::this_thread::get_id();
        shares.run([&] {
            // Only the caller reads its source, which may not be made for other threads.
            if (std::this_thread::get_id() == caller) has_next = blocks_.read(next, block_size_);
            for (std::int64_t n = 0, end = 0; shares.next(n, end);) {
                const std::string_view part_text = texts[to_size(n)];
                const auto begin = static_cast<std::size_t>(part_text.data() - text.data());
                parts_[to_size(n)].read(part_text, lines_before, text.substr(0, begin));
            }
        });
        const std::size_t before = entries_.size();
        for (std::size_t n = 0; n < texts.size(); ++n) {
            parts_[n].append_to(result_);
            line_numbers_.append(parts_[n].line_numbers(), table_.lines().number());
            parts_[n].append_to(table_);
        }
        entries_.resize(before + texts.size());
        parallel_for(to_count(texts.size()), 1, workers_, [&](std::int64_t n) {
            entries_[before + to_size(n)] = parts_[to_size(n)].entries();
        });
        return has_next;
    }

    [[nodiscard]] RatingsPart<Scalar> part() const {
        return {table_, options_, result_.users, result_.items, has_known_ids_};
    }

    /// Cuts a text into parts at the ends of lines.
    [[nodiscard]] std::vector<std::string_view> cut(std::string_view text) const {
        std::vector<std::string_view> parts;
        while (!text.empty()) {
            std::size_t size =
                std::min(text.find('\n', std::min(sizes_.part, text.size()) - 1), text.size() - 1) +
                1;
            parts.push_back(text.substr(0, size));
            text.remove_prefix(size);
        }
        return parts;
    }

    Ratings<Scalar> finish() {
        if (entry_count() == 0) refuse_emptiness();
        if (const auto sizes = declared_sizes(entry_count())) {
            const auto users = number_in_order(result_.users, sizes->first);
            const auto items = number_in_order(result_.items, sizes->second);
            for (auto& part : entries_)
                for (auto& [user, item, value] : part.entries) {
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

    /// Returns the numbers of users and items, if ids are the numbers of rows and columns of a
    /// matrix. Throws if a few bytes ask for gigabytes of ids.
    [[nodiscard]] std::optional<std::pair<std::int64_t, std::int64_t>> declared_sizes(
        std::int64_t entries) const {
        const auto sizes = table_.declared_sizes();
        if (!sizes || has_known_ids_) return std::nullopt;
        const std::int64_t most = 100'000 + 10 * entries;
        if (sizes->first + sizes->second > most)
            throw FormatError(message(table_.lines().name(), ": the head of the matrix gives ",
                                      sizes->first + sizes->second, " rows and columns for ",
                                      entries, " entries; at most ", most,
                                      " are read: leave out those without entries"));
        return sizes;
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

    [[nodiscard]] std::int64_t entry_count() const {
        std::int64_t count = 0;
        for (const auto& part : entries_) count += to_count(part.entries.size());
        return count;
    }

    void make_interactions() {
        const MergePolicy policy(options_.duplicates);
        const auto value_of = [](const auto& part, std::size_t n) { return part.entries[n].value; };
        result_.interactions = merged<Scalar>(value_of, policy.values);
        const bool repeats = result_.interactions.size() < entry_count();
        if (policy.refuses && repeats) refuse_repeated_pair();
        if (!table_.has_times()) return;
        if (repeats && policy.keeps_one) {
            // Puts the value to keep last, and its time with it.
            join_entries();
            entries_.front().sort_by_time(policy.values == Duplicates::max);
            result_.interactions = merged<Scalar>(value_of, Duplicates::last);
        }
        result_.times = merged<double>(
            [](const auto& part, std::size_t n) { return part.times[n]; }, policy.times);
    }

    /// Returns the entries with the values value_of(part, n), with pairs merged.
    template <Real Value, typename ValueOf>
    Interactions<Value> merged(const ValueOf& value_of, Duplicates policy) const {
        const auto for_each = [&](std::int64_t begin, std::int64_t end, const auto& visit) {
            for (std::int64_t p = begin; p < end; ++p) {
                const auto& part = entries_[to_size(p)];
                for (std::size_t n = 0; n < part.entries.size(); ++n)
                    visit(std::int64_t{part.entries[n].user.index},
                          std::int64_t{part.entries[n].item.index}, value_of(part, n));
            }
        };
        return InteractionsAccess::from_source<Value>(
            result_.users.size(), result_.items.size(), {to_count(entries_.size()), entry_count()},
            for_each, {.duplicates = policy, .threads = options_.threads});
    }

    /// Joins all entries and times in one list.
    void join_entries() {
        DatedEntries<Scalar> all;
        all.entries.reserve(to_size(entry_count()));
        if (table_.has_times()) all.times.reserve(to_size(entry_count()));
        for (auto& part : entries_) {
            all.entries.insert(all.entries.end(), part.entries.begin(), part.entries.end());
            all.times.insert(all.times.end(), part.times.begin(), part.times.end());
            part = {};
        }
        entries_.clear();
        entries_.push_back(std::move(all));
    }

    [[noreturn]] void refuse_emptiness() const {
        throw FormatError(message(
            table_.lines().name(), ": there is no rating in the file",
            table_.has_header()
                ? " after the header (or .header = als::Header::absent, if there is none)"
                : "",
            std::isfinite(options_.minimum)
                ? message(" with a value of at least ", options_.minimum)
                : std::string(),
            "; expected one on each line", table_.left_out(result_.unknown_lines, ".unknown_ids")));
    }

    [[noreturn]] void refuse_repeated_pair() {
        join_entries();
        const std::vector<Entry<Scalar>>& entries = entries_.front().entries;
        const auto [first, again] = first_repeated_pair(entries);
        throw FormatError(repeated_pair_text(
            table_.lines().name(), line_numbers_.of(first), line_numbers_.of(again),
            result_.users.name(entries[again].user), result_.items.name(entries[again].item)));
    }

    static constexpr std::size_t first_block = std::size_t{1} << 16;

    TextBlocks blocks_;
    RatingsTable table_;  // the head, and the counts of all parts
    const RatingsOptions& options_;
    bool has_known_ids_;
    Workers workers_;
    ReadingSizes sizes_;
    std::size_t block_size_ = sizes_.part;  // size of the next block
    std::vector<RatingsPart<Scalar>> parts_;
    Ratings<Scalar> result_;
    std::vector<DatedEntries<Scalar>> entries_;  // entries of the parts, in their order
    LineNumbers line_numbers_;
};

}  // namespace detail
}  // inline namespace
}  // namespace als
