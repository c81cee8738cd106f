// SPDX-License-Identifier: MIT
// `als::mpi::read_ratings`: each rank reads a range of bytes of the file; ids get the indices that
// one process would give them.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/ids_origin.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/id_map.hpp>
#include <als/detail/io/file.hpp>
#include <als/detail/io/option_texts.hpp>
#include <als/detail/io/ratings_reader.hpp>
#include <als/detail/mpi/group.hpp>
#include <als/detail/mpi/shard.hpp>
#include <als/detail/ratings_file.hpp>
#include <als/mpi.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

// ------------------------------------------------------------------------------------------- ids

/// Texts in the form in which ranks send them.
struct SentTexts {
    std::vector<std::int64_t> lengths;
    std::vector<char> bytes;
    std::vector<std::int64_t> to, bytes_to;  ///< numbers of texts and bytes for each rank

    explicit SentTexts(int ranks) : to(to_size(ranks)), bytes_to(to_size(ranks)) {}
    /// Adds a text. Texts must be added in the order of their receivers.
    void add(std::string_view text, int receiver) {
        lengths.push_back(to_count(text.size()));
        bytes.insert(bytes.end(), text.begin(), text.end());
        ++to[to_size(receiver)];
        bytes_to[to_size(receiver)] += to_count(text.size());
    }
};

inline std::vector<std::string> texts_of(const std::vector<std::int64_t>& lengths,
                                         const std::vector<char>& bytes) {
    std::vector<std::string> texts;
    const char* at = bytes.data();
    for (const std::int64_t length : lengths) {
        texts.emplace_back(at, to_size(length));
        at += length;
    }
    return texts;
}

inline Received<std::string> exchanged(const mpi::Group& group, const SentTexts& sent) {
    const auto lengths = sent_by_rank(group, sent.lengths, sent.to);
    const auto bytes = sent_by_rank(group, sent.bytes, sent.bytes_to);
    Received<std::string> result{{}, lengths.from};
    together(group, [&] { result.elements = texts_of(lengths.elements, bytes.elements); });
    return result;
}

/// Returns all ids of one side of earlier ratings, which are dealt out.
template <Id Index>
IdMap<Index> gathered_ids(const mpi::Group& group, const std::vector<std::string>& own,
                          const IdsMarks& marks) {
    SentTexts texts(1);
    together(group, [&] {
        for (const std::string& name : own) texts.add(name, 0);
    });
    const auto lengths = gathered_vector(group, texts.lengths);
    const auto bytes = gathered_vector(group, texts.bytes);
    IdMap<Index> all;
    together(group, [&] {
        for (const std::string& name : texts_of(lengths, bytes)) all.add(name);
        IdMapAccess::mark_as(all, marks);
    });
    return all;
}

/// The ids of one side in the files of all ranks, numbered as one process numbers them.
template <Id Index>
class IdsOfRanks {
public:
    /// `own` holds the ids of this rank's lines, after those that all ranks know (`known`). The ids
    /// of a matrix are the numbers from 1 to `declared`.
    IdsOfRanks(const mpi::Group& group, const IdMap<Index>& own, const IdsMarks& known,
               const std::optional<std::int64_t>& declared)
        : group_(group), own_(own), known_(known.empty() ? 0 : known.back().count), marks_(known) {
        if (declared)
            number_matrix(*declared);
        else
            number();
        mark();
    }

    /// Returns the index, on all ranks, of an id of this rank.
    [[nodiscard]] Index operator[](Index own) const { return Index{indices_[to_size(own.index)]}; }
    [[nodiscard]] std::int64_t count() const { return count_; }
    [[nodiscard]] const IdsMarks& marks() const { return marks_; }

    /// Returns the name of an index, on every rank.
    [[nodiscard]] std::string name(Index index) const {
        if (index.index < known_) return own_.name(index);
        std::vector<char> text;
        const std::int64_t n = index.index - first_;
        if (n >= 0 && n < to_count(names_.size()))
            text.assign(names_[to_size(n)].begin(), names_[to_size(n)].end());
        text = gathered_vector(group_, text);
        return {text.begin(), text.end()};
    }

    /// Returns the names of the rows that this rank holds.
    [[nodiscard]] std::vector<std::string> dealt_names(const Deal& deal) const {
        std::vector<std::string> names;
        SentTexts sent(group_.size());
        together(group_, [&] {
            const std::int32_t end = std::min(deal.end_row(group_.rank()), known_);
            for (std::int32_t row = deal.first_row(group_.rank()); row < end; ++row)
                names.push_back(own_.name({row}));
            for (std::size_t n = 0; n < names_.size(); ++n)
                sent.add(names_[n], deal.owner(first_ + to_count(n)));
        });
        const auto others = exchanged(group_, sent).elements;
        names.insert(names.end(), others.begin(), others.end());
        return names;
    }

private:
    void number_matrix(std::int64_t count) {
        const auto end_of = [&](int rank) { return count * rank / group_.size(); };
        first_ = end_of(group_.rank());
        count_ = count;
        together(group_, [&] {
            for (std::int32_t n = 0; n < own_.size(); ++n) {
                std::int32_t number = 0;
                read_text(own_.name({n}), number);
                indices_.push_back(number - 1);
            }
            for (std::int64_t n = first_; n < end_of(group_.rank() + 1); ++n)
                names_.push_back(to_text(n + 1));
        });
    }

    /// Numbers new ids in the order in which they first appear, rank by rank. The hash of an id
    /// chooses the rank that finds out who has it first.
    void number() {
        SentTexts sent(group_.size());
        std::vector<std::int32_t> order;  // own new ids by receiver
        together(group_, [&] {
            std::vector<std::vector<std::int32_t>> ids_for(to_size(group_.size()));
            for (std::int32_t n = known_; n < own_.size(); ++n)
                ids_for[hash_with(hash_of_no_ids, own_.name({n})) % ids_for.size()].push_back(n);
            for (std::size_t rank = 0; rank < ids_for.size(); ++rank)
                for (const std::int32_t n : ids_for[rank]) {
                    sent.add(own_.name({n}), static_cast<int>(rank));
                    order.push_back(n);
                }
        });
        const Received<std::string> received = exchanged(group_, sent);
        IdMap<Index> met;
        std::vector<std::int32_t> met_as;  // of each text received
        std::vector<char> is_first;
        together(group_, [&] {
            for (const std::string& text : received.elements) {
                is_first.push_back(met.find(text) ? 0 : 1);
                met_as.push_back(met.add(text).index);
            }
        });
        number_first(order, sent_by_rank(group_, is_first, received.from).elements);
        // The rank that has an id first sends its index, and the id's rank passes it on.
        std::vector<std::int32_t> told;
        for (const std::int32_t n : order) told.push_back(indices_[to_size(n)]);
        auto numbers = sent_by_rank(group_, told, sent.to).elements;
        std::vector<std::int32_t> index_of(to_size(met.size()));
        for (std::size_t n = 0; n < numbers.size(); ++n) {
            std::int32_t& index = index_of[to_size(met_as[n])];
            if (is_first[n] != 0) index = numbers[n];
            numbers[n] = index;
        }
        const auto answers = sent_by_rank(group_, numbers, received.from).elements;
        for (std::size_t n = 0; n < order.size(); ++n) indices_[to_size(order[n])] = answers[n];
    }

    /// Numbers the ids order[n] for which is_first[n].
    void number_first(const std::vector<std::int32_t>& order, const std::vector<char>& is_first) {
        constexpr std::int32_t none = -1;
        together(group_, [&] {
            indices_.resize(to_size(own_.size()), none);
            std::iota(indices_.begin(), indices_.begin() + known_, 0);
            for (std::size_t n = 0; n < order.size(); ++n)
                if (is_first[n] != 0) indices_[to_size(order[n])] = order[n];
            for (std::int32_t n = known_; n < own_.size(); ++n)
                if (indices_[to_size(n)] != none) names_.push_back(own_.name({n}));
        });
        const RankSum named = sum_over_ranks(group_, to_count(names_.size()));
        first_ = known_ + named.before;
        count_ = known_ + named.all;
        together(group_, [&] { next_index<Index>(to_size(count_)); });
        auto next = to_int32(first_);
        for (std::int32_t n = known_; n < own_.size(); ++n)
            if (indices_[to_size(n)] != none) indices_[to_size(n)] = next++;
    }

    /// Marks the ids as those of one source, which continues the known ones.
    void mark() {
        IdsMark mark = marks_.empty() ? IdsMark{0, hash_of_no_ids} : marks_.back();
        in_turn(group_, &mark.hash, 1, [&] {
            for (const std::string& name : names_) mark.hash = hash_with(mark.hash, name);
        });
        if (!marks_.empty() && mark.count == count_) return;
        mark.count = to_int32(count_);
        marks_.push_back(mark);
    }

    const mpi::Group& group_;
    const IdMap<Index>& own_;
    const std::int32_t known_;
    std::vector<std::int32_t> indices_;  // of own_
    std::vector<std::string> names_;     // of the indices from first_ on; each rank has some
    std::int64_t first_ = 0, count_ = 0;
    IdsMarks marks_;
};

// ------------------------------------------------------------------------------------------ lines

/// Reads the head of a file, and then a range of the rest.
template <Real Scalar>
class RangeReader : public RatingsReader<Scalar> {
public:
    RangeReader(const ReadableFile& file, const RatingsOptions& options, const IdMap<User>* users,
                const IdMap<Item>* items)
        : RatingsReader<Scalar>(text_of(file.path()), source_of(file, 0, file.size()), options,
                                users, items),
          file_(file) {
        if (users != nullptr)
            known = {IdMapAccess::mark(result_.users), IdMapAccess::mark(result_.items)};
    }

    IdsOrigin known;  ///< marks of the given ids

    /// Returns where the head ends; it is the same on all ranks. One of them keeps its ratings.
    std::uint64_t read_head(bool keeps_ratings) {
        TextBlock block;
        const std::string_view rest = RatingsReader<Scalar>::read_head(block, keeps_ratings);
        if (!keeps_ratings) table_.go_to_line(table_.lines().number());
        if (!table_.has_head()) return file_.size();
        return consumed_ - this->blocks_.unread() - rest.size();
    }

    /// Returns where the first line at or after `at` begins, but at least `least`.
    [[nodiscard]] std::uint64_t line_begin(std::uint64_t at, std::uint64_t least) const {
        if (at <= least) return least;
        std::array<char, 4096> bytes;
        for (--at; at < file_.size(); at += bytes.size()) {
            const auto count = std::min<std::uint64_t>(bytes.size(), file_.size() - at);
            file_.read(at, bytes.data(), to_size(count));
            const std::string_view text(bytes.data(), to_size(count));
            if (const auto end = text.find('\n'); end != text.npos) return at + end + 1;
        }
        return file_.size();
    }

    [[nodiscard]] std::int64_t count_lines(std::uint64_t begin, std::uint64_t end) const {
        std::vector<char> bytes(std::size_t{1} << 20);
        std::int64_t lines = 0;
        for (std::uint64_t at = begin; at < end; at += bytes.size()) {
            const auto count = to_size(std::min<std::uint64_t>(bytes.size(), end - at));
            file_.read(at, bytes.data(), count);
            lines += std::count(bytes.begin(), bytes.begin() + to_count(count), '\n');
        }
        return lines;
    }

    /// Reads the range [begin, end) after the head. `lines_before` lines come between the head and
    /// this range.
    void read_range(std::uint64_t begin, std::uint64_t end, std::int64_t lines_before) {
        if (lines_before > 0) table_.go_to_line(table_.lines().number() + lines_before);
        this->blocks_ = TextBlocks(source_of(file_, begin, end));
        this->read_blocks({}, {});
        this->join_entries();
    }

    using RatingsReader<Scalar>::table_;
    using RatingsReader<Scalar>::result_;
    using RatingsReader<Scalar>::entries_;
    using RatingsReader<Scalar>::line_numbers_;
    using RatingsReader<Scalar>::refuse_emptiness;
    using RatingsReader<Scalar>::declared_sizes;

private:
    ByteSource source_of(const ReadableFile& file, std::uint64_t begin, std::uint64_t end) {
        return [this, &file, begin, end](char* to, std::size_t size) mutable {
            const auto count = to_size(std::min<std::uint64_t>(size, end - begin));
            file.read(begin, to, count);
            begin += count;
            consumed_ += count;
            return count;
        };
    }

    const ReadableFile& file_;
    std::uint64_t consumed_ = 0;
};

/// Reads this rank's range of the file after the head, and checks what all ranks have read. Returns
/// the number of entries of all ranks.
template <Real Scalar>
std::int64_t read_ranges(const mpi::Group& group, const ReadableFile& file, std::uint64_t head,
                         RangeReader<Scalar>& reader) {
    const auto boundary = [&](int rank) {
        const auto size = static_cast<std::uint64_t>(group.size());
        const std::uint64_t rest = file.size() - head;
        return reader.line_begin(head + rest / size * static_cast<std::uint64_t>(rank) +
                                     (rank == group.size() ? rest % size : 0),
                                 head);
    };
    std::uint64_t begin = 0, end = 0;
    std::int64_t lines = 0;
    together(group, [&] {
        begin = boundary(group.rank());
        end = boundary(group.rank() + 1);
        lines = group.size() == 1 ? 0 : reader.count_lines(begin, end);
    });
    const RankSum all_lines = sum_over_ranks(group, lines);
    together(group, [&] { reader.read_range(begin, end, all_lines.before); });
    std::int64_t entries = to_count(reader.entries_.front().entries.size());
    for (std::int64_t* count :
         {&entries, &reader.table_.comment_lines, &reader.table_.missing_lines,
          &reader.table_.entries_read, &reader.result_.unknown_lines})
        *count = sum_over_ranks(group, *count).all;
    together(group, [&] {
        reader.table_.finish();
        if (entries == 0) reader.refuse_emptiness();
    });
    return entries;
}

/// Throws the error of a pair that occurs more than once: that of the earliest repetition.
template <Real Scalar>
[[noreturn]] void refuse_repeats(const mpi::Group& group, const RangeReader<Scalar>& reader,
                                 const std::vector<Entry<Scalar>>& entries, const Deal& deal,
                                 const IdsOfRanks<User>& users, const IdsOfRanks<Item>& items) {
    struct Located {
        Entry<Scalar> entry;
        std::int64_t line;
    };
    std::vector<Located> located;
    together(group, [&] {
        for (std::size_t n = 0; n < entries.size(); ++n)
            located.push_back({entries[n], reader.line_numbers_.of(n)});
    });
    located = sent_to_owners(group, located, [&](const Located& one) {
                  return deal.owner(one.entry.user.index);
              }).elements;
    struct Repeat {
        std::int64_t again, first;
        User user;
        Item item;
    } mine{std::numeric_limits<std::int64_t>::max(), 0, {}, {}};
    together(group, [&] {
        std::vector<Entry<Scalar>> own;
        for (const Located& one : located) own.push_back(one.entry);
        const auto [first, again] = first_repeated_pair(own);
        if (again < own.size())
            mine = {located[again].line, located[first].line, own[again].user, own[again].item};
    });
    const auto all = one_of_each(group, mine);
    const Repeat& repeat = *std::min_element(
        all.begin(), all.end(), [](const auto& a, const auto& b) { return a.again < b.again; });
    const std::string user = users.name(repeat.user), item = items.name(repeat.item);
    throw FormatError(
        repeated_pair_text(reader.table_.lines().name(), repeat.first, repeat.again, user, item));
}

/// Returns the entries of this rank's users, sorted as `DatedEntries` sorts them.
template <Real Scalar>
DatedEntries<Scalar> sorted_by_time(const mpi::Group& group, const DatedEntries<Scalar>& read,
                                    std::int64_t user_count, bool by_value) {
    struct Dated {
        Entry<Scalar> entry;
        double time;
    };
    std::vector<Dated> dated;
    const Deal users = deal_rows<Scalar>(group, user_count, read.entries, user_index);
    together(group, [&] {
        for (std::size_t n = 0; n < read.entries.size(); ++n)
            dated.push_back({read.entries[n], read.times[n]});
    });
    dated = sent_to_owners(group, dated, [&](const Dated& one) {
                return users.owner(one.entry.user.index);
            }).elements;
    DatedEntries<Scalar> sorted;
    together(group, [&] {
        for (const auto& [entry, time] : dated) {
            sorted.entries.push_back(entry);
            sorted.times.push_back(time);
        }
        sorted.sort_by_time(by_value);
    });
    return sorted;
}

/// Returns the times of entries, dealt out like their values.
template <Real Scalar>
mpi::Interactions<double> times_of(const mpi::Group& group, const DatedEntries<Scalar>& dated,
                                   Duplicates policy, const Shard<Scalar>& values) {
    std::vector<Entry<double>> times;
    together(group, [&] {
        for (std::size_t n = 0; n < dated.entries.size(); ++n)
            times.push_back({dated.entries[n].user, dated.entries[n].item, dated.times[n]});
    });
    const Sizes sizes{values.users.rows(), values.items.rows()};
    auto shard = make_shard<double>(group, sizes, times, policy, &values);
    shard.origin = values.origin;
    return DistributedAccess::make<mpi::Interactions<double>>(std::move(shard));
}

/// Makes interactions from what all ranks have read, `entry_count` entries, and names their rows.
template <Real Scalar>
void make_matrices(const mpi::Group& group, RangeReader<Scalar>& reader, std::int64_t entry_count,
                   Duplicates duplicates, mpi::Ratings<Scalar>& result) {
    std::optional<std::int64_t> declared_users, declared_items;
    together(group, [&] {
        const auto declared = reader.declared_sizes(entry_count);
        if (declared) std::tie(declared_users, declared_items) = *declared;
    });
    const IdsOfRanks<User> users(group, reader.result_.users, reader.known.users, declared_users);
    const IdsOfRanks<Item> items(group, reader.result_.items, reader.known.items, declared_items);
    DatedEntries<Scalar> dated = std::move(reader.entries_.front());
    for (auto& [user, item, value] : dated.entries) {
        user = users[user];
        item = items[item];
    }
    const Sizes sizes{users.count(), items.count()};
    const MergePolicy policy(duplicates);
    const bool has_times = reader.table_.has_times();
    // The value to keep comes last, and its time with it.
    const bool by_time = has_times && policy.keeps_one && !policy.refuses;
    if (by_time)
        dated = sorted_by_time(group, dated, sizes.users, policy.values == Duplicates::max);
    auto shard =
        make_shard<Scalar>(group, sizes, dated.entries, by_time ? Duplicates::last : policy.values);
    if (policy.refuses && shard.size < entry_count)
        refuse_repeats(group, reader, dated.entries, shard.users, users, items);
    shard.origin = std::make_shared<const IdsOrigin>(IdsOrigin{users.marks(), items.marks()});
    if (has_times) result.times = times_of(group, dated, policy.times, shard);
    result.user_ids = users.dealt_names(shard.users);
    result.item_ids = items.dealt_names(shard.items);
    result.interactions = DistributedAccess::make<mpi::Interactions<Scalar>>(std::move(shard));
}

template <Real Scalar>
mpi::Ratings<Scalar> read_distributed(const mpi::Group& group, const std::filesystem::path& path,
                                      const IdMap<User>* users, const IdMap<Item>* items,
                                      const RatingsOptions& options) {
    std::optional<ReadableFile> file;
    std::optional<RangeReader<Scalar>> reader;
    std::uint64_t head = 0;
    together(group, [&] {
        validate(options);
        file.emplace("als::read_ratings", path);
        reader.emplace(*file, options, users, items);
        head = reader->read_head(group.rank() == 0);
    });
    const auto last = [](const IdsMarks& marks) {
        return marks.empty() ? IdsMark() : marks.back();
    };
    check_alike(group, std::array{last(reader->known.users), last(reader->known.items)},
                "als::mpi::read_ratings: the given ids differ between ranks");
    const std::int64_t entry_count = read_ranges(group, *file, head, *reader);
    mpi::Ratings<Scalar> result;
    make_matrices(group, *reader, entry_count, options.duplicates, result);
    result.header = std::move(reader->table_.header);
    result.bad_lines = std::move(reader->table_.bad_lines);
    result.notes = std::move(reader->table_.notes);
    result.comment_lines = reader->table_.comment_lines;
    result.missing_lines = reader->table_.missing_lines;
    result.unknown_lines = reader->result_.unknown_lines;
    result.unknown_users = std::move(reader->result_.unknown_users);
    result.unknown_items = std::move(reader->result_.unknown_items);
    return result;
}

}  // namespace detail

namespace mpi {

template <Real Scalar>
Ratings<Scalar> read_ratings(const Group& group, const std::filesystem::path& path,
                             const RatingsOptions& options) {
    return als::detail::read_distributed<Scalar>(group, path, nullptr, nullptr, options);
}

template <Real Scalar>
Ratings<Scalar> read_ratings(const Group& group, const std::filesystem::path& path,
                             const IdMap<User>& users, const IdMap<Item>& items,
                             const RatingsOptions& options) {
    return als::detail::read_distributed<Scalar>(group, path, &users, &items, options);
}

template <Real Scalar>
Ratings<Scalar> read_ratings(const Group& group, const std::filesystem::path& path,
                             const Ratings<Scalar>& earlier, const RatingsOptions& options) {
    using namespace als::detail;
    const SharedOrigin& origin = DistributedAccess::shard(earlier.interactions).origin;
    const auto users =
        gathered_ids<User>(group, earlier.user_ids, origin ? origin->users : IdsMarks());
    const auto items =
        gathered_ids<Item>(group, earlier.item_ids, origin ? origin->items : IdsMarks());
    return read_distributed<Scalar>(group, path, &users, &items, options);
}

}  // namespace mpi
}  // inline namespace
}  // namespace als
