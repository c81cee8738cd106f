// SPDX-License-Identifier: MIT
// `als::mpi::read_ratings`: each rank reads a range of bytes of the file; ids get the indices that one
// process would give them.
#pragma once

#include <als/detail/base/check.hpp>
#include <als/detail/base/ids_origin.hpp>
#include <als/detail/base/index.hpp>
#include <als/detail/id_map.hpp>
#include <als/detail/io/file.hpp>
#include <als/detail/io/ratings_reader.hpp>
#include <als/detail/mpi/files.hpp>
#include <als/detail/mpi/group.hpp>
#include <als/detail/mpi/shard.hpp>
#include <als/detail/ratings_file.hpp>
#include <als/mpi.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace als {
inline namespace ALS_ABI {
namespace detail {

// ------------------------------------------------------------------------------------------- ids

/// Texts as they travel.
struct SentTexts {
    std::vector<std::int64_t> lengths;
    std::vector<char> bytes;
    std::vector<std::int64_t> to, bytes_to;  ///< texts and bytes for each rank

    explicit SentTexts(int ranks) : to(to_size(ranks)), bytes_to(to_size(ranks)) {}
    /// Texts are added by receiver.
    void add(std::string_view text, int receiver) {
        lengths.push_back(to_count(text.size()));
        bytes.insert(bytes.end(), text.begin(), text.end());
        ++to[to_size(receiver)];
        bytes_to[to_size(receiver)] += to_count(text.size());
    }
};

struct ReceivedTexts {
    std::vector<std::string> texts;
    std::vector<std::int64_t> from;
};

inline ReceivedTexts exchanged(const mpi::Group& group, const SentTexts& sent) {
    const auto lengths = sent_by_rank(group, sent.lengths, sent.to);
    const auto bytes = sent_by_rank(group, sent.bytes, sent.bytes_to);
    ReceivedTexts result;
    together(group, [&] {
        result.from = lengths.from;
        const char* at = bytes.elements.data();
        for (const std::int64_t length : lengths.elements) {
            result.texts.emplace_back(at, to_size(length));
            at += length;
        }
    });
    return result;
}

/// The ids of all ranks, numbered in the order in which they first appear, rank by rank.
struct NumberedIds {
    std::vector<std::int32_t> indices;  ///< of this rank's ids
    std::vector<std::string> names;     ///< of the indices from `first` on, new on this rank
    std::int64_t first = 0;
    std::int64_t count = 0;  ///< on all ranks
    IdsMark mark = {};       ///< of all
};

/// Each id has a rank, by its hash, that knows who has it first.
template <Id Index>
NumberedIds number_ids(const mpi::Group& group, const IdMap<Index>& own) {
    NumberedIds result;
    SentTexts sent(group.size());
    std::vector<std::int32_t> order;  // own ids by receiver
    together(group, [&] {
        std::vector<std::vector<std::int32_t>> ids_for(to_size(group.size()));
        for (std::int32_t n = 0; n < own.size(); ++n)
            ids_for[hash_with(hash_of_no_ids, own.name({n})) % ids_for.size()].push_back(n);
        for (std::size_t rank = 0; rank < ids_for.size(); ++rank)
            for (const std::int32_t n : ids_for[rank]) {
                sent.add(own.name({n}), static_cast<int>(rank));
                order.push_back(n);
            }
        result.indices.resize(order.size());
    });
    const ReceivedTexts received = exchanged(group, sent);
    IdMap<Index> known;
    std::vector<std::int32_t> known_of;  // of each text received
    std::vector<char> is_first;
    together(group, [&] {
        for (const std::string& text : received.texts) {
            const std::int32_t before = known.size();
            known_of.push_back(known.add(text).index);
            is_first.push_back(known.size() > before ? 1 : 0);
        }
    });
    const auto first_here = sent_by_rank(group, is_first, received.from).elements;
    together(group, [&] {
        std::fill(result.indices.begin(), result.indices.end(), -1);
        for (std::size_t n = 0; n < order.size(); ++n)
            if (first_here[n] != 0) result.indices[to_size(order[n])] = 0;
        for (std::int32_t n = 0; n < own.size(); ++n)
            if (result.indices[to_size(n)] == 0) result.names.push_back(own.name({n}));
    });
    const auto counts = one_of_each(group, to_count(result.names.size()));
    result.first = std::accumulate(counts.begin(), counts.begin() + group.rank(), std::int64_t{0});
    result.count = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
    together(group, [&] { next_index<Index>(to_size(result.count)); });
    auto next = to_int32(result.first);
    for (std::int32_t& index : result.indices)
        if (index == 0) index = next++;
    std::vector<std::int32_t> told(order.size());
    for (std::size_t n = 0; n < order.size(); ++n) told[n] = result.indices[to_size(order[n])];
    auto numbers = sent_by_rank(group, told, sent.to).elements;
    std::vector<std::int32_t> index_of(to_size(known.size()));
    for (std::size_t n = 0; n < numbers.size(); ++n)
        if (is_first[n] != 0) index_of[to_size(known_of[n])] = numbers[n];
    for (std::size_t n = 0; n < numbers.size(); ++n) numbers[n] = index_of[to_size(known_of[n])];
    const auto answers = sent_by_rank(group, numbers, received.from).elements;
    for (std::size_t n = 0; n < order.size(); ++n) result.indices[to_size(order[n])] = answers[n];
    result.mark = {to_int32(result.count), hash_of_no_ids};
    in_turn(group, &result.mark.hash, 1, [&] {
        for (const std::string& name : result.names)
            result.mark.hash = hash_with(result.mark.hash, name);
    });
    return result;
}

/// The names of the rows that each rank holds.
inline std::vector<std::string> dealt_names(const mpi::Group& group, const NumberedIds& ids,
                                            const Deal& deal) {
    SentTexts sent(group.size());
    together(group, [&] {
        for (std::size_t n = 0; n < ids.names.size(); ++n)
            sent.add(ids.names[n], deal.owner(ids.first + to_count(n)));
    });
    return exchanged(group, sent).texts;
}

// ------------------------------------------------------------------------------------------ lines

/// Reads the head of a file, and then a range of what is behind it.
template <Real Scalar>
class RangeReader : public RatingsReader<Scalar> {
public:
    RangeReader(const std::string& name, const ReadableFile& file, const RatingsOptions& options)
        : RatingsReader<Scalar>(name, source_of(file, 0, file.size()), options, nullptr, nullptr),
          file_(file) {}

    /// Returns where the head ends; it is the same on all ranks.
    std::uint64_t read_head() {
        TextBlock block;
        const std::string_view rest = RatingsReader<Scalar>::read_head(block);
        if (!this->table_.has_head()) return file_.size();
        return consumed_ - this->blocks_.unread() - rest.size();
    }

    /// Where the first line at or behind `at` begins; not before `least`.
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

    [[nodiscard]] std::int64_t head_lines() const { return this->table_.lines().number(); }

    /// Reads the range [begin, end) behind the head. Only the first rank keeps the head's ratings.
    void read_range(std::uint64_t begin, std::uint64_t end, std::int64_t lines_before,
                    bool keeps_head) {
        if (!keeps_head) {
            this->result_ = {};
            this->entries_.clear();
            this->line_numbers_.clear();
        }
        const auto [comments, missing] = std::pair(table_.comment_lines, table_.missing_lines);
        std::vector<std::string> bad = std::move(table_.bad_lines), notes = std::move(table_.notes);
        this->table_.go_to_line(lines_before);
        if (keeps_head) {
            table_.comment_lines = comments;
            table_.missing_lines = missing;
            table_.bad_lines = std::move(bad);
            table_.notes = std::move(notes);
        }
        this->blocks_ = TextBlocks(source_of(file_, begin, end));
        this->read_blocks({}, {});
    }

    using RatingsReader<Scalar>::table_;
    using RatingsReader<Scalar>::result_;
    using RatingsReader<Scalar>::entries_;
    using RatingsReader<Scalar>::line_numbers_;
    using RatingsReader<Scalar>::refuse_emptiness;
    using RatingsReader<Scalar>::join_entries;

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

/// Throws the error of a pair that occurs more than once: that of the earliest repetition.
template <Real Scalar>
[[noreturn]] void refuse_repeats(const mpi::Group& group, const RangeReader<Scalar>& reader,
                                 const std::vector<Entry<Scalar>>& entries, const Deal& users,
                                 const NumberedIds& user_ids, const NumberedIds& item_ids) {
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
                  return users.owner(one.entry.user.index);
              }).elements;
    struct Repeat {
        std::int64_t again, first;
        std::int32_t user, item;
    } mine{std::numeric_limits<std::int64_t>::max(), 0, 0, 0};
    together(group, [&] {
        std::vector<Entry<Scalar>> own;
        for (const Located& one : located) own.push_back(one.entry);
        const auto [first, again] = first_repeated_pair(own);
        if (again < own.size())
            mine = {located[again].line, located[first].line, own[again].user.index,
                    own[again].item.index};
    });
    const auto all = one_of_each(group, mine);
    const Repeat& repeat = *std::min_element(
        all.begin(), all.end(), [](const auto& a, const auto& b) { return a.again < b.again; });
    const auto name = [&](const NumberedIds& ids, std::int64_t index) {
        std::string text;
        const bool here = index >= ids.first && index - ids.first < to_count(ids.names.size());
        SentTexts sent(group.size());
        for (int rank = 0; here && rank < group.size(); ++rank)
            sent.add(ids.names[to_size(index - ids.first)], rank);
        return exchanged(group, sent).texts.at(0);
    };
    const std::string user = name(user_ids, repeat.user), item = name(item_ids, repeat.item);
    throw FormatError(
        repeated_pair_text(reader.table_.lines().name(), repeat.first, repeat.again, user, item));
}

template <Real Scalar>
mpi::Ratings<Scalar> read_distributed(const mpi::Group& group, const std::filesystem::path& path,
                                      const RatingsOptions& options) {
    std::optional<ReadableFile> file;
    std::optional<RangeReader<Scalar>> reader;
    std::uint64_t head = 0;
    together(group, [&] {
        validate(options);
        if (options.layout == Layout::matrix_market || options.time_column || !options.time.empty())
            throw InputError(
                "als::mpi::read_ratings reads neither times nor Layout::matrix_market; leave them "
                "out");
        file.emplace("als::read_ratings", path);
        reader.emplace(text_of(path), *file, options);
        head = reader->read_head();
    });
    const auto boundary = [&](int rank) {
        const auto size = static_cast<std::uint64_t>(group.size());
        const std::uint64_t rest = file->size() - head;
        return reader->line_begin(head + rest / size * static_cast<std::uint64_t>(rank) +
                                      (rank == group.size() ? rest % size : 0),
                                  head);
    };
    std::uint64_t begin = 0, end = 0;
    std::int64_t lines = 0;
    together(group, [&] {
        begin = boundary(group.rank());
        end = boundary(group.rank() + 1);
        lines = group.size() == 1 ? 0 : reader->count_lines(begin, end);
    });
    const auto all_lines = one_of_each(group, lines);
    together(group, [&] {
        const std::int64_t before =
            std::accumulate(all_lines.begin(), all_lines.begin() + group.rank(), std::int64_t{0});
        reader->read_range(begin, end, reader->head_lines() + before, group.rank() == 0);
        reader->table_.finish();
        reader->join_entries();
    });
    auto& entries = reader->entries_.front().entries;
    std::int64_t counts[] = {to_count(entries.size()), reader->table_.comment_lines,
                             reader->table_.missing_lines};
    MPI_Allreduce(MPI_IN_PLACE, counts, 3, MPI_INT64_T, MPI_SUM, group.communicator());
    reader->table_.comment_lines = counts[1];
    reader->table_.missing_lines = counts[2];
    together(group, [&] {
        if (counts[0] == 0) reader->refuse_emptiness();
    });

    const NumberedIds users = number_ids(group, reader->result_.users);
    const NumberedIds items = number_ids(group, reader->result_.items);
    for (auto& [user, item, value] : entries) {
        user.index = users.indices[to_size(user.index)];
        item.index = items.indices[to_size(item.index)];
    }
    const bool refuses_repeats = options.duplicates == Duplicates::error;
    Shard<Scalar> shard =
        make_shard<Scalar>(group, {users.count, items.count}, entries,
                           refuses_repeats ? Duplicates::last : options.duplicates);
    if (refuses_repeats && shard.size < counts[0])
        refuse_repeats(group, *reader, entries, shard.users, users, items);
    mpi::Ratings<Scalar> result;
    result.user_ids = dealt_names(group, users, shard.users);
    result.item_ids = dealt_names(group, items, shard.items);
    shard.origin = std::make_shared<const IdsOrigin>(IdsOrigin{{users.mark}, {items.mark}});
    result.header = std::move(reader->table_.header);
    result.bad_lines = std::move(reader->table_.bad_lines);
    result.notes = std::move(reader->table_.notes);
    result.comment_lines = counts[1];
    result.missing_lines = counts[2];
    result.interactions = DistributedAccess::make<mpi::Interactions<Scalar>>(std::move(shard));
    return result;
}

/// Adds the ids of one side, of which each rank has its own.
template <Real Scalar>
void add_ids(const mpi::Group& group, ModelWriter<Scalar>& writer, const std::string& side,
             const std::vector<std::string>& names, std::int64_t count, StoredIds& stored) {
    together(group, [&] {
        stored = stored_ids(to_int32(names.size()), [&](std::int32_t n) -> const std::string& {
            return names[to_size(n)];
        });
    });
    const auto named = one_of_each(group, to_count(names.size()));
    const auto sizes = one_of_each(group, to_count(stored.texts.size()));
    const auto numbers = one_of_each(group, stored.numbers.size() == names.size() ? 1 : 0);
    const auto sum = [](const auto& of, int first) {
        return std::accumulate(of.begin(), of.begin() + first, std::int64_t{0});
    };
    together(group, [&] {
        if (sum(named, group.size()) != count)
            throw InputError(message("als::save: there are ", sum(named, group.size()), " ids for ",
                                     count, " ", side, "s"));
    });
    const auto rows = static_cast<std::uint64_t>(count);
    if (sum(numbers, group.size()) == group.size())
        return writer.add(side + "_ids", {rows}, stored.numbers.data(),
                          to_count(stored.numbers.size()));
    for (std::int64_t& end : stored.ends) end += sum(sizes, group.rank());
    writer.add(side + "_ids", {static_cast<std::uint64_t>(sum(sizes, group.size()))},
               stored.texts.data(), to_count(stored.texts.size()));
    writer.add(side + "_id_ends", {rows}, stored.ends.data(), to_count(stored.ends.size()));
}

}  // namespace detail

namespace mpi {

template <Real Scalar>
Ratings<Scalar> read_ratings(const Group& group, const std::filesystem::path& path,
                             const RatingsOptions& options) {
    return als::detail::read_distributed<Scalar>(group, path, options);
}

template <Real Scalar>
void save(const Group& group, const Model<Scalar>& model, const std::filesystem::path& path,
          const Ratings<Scalar>& ids, const Training* training) {
    using namespace als::detail;
    StoredIds users, items;
    auto writer = writer_of(model, training, {});
    add_ids(group, writer, "user", ids.user_ids, model.user_count(), users);
    add_ids(group, writer, "item", ids.item_ids, model.item_count(), items);
    write_file(group, writer, path);
}

}  // namespace mpi
}  // inline namespace
}  // namespace als
