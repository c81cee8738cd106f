// SPDX-License-Identifier: MIT
// als::mpi beside als::fit: a program that mpirun runs on several ranks. Every rank makes the same
// data, trains on all of them alone, and compares. It prints what fails, and ends with 1 then.
#include <als/als.hpp>
#include <als/mpi.hpp>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#if defined(__GLIBC__)
#if __GLIBC_PREREQ(2, 33)
#define ALS_TEST_COUNTS_MEMORY
#include <malloc.h>
#endif
#endif

namespace {

namespace fs = std::filesystem;
using als::mpi::Group;
int failures = 0;

void check(bool is_so, std::string_view what) {
    if (is_so) return;
    ++failures;
    std::cerr << "FAILED: " << what << std::endl;
}

std::string bytes_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

template <typename Matrix>
bool same_bits(const Matrix& a, const Matrix& b) {
    const auto bytes = static_cast<std::size_t>(a.size()) * sizeof *a.data();
    return a.rows() == b.rows() && a.cols() == b.cols() &&
           (bytes == 0 || std::memcmp(a.data(), b.data(), bytes) == 0);
}
template <typename Scalar>
bool same_bits(const als::Model<Scalar>& a, const als::Model<Scalar>& b) {
    const auto &p = a.parts(), &q = b.parts();
    return same_bits(p.users.factors, q.users.factors) &&
           same_bits(p.items.factors, q.items.factors) &&
           same_bits(p.users.biases, q.users.biases) && same_bits(p.items.biases, q.items.biases) &&
           p.mean == q.mean && p.lowest == q.lowest && p.highest == q.highest &&
           a.objective() == b.objective();
}

std::uint64_t bits(std::int64_t row, std::int64_t column) {
    return als::detail::random_bits(7, als::detail::Stream::tuning, static_cast<std::uint64_t>(row),
                                    static_cast<std::uint64_t>(column));
}

/// Distinct pairs; a tenth of the users has no entry.
template <typename Scalar>
std::vector<als::Entry<Scalar>> entries_of(int users, int items) {
    std::vector<als::Entry<Scalar>> entries;
    for (std::int32_t u = 0; u < users; ++u) {
        if (u % 10 == 4) continue;
        std::int32_t item = static_cast<std::int32_t>(bits(u, 0) % 40);
        for (int n = 0; item < items; ++n) {
            const auto value = static_cast<Scalar>(static_cast<int>(bits(u, 100 + n) % 9) - 2) / 2;
            entries.push_back({als::User{u}, als::Item{item}, value});
            item += 1 + static_cast<std::int32_t>(bits(u, 1 + n) %
                                                  static_cast<std::uint64_t>(1 + items / 6));
        }
    }
    return entries;
}

/// Every size-th entry.
template <typename Scalar>
std::vector<als::Entry<Scalar>> part_of(const std::vector<als::Entry<Scalar>>& all, int rank,
                                        int size) {
    std::vector<als::Entry<Scalar>> part;
    for (std::size_t n = 0; n < all.size(); ++n)
        if (static_cast<int>(n) % size == rank) part.push_back(all[n]);
    return part;
}

template <typename Scalar>
struct Data {
    Data(const Group& group, int users, int items)
        : Data(group, users, items, entries_of<Scalar>(users, items)) {}
    Data(const Group& group, int users, int items, const std::vector<als::Entry<Scalar>>& entries)
        : whole(users, items, entries),
          shared(group, users, items, part_of(entries, group.rank(), group.size())) {}

    als::Interactions<Scalar> whole;
    als::mpi::Interactions<Scalar> shared;
};

/// Runs `work`, which has to throw an Error on all ranks whose message contains all of `parts`.
template <typename Error>
void check_throws(const std::function<void()>& work, const std::vector<std::string>& parts) {
    std::string text = "nothing was thrown";
    try {
        work();
    } catch (const Error& error) {
        text = error.what();
    } catch (const std::exception& error) {
        text = std::string("another type: ") + error.what();
    }
    for (const std::string& part : parts)
        check(text.find(part) != std::string::npos, part + " is not in: " + text);
}

// ----------------------------------------------------------------------------------------- cases

template <typename Scalar>
void fit_gives_the_same_bits(const Group& group) {
    const Data<Scalar> data(group, 1400, 1100);
    check(data.shared.size() == data.whole.size(), "the entries of all ranks");
    const auto compare = [&](const char* name, const auto& objective, als::Training training = {}) {
        training.factors = 6;
        training.iterations = training.acceleration ? 5 : 2;
        training.threads = 1 + group.rank() % 2;
        const auto alone = als::fit(data.whole, objective, training);
        const auto model = als::mpi::fit(group, data.shared, objective, training);
        check(same_bits(als::mpi::gathered(group, model), alone), name);
    };
    compare("implicit", als::Implicit{});
    compare("implicit, one lambda", als::Implicit{.regularization_exponent = 0});
    compare("implicit, total confidence", als::Implicit{.row_weight = als::RowWeight::confidence});
    compare("implicit, not negative", als::Implicit{.non_negative = true});
    compare("implicit, conjugate gradient", als::Implicit{},
            {.solver = als::Solver::conjugate_gradient});
    compare("explicit", als::Explicit{});
    compare("explicit, no biases", als::Explicit{.biases = false});
    compare("explicit, conjugate gradient", als::Explicit{},
            {.solver = als::Solver::conjugate_gradient});
    compare("implicit, accelerated", als::Implicit{}, {.acceleration = true});
    compare("explicit, accelerated", als::Explicit{}, {.acceleration = true});
}

void weights_give_the_same_bits(const Group& group) {
    const Data<float> data(group, 1400, 1100);
    const auto weighted = [&](const auto& weight_of) {
        auto entries = data.whole.entries();
        for (auto& entry : entries) entry.value = weight_of(entry.user.index, entry.item.index);
        return entries;
    };
    const auto entries =
        weighted([](int user, int item) { return static_cast<float>((user + item) % 5) / 2; });
    const Data<float> weights(group, 1400, 1100, entries);
    // Weights that were dealt out otherwise: the first user's pairs were given often.
    auto uneven = part_of(entries, group.rank(), group.size());
    for (int n = 0; n < 12; ++n)
        for (const auto& entry : entries)
            if (entry.user.index == 0) uneven.push_back(entry);
    const als::mpi::Interactions<float> elsewhere(group, 1400, 1100, uneven,
                                                  {als::Duplicates::last});
    als::Training training{.factors = 5, .iterations = 8, .tolerance = 0.02, .threads = 1};
    for (const bool biases : {true, false}) {
        const als::Explicit objective{.biases = biases};
        const auto alone = als::fit(data.whole, weights.whole, objective, training);
        for (const auto* given : {&weights.shared, &elsewhere})
            check(same_bits(als::mpi::gathered(group, als::mpi::fit(group, data.shared, *given,
                                                                    objective, training)),
                            alone),
                  "weights");
    }
    const auto refused = [&](const std::vector<als::Entry<float>>& given, const char* text) {
        const als::mpi::Interactions<float> wrong(group, 1400, 1100,
                                                  part_of(given, group.rank(), group.size()));
        check_throws<als::InputError>(
            [&] {
                static_cast<void>(
                    als::mpi::fit(group, data.shared, wrong, als::Explicit{}, training));
            },
            {text});
    };
    refused(weighted([](int, int) { return 0.0F; }), "all weights are 0");
    const auto last = data.whole.entries().back();
    refused(weighted([&](int user, int item) {
                return user == last.user.index && item == last.item.index ? -1.0F : 1.0F;
            }),
            "the weight of user 1399 and item ");
    auto fewer = entries;
    fewer.pop_back();
    refused(fewer, "or for als::mpi from data.entries()");
}

void more_ranks_than_rows(const Group& group) {
    const Data<float> data(group, 2, 1, {{als::User{0}, als::Item{0}, 3.0F}});
    for (const bool biases : {false, true}) {
        const als::Explicit objective{.biases = biases};
        const auto model = als::mpi::fit(group, data.shared, objective, {.factors = 3});
        check(same_bits(als::mpi::gathered(group, model),
                        als::fit(data.whole, objective, {.factors = 3})),
              "two users and one item");
    }
}

/// A row that is summed in parts, and solved by all threads of its rank.
void one_huge_row(const Group& group) {
    std::vector<als::Entry<float>> entries;
    for (std::int32_t u = 0; u < 9000; ++u) {
        entries.push_back({als::User{u}, als::Item{0}, static_cast<float>(bits(u, 0) % 5)});
        entries.push_back({als::User{u}, als::Item{1 + u % 700}, 1});
    }
    const Data<float> data(group, 9000, 701, entries);
    const als::Training training{.factors = 4, .iterations = 1, .threads = 2};
    const auto model = als::mpi::fit(group, data.shared, als::Implicit{}, training);
    check(same_bits(als::mpi::gathered(group, model),
                    als::fit(data.whole, als::Implicit{}, training)),
          "one huge row");
}

/// Whether a rank has the entries of its users, and no others.
template <typename Scalar>
bool same_entries(const als::mpi::Interactions<Scalar>& shared,
                  const als::Interactions<Scalar>& whole) {
    std::vector<als::Entry<Scalar>> expected = whole.entries();
    std::erase_if(expected, [&](const auto& entry) {
        return entry.user.index < shared.first_user() || entry.user.index >= shared.end_user();
    });
    return shared.user_count() == whole.user_count() && shared.item_count() == whole.item_count() &&
           shared.size() == whole.size() &&
           std::ranges::equal(shared.entries(), expected, [](const auto& a, const auto& b) {
               return a.user == b.user && a.item == b.item && a.value == b.value;
           });
}

void repeated_pairs(const Group& group) {
    auto entries = entries_of<float>(600, 40);
    for (std::size_t n = 0; n < 500; ++n) {
        entries.push_back(entries[2 * n]);
        entries.back().value += 1;
    }
    std::vector<als::Entry<float>> sequence;  // as the ranks give it
    for (int rank = 0; rank < group.size(); ++rank)
        for (const auto& entry : part_of(entries, rank, group.size())) sequence.push_back(entry);
    const auto mine = part_of(entries, group.rank(), group.size());
    for (const auto policy : {als::Duplicates::sum, als::Duplicates::last, als::Duplicates::max}) {
        const als::Interactions<float> whole(600, 40, sequence, {policy});
        const als::mpi::Interactions<float> shared(group, 600, 40, mine, {policy});
        check(same_entries(shared, whole), "merged pairs");
    }
    check_throws<als::InputError>([&] { als::mpi::Interactions<float>(group, 600, 40, mine); },
                                  {"occur 2 times; say what a repeated pair means"});
}

void warm_start(const Group& group) {
    const Data<float> before(group, 1300, 700);
    const Data<float> now(group, 1400, 1100);
    const als::Training training{.factors = 5, .iterations = 2, .threads = 1};
    const auto alone = als::fit(now.whole, als::Implicit{}, training,
                                als::fit(before.whole, als::Implicit{}, training));
    const auto earlier = als::mpi::fit(group, before.shared, als::Implicit{}, training);
    const auto model = als::mpi::fit(group, now.shared, als::Implicit{}, training, earlier);
    check(same_bits(als::mpi::gathered(group, model), alone), "warm start");
}

void observer_and_tolerance(const Group& group) {
    const Data<float> data(group, 1400, 1100);
    const auto compare = [&](const auto& objective) {
        std::vector<double> values, alone_values;
        als::Training training{.factors = 5, .iterations = 9, .threads = 1};
        const auto note = [](std::vector<double>& to) {
            return [&](const als::Progress& progress) {
                to.push_back(progress.objective);
                return progress.iteration == 3 ? als::Next::stop : als::Next::go_on;
            };
        };
        training.observer = note(alone_values);
        const auto alone = als::fit(data.whole, objective, training);
        training.observer = {};
        if (group.rank() == group.size() - 1) training.observer = note(values);
        const auto model = als::mpi::fit(group, data.shared, objective, training);
        check(same_bits(als::mpi::gathered(group, model), alone), "the observer's stop");
        check(values == (group.rank() == group.size() - 1 ? alone_values : std::vector<double>()),
              "the values of the objective");
        training.observer = {};
        training.tolerance = 0.05;
        check(same_bits(
                  als::mpi::gathered(group, als::mpi::fit(group, data.shared, objective, training)),
                  als::fit(data.whole, objective, training)),
              "the tolerance");
    };
    compare(als::Implicit{});
    compare(als::Explicit{});
}

void errors_reach_all_ranks(const Group& group, const fs::path& folder) {
    const int last = group.size() - 1;
    const auto mine = [&](auto value) {
        std::vector<als::Entry<float>> entries;
        if (group.rank() == last) entries = {{als::User{0}, als::Item{0}, value}};
        return entries;
    };
    const std::string from = last == 0 ? "als::" : "rank " + std::to_string(last) + ": als::";
    check_throws<als::InputError>(
        [&] { als::mpi::Interactions<float>(group, 2, 2, mine(std::nanf(""))); },
        {from + "Interactions: entry 0 (user 0, item 0) has the value nan"});
    if (last > 0)
        check_throws<als::InputError>(
            [&] { als::mpi::Interactions<float>(group, 2 + group.rank(), 2, {}); },
            {"differ between ranks"});
    const Data<float> data(group, 1400, 1100);
    check_throws<als::InputError>(
        [&] {
            static_cast<void>(als::mpi::fit(group, data.shared, als::Implicit{}, {.factors = 0}));
        },
        {"als::Training::factors is 0"});
    if (last > 0)
        check_throws<als::InputError>(
            [&] {
                static_cast<void>(als::mpi::fit(group, data.shared, als::Implicit{},
                                                {.factors = 2 + group.rank()}));
            },
            {"differ between ranks"});
    auto entries = entries_of<float>(1400, 1100);
    for (auto& [user, item, value] : entries)
        if (user.index == 1399) value = 3e38F;
    const Data<float> large(group, 1400, 1100, entries);
    check_throws<als::NumericError>(
        [&] {
            static_cast<void>(als::mpi::fit(group, large.shared, als::Implicit{.alpha = 1e300},
                                            {.factors = 5, .threads = 1}));
        },
        {"als::fit: the factors of ", "are not finite"});
    als::StopSource source;
    if (group.rank() == last) source.request_stop();
    check_throws<als::Cancelled>(
        [&] {
            static_cast<void>(als::mpi::fit(group, data.shared, als::Implicit{},
                                            {.factors = 2, .cancel = source.get_token()}));
        },
        {"cancelled"});
    als::Training observed{.factors = 2, .iterations = 2};
    if (group.rank() == last)
        observed.observer = [](const als::Progress&) -> als::Next {
            throw als::FormatError("the observer's");
        };
    check_throws<als::FormatError>(
        [&] { static_cast<void>(als::mpi::fit(group, data.shared, als::Implicit{}, observed)); },
        {"the observer's"});
    const auto model = als::mpi::fit(group, data.shared, als::Implicit{}, {.factors = 2});
    const als::Training* const training = group.rank() == last && last > 0 ? &observed : nullptr;
    if (last > 0)
        check_throws<als::InputError>(
            [&] { als::mpi::save(group, model, folder / "none", {.training = training}); },
            {"als::mpi::save: the options differ between ranks"});
    als::FeatureMatrix<float> features(1400, group.rank() == last ? 3 : 2);
    features.insert(0, 0) = 1;
    const auto map = als::fit_feature_map<als::User>(als::mpi::gathered(group, model), features);
    if (last > 0)
        check_throws<als::InputError>(
            [&] { als::mpi::save(group, model, folder / "none", {.user_features = &map}); },
            {"als::mpi::save: the options differ between ranks"});
    const als::mpi::Interactions<float> other(group, 1400, 1101, {});
    check_throws<als::InputError>(
        [&] { als::mpi::save(group, model, folder / "none", {.seen = &other}); },
        {"als::save: seen", "1101"});
    check_throws<als::IoError>([&] { als::mpi::save(group, model, folder / "no" / "folder"); },
                               {"als::save: cannot"});
    check_throws<als::IoError>(
        [&] { static_cast<void>(als::mpi::load<float>(group, folder / "none")); }, {"als::load"});
}

template <typename Scalar>
void files_are_those_of_one_process(const Group& group, const fs::path& folder) {
    const Data<Scalar> data(group, 1400, 1100);
    auto entries = entries_of<Scalar>(1400, 1100);
    entries.resize(entries.size() / 3);  // they lie elsewhere than the model's users
    const Data<Scalar> seen(group, 1400, 1100, entries);
    const auto compare = [&](const auto& objective) {
        const als::Training training{.factors = 6, .iterations = 1, .threads = 1};
        const auto alone = als::fit(data.whole, objective, training);
        const auto model = als::mpi::fit(group, data.shared, objective, training);
        const fs::path mine = folder / ("alone" + std::to_string(group.rank()));
        als::FeatureMatrix<Scalar> features(1400, 3);
        for (int row = 0; row < 1400; ++row) features.insert(row, row % 3) = 1;
        const auto users =
            als::fit_feature_map<als::User>(alone, features, {.names = {"a", "b", "c"}});
        const auto items = als::fit_feature_map<als::Item>(alone, features);
        als::mpi::save(group, model, folder / "shared",
                       {.seen = &seen.shared,
                        .training = &training,
                        .user_features = &users,
                        .item_features = &items});
        als::save(alone, mine,
                  {.seen = &seen.whole,
                   .training = &training,
                   .user_features = &users,
                   .item_features = &items});
        check(bytes_of(mine) == bytes_of(folder / "shared"), "file with all that can be saved");
        als::mpi::save(group, model, folder / "shared");
        als::save(alone, mine);
        check(bytes_of(mine) == bytes_of(folder / "shared"), "saved file");
        check(same_bits(als::mpi::gathered(group, als::mpi::load<Scalar>(group, folder / "shared")),
                        alone),
              "loaded model");
        MPI_Barrier(group.communicator());
        if (group.rank() == 0) {
            std::string bytes = bytes_of(mine);
            bytes.back() = static_cast<char>(bytes.back() + 1);
            std::ofstream(folder / "shared", std::ios::binary) << bytes;
        }
        MPI_Barrier(group.communicator());
        check_throws<als::FormatError>(
            [&] { static_cast<void>(als::mpi::load<Scalar>(group, folder / "shared")); },
            {"its bytes have changed"});
        MPI_Barrier(group.communicator());
    };
    compare(als::Implicit{});
    compare(als::Explicit{});
}

void checkpoints_serve_any_number_of_ranks(const Group& group, const fs::path& folder) {
    const Data<float> data(group, 1400, 1100);
    const auto compare = [&](const auto& objective, bool acceleration) {
        als::Training training{
            .factors = 5, .iterations = 4, .acceleration = acceleration, .threads = 1};
        const auto alone = als::fit(data.whole, objective, training);
        const fs::path shared = folder / "training";
        training.iterations = 1;
        if (group.rank() == 0) {  // begun by one process
            fs::remove(shared);
            static_cast<void>(
                als::fit_with_checkpoints(data.whole, objective, training, {.path = shared}));
        }
        MPI_Barrier(group.communicator());
        training.iterations = 3;
        const als::Checkpoints checkpoints{.path = shared, .every = 2};
        static_cast<void>(als::mpi::fit(group, data.shared, objective, training, checkpoints));
        training.iterations = 4;
        const auto model = als::mpi::fit(group, data.shared, objective, training, checkpoints);
        check(same_bits(als::mpi::gathered(group, model), alone), "resumed");
        const fs::path own = folder / ("own" + std::to_string(group.rank()));
        fs::remove(own);
        static_cast<void>(
            als::fit_with_checkpoints(data.whole, objective, training, {.path = own}));
        check(bytes_of(own) == bytes_of(shared), "checkpoint of one process");
        fs::copy_file(shared, own, fs::copy_options::overwrite_existing);
        training.iterations = 4;  // complete: the bytes are those of one process
        check(same_bits(als::fit_with_checkpoints(data.whole, objective, training, {.path = own}),
                        alone),
              "read by one process");
        MPI_Barrier(group.communicator());
    };
    compare(als::Implicit{}, false);
    compare(als::Explicit{}, false);
    compare(als::Explicit{}, true);
}

void queries_are_those_of_one_process(const Group& group) {
    const Data<float> data(group, 1400, 1100);
    auto entries = entries_of<float>(1300, 900);
    entries.resize(entries.size() / 3);  // a test set, which lies elsewhere
    for (auto& [user, item, value] : entries) item.index += 100;
    const Data<float> test(group, 1400, 1100, entries);
    const auto compare = [&](const auto& objective) {
        const als::Training training{.factors = 5, .iterations = 1, .threads = 1};
        const auto alone = als::fit(data.whole, objective, training);
        const auto model = als::mpi::fit(group, data.shared, objective, training);
        als::BatchOptions<float> batch{.count = 7};
        std::int32_t next = model.first_user();
        bool same = true;
        std::vector<std::vector<als::Scored<als::Item, float>>> lists;
        batch.exclude = &data.whole;
        als::recommend_everyone(alone, batch, [&](als::User, const auto& list) {
            lists.emplace_back(list.begin(), list.end());
        });
        als::mpi::recommend_everyone(
            group, model, {.count = 7},
            [&](als::User user, const auto& list) {
                same = same && user.index == next++ &&
                       std::ranges::equal(list, lists[static_cast<std::size_t>(user.index)]);
            },
            &data.shared);
        check(same && next == model.end_user(), "lists");
        for (const std::int64_t sampled : {0, 50}) {
            als::EvaluateOptions<float> options{.all_places = true, .sampled_candidates = sampled};
            const auto shared =
                als::mpi::evaluate(group, model, test.shared, options, &data.shared);
            options.exclude = &data.whole;
            const auto whole = als::evaluate(alone, test.whole, options);
            check(shared.users == whole.users && shared.ndcg.values == whole.ndcg.values &&
                      shared.recall.mean == whole.recall.mean &&
                      shared.coverage == whole.coverage &&
                      shared.popularity_bias == whole.popularity_bias &&
                      shared.auc->mean == whole.auc->mean &&
                      shared.expected_percentile_rank == whole.expected_percentile_rank,
                  "evaluation");
        }
    };
    compare(als::Implicit{});
    compare(als::Explicit{});
    check_throws<als::InputError>(
        [&] {
            const als::mpi::Interactions<float> none(group, 1400, 1100, {});
            static_cast<void>(als::mpi::evaluate(
                group, als::mpi::fit(group, data.shared, als::Implicit{}, {.factors = 1}), none));
        },
        {"no user has a relevant item"});
}

/// Whether the ranks together have these ids.
template <typename Index>
bool same_ids(const Group& group, const als::IdMap<Index>& own, const als::IdMap<Index>& whole) {
    std::vector<int> found;
    for (std::int32_t n = 0; n < whole.size(); ++n)
        found.push_back(own.find(whole.name({n})) ? 1 : 0);
    bool same = std::ranges::count(found, 1) == own.size();
    MPI_Allreduce(MPI_IN_PLACE, found.data(), static_cast<int>(found.size()), MPI_INT, MPI_MAX,
                  group.communicator());
    return same && std::ranges::count(found, 1) == whole.size();
}

/// A file of ratings that all ranks read.
struct SharedFile {
    const Group& group;
    fs::path folder, path = folder / "ratings";

    void write(const std::string& text) const {
        MPI_Barrier(group.communicator());
        if (group.rank() == 0) std::ofstream(path, std::ios::binary) << text;
        MPI_Barrier(group.communicator());
    }

    /// Compares what has been read, and a model file with these ids.
    void compare(const std::string& what, const als::Ratings<float>& whole,
                 const als::mpi::Ratings<float>& shared) const {
        check(same_entries(shared.interactions, whole.interactions), "entries of " + what);
        check(same_entries(shared.times, whole.times), "times of " + what);
        check(shared.header == whole.header && shared.comment_lines == whole.comment_lines &&
                  shared.missing_lines == whole.missing_lines &&
                  shared.unknown_lines == whole.unknown_lines,
              "header and counts of " + what);
        check(same_ids(group, shared.unknown_users, whole.unknown_users) &&
                  same_ids(group, shared.unknown_items, whole.unknown_items),
              "unknown ids of " + what);
        const als::Training training{.factors = 3, .iterations = 1, .threads = 1};
        const auto model = als::mpi::fit(group, shared.interactions, als::Implicit{}, training);
        als::mpi::save(group, model, folder / "with_ids",
                       {.ids = &shared, .seen = &shared.interactions});
        const fs::path mine = folder / ("ids" + std::to_string(group.rank()));
        als::save(als::fit(whole.interactions, als::Implicit{}, training), mine,
                  {.users = &whole.users, .items = &whole.items, .seen = &whole.interactions});
        check(bytes_of(mine) == bytes_of(folder / "with_ids"), "file with ids of " + what);
        MPI_Barrier(group.communicator());
    }
    void compare(const std::string& what, const als::RatingsOptions& options = {}) const {
        compare(what, als::read_ratings<float>(path, options),
                als::mpi::read_ratings<float>(group, path, options));
    }

    /// Reading has to throw one error on all ranks, with this text.
    void refused(const std::string& text, const als::RatingsOptions& options = {}) const {
        check_throws<als::FormatError>(
            [&] { static_cast<void>(als::mpi::read_ratings<float>(group, path, options)); },
            {text});
    }
};

std::string lines_of(const std::vector<als::Entry<float>>& entries, const std::string& before,
                     const std::string& end) {
    std::string text = "user,item,value,time" + end;
    for (const auto& [user, item, value] : entries)
        text += before + std::to_string(bits(user.index, 9) % 100000) + "," +
                std::to_string(item.index) + before + "," + std::to_string(value) + "," +
                std::to_string(bits(user.index, item.index) % 50) + end;
    return text;
}

void reading_is_that_of_one_process(const SharedFile& file) {
    const als::RatingsOptions last{.duplicates = als::Duplicates::last};
    const auto entries = entries_of<float>(1200, 300);
    file.write(lines_of(entries, "u", "\r\n"));
    file.compare("CRLF", last);
    std::string text = lines_of(entries, "longer than most ids ", "\n# a comment\n");
    text.resize(text.rfind('\n'));  // no line end at the end
    file.write(text);
    file.compare("texts", last);
    file.write("7,8,1\n9,8,2\n");
    file.compare("two lines");
    file.refused("there is no rating in the file", {.minimum = 5});
    file.write("\n\n# nothing\n");
    file.refused("(1 comment lines were left out");
    file.write("7,8,1\n9,8,2\n1,1,1\n5,5,5\n9,8,3\n7,8,1\n");
    file.refused(":5:1: user \"9\" and item \"8\" occur more than once (lines 2 and 5)");
    file.write(lines_of(entries, "", "\n") + "a line without a value\n");
    file.refused(":" + std::to_string(2 + entries.size()) + ":", last);
    file.compare("all but a bad line",
                 {.duplicates = als::Duplicates::last, .bad_lines = als::BadLines::skip});
}

void times_are_those_of_one_process(const SharedFile& file) {
    auto entries = entries_of<float>(1200, 300);
    for (std::size_t n = 0; n < 4000; n += 3) {  // again with other values and times
        entries.push_back(entries[n]);
        entries.back().value = static_cast<float>(n % 7);
        entries.push_back(entries[n]);
    }
    std::string text = "user,item,value,time\n";
    for (std::size_t n = 0; n < entries.size(); ++n)
        text += std::to_string(entries[n].user.index) + "," +
                std::to_string(entries[n].item.index) + "," + std::to_string(entries[n].value) +
                "," + std::to_string(bits(static_cast<std::int64_t>(n), 3) % 50) + "\n";
    file.write(text);
    for (const auto policy : {als::Duplicates::last, als::Duplicates::max, als::Duplicates::sum})
        file.compare("repeated pairs with times", {.time_column = 3, .duplicates = policy});
    file.refused("occur more than once", {.time_column = 3});
    file.write("a,b,1,2024-05-31\nc,b,2,2024-06-01\n");
    file.compare("dates", {.time_column = 3});
}

void known_ids_are_those_of_one_process(const SharedFile& file) {
    const auto entries = entries_of<float>(1300, 300);
    file.write(lines_of({entries.begin(), entries.begin() + 9000}, "", "\n"));
    const als::RatingsOptions last{.duplicates = als::Duplicates::last};
    const auto whole = als::read_ratings<float>(file.path, last);
    const auto shared = als::mpi::read_ratings<float>(file.group, file.path, last);
    file.write(lines_of({entries.begin() + 6000, entries.end()}, "", "\n"));
    for (const auto policy : {als::UnknownIds::add, als::UnknownIds::skip}) {
        als::RatingsOptions options = last;
        options.unknown_ids = policy;
        const auto next = als::read_ratings<float>(file.path, whole.users, whole.items, options);
        file.compare("a later file", next,
                     als::mpi::read_ratings(file.group, file.path, shared, options));
        file.compare("a later file, by maps", next,
                     als::mpi::read_ratings<float>(file.group, file.path, whole.users, whole.items,
                                                   options));
    }
    check_throws<als::FormatError>(
        [&] { static_cast<void>(als::mpi::read_ratings(file.group, file.path, shared, last)); },
        {"is not among the ", " given ids"});
    als::IdMap<als::User> users = whole.users;
    if (file.group.rank() > 0) static_cast<void>(users.add("a new one"));
    if (file.group.size() > 1)
        check_throws<als::InputError>(
            [&] {
                static_cast<void>(
                    als::mpi::read_ratings<float>(file.group, file.path, users, whole.items, last));
            },
            {"the given ids differ between ranks"});
}

void matrices_are_those_of_one_process(const SharedFile& file) {
    const auto entries = entries_of<float>(700, 300);
    const auto write = [&](std::size_t declared, const std::string& sizes) {
        std::string text = "%%MatrixMarket matrix coordinate real general\n% a comment\n" + sizes +
                           " " + std::to_string(declared) + "\n";
        for (const auto& [user, item, value] : entries)
            text += std::to_string(item.index + 1) + " " + std::to_string(user.index + 1) + " " +
                    std::to_string(value) + "\n";
        file.write(text);
    };
    const als::RatingsOptions options{
        .user_column = 1, .item_column = 0, .layout = als::Layout::matrix_market};
    write(entries.size(), "310 720");
    file.compare("a matrix", options);
    file.refused("the file is a matrix of MatrixMarket; read it with .layout");
    write(entries.size() + 1, "310 720");
    file.refused("entries, and its head says", options);
    write(entries.size(), "310 2000000");
    file.refused("at most ", options);
}

/// The formulas of docs/distributed.md: what a rank has of data and of a model.
struct RankSizes {
    double entries = 0;  // of its users and of its items
    double own_users = 0, own_items = 0;
    double slots = 0, foreign_slots = 0, sent = 0;

    RankSizes(const Group& group, const Data<float>& data) {
        const auto model = als::mpi::fit(group, data.shared, als::Implicit{}, {.factors = 1});
        own_users = model.end_user() - model.first_user();
        own_items = model.end_item() - model.first_item();
        std::vector<int> items(1100), users(1400);
        for (const auto& [user, item, value] : data.shared.entries())
            items[static_cast<std::size_t>(item.index)] = 1;
        entries = static_cast<double>(data.shared.entries().size());
        for (std::int32_t i = model.first_item(); i < model.end_item(); ++i) {
            entries += static_cast<double>(data.whole[als::Item{i}].size());
            for (const als::User user : data.whole[als::Item{i}].ids())
                users[static_cast<std::size_t>(user.index)] = 1;
        }
        count(group, users, model.first_user(), model.end_user());
        count(group, items, model.first_item(), model.end_item());
    }

private:
    void count(const Group& group, std::vector<int> touched, std::int32_t first, std::int32_t end) {
        const auto sum = [](auto from, auto to) { return std::accumulate(from, to, 0); };
        const auto own_sum = [&] { return sum(touched.begin() + first, touched.begin() + end); };
        slots += sum(touched.begin(), touched.end());
        foreign_slots += sum(touched.begin(), touched.end()) - own_sum();
        MPI_Allreduce(MPI_IN_PLACE, touched.data(), static_cast<int>(touched.size()), MPI_INT,
                      MPI_SUM, group.communicator());
        sent += own_sum();
    }
};

/// The bytes that come to a rank in one iteration.
void volume_is_that_of_the_formula(const Group& group) {
    const Data<float> data(group, 1400, 1100);
    const auto received_in = [&](int iterations) {
        const std::int64_t before = group.received();
        static_cast<void>(als::mpi::fit(group, data.shared, als::Implicit{},
                                        {.factors = 16, .iterations = iterations, .threads = 1}));
        return group.received() - before;
    };
    const std::int64_t more = received_in(3) - received_in(1);
    const RankSizes sizes(group, data);
    // A Gram matrix comes from the rank before, and from the last one.
    const int messages = (group.rank() > 0 ? 1 : 0) + (group.rank() < group.size() - 1 ? 1 : 0);
    const double expected = 2 * (sizes.foreign_slots * 16 * 4 + 2.0 * messages * 8 * 136);
    check(static_cast<double>(more) == expected,
          "received " + std::to_string(more) + " bytes, expected " + std::to_string(expected));
}

#ifdef ALS_TEST_COUNTS_MEMORY
/// The bytes that a rank holds during a training, and for its interactions.
void memory_is_that_of_the_formula(const Group& group) {
    const auto held = [] {
        const auto info = mallinfo2();
        return static_cast<double>(info.uordblks + info.hblkhd);
    };
    if (held() == 0) return;  // a sanitizer has the memory
    const Data<float> data(group, 1400, 1100);
    const RankSizes sizes(group, data);
    constexpr int k = 64;
    double before = 0, in_training = 0;
    als::Training training{.factors = k, .iterations = 2, .threads = 1};
    training.observer = [&](const als::Progress&) {
        in_training = held() - before;
        return als::Next::go_on;
    };
    const auto train = [&] {
        static_cast<void>(als::mpi::fit(group, data.shared, als::Implicit{}, training));
    };
    train();  // MPI has what it needs now
    before = held();
    train();
    const double rows = sizes.own_users + sizes.own_items;
    const double expected = (4 * k + 4) * rows + 4 * k * sizes.slots +
                            4 * k * std::max(sizes.own_users, sizes.own_items) + 4 * k * sizes.sent;
    check(std::abs(in_training - expected) <= 0.05 * expected + 50e3,
          "a training holds " + std::to_string(in_training) + " bytes, expected " +
              std::to_string(expected));
    before = held();
    const als::mpi::Interactions<float> again(group, 1400, 1100, data.shared.entries());
    const double of_data = held() - before;
    const double expected_data = 8 * sizes.entries + 8 * rows + 4 * sizes.slots + 4 * sizes.sent;
    check(std::abs(of_data - expected_data) <= 0.05 * expected_data + 10e3,
          "interactions hold " + std::to_string(of_data) + " bytes, expected " +
              std::to_string(expected_data));
}
#endif

/// Trains with checkpoints. The last rank is killed in the fourth iteration, or else the file of
/// such a training is resumed from.
void survive(const Group& group, const fs::path& file, bool killed) {
    const Data<float> data(group, 1400, 1100);
    check(killed || fs::exists(file), "there is a checkpoint");
    als::Training training{.factors = 5, .iterations = 6, .threads = 1};
    const auto alone = als::fit(data.whole, als::Implicit{}, training);
    if (killed && group.rank() == group.size() - 1)
        training.observer = [](const als::Progress& progress) {
            if (progress.iteration == 4) std::raise(SIGKILL);
            return als::Next::go_on;
        };
    const auto model = als::mpi::fit(group, data.shared, als::Implicit{}, training, {.path = file});
    check(same_bits(als::mpi::gathered(group, model), alone), "resumed after a fault");
}

}  // namespace

int main(int argc, char** argv) {
    const als::mpi::Session session(argc, argv);
    try {
        const Group group;
        const std::string fault = argc > 2 ? argv[2] : "";
        const fs::path folder = argc > 1 ? argv[1] : ".";
        if (group.rank() == 0) {
            if (fault != "resumed") fs::remove_all(folder);
            fs::create_directories(folder);
        }
        MPI_Barrier(group.communicator());
        if (!fault.empty()) {
            survive(group, folder / "training", fault == "killed");
        } else {
            fit_gives_the_same_bits<float>(group);
            // Many ranks on few processors wait for each other: double runs on fewer.
            if (group.size() < 4) {
                fit_gives_the_same_bits<double>(group);
                files_are_those_of_one_process<double>(group, folder);
            }
            more_ranks_than_rows(group);
            one_huge_row(group);
            repeated_pairs(group);
            warm_start(group);
            weights_give_the_same_bits(group);
            observer_and_tolerance(group);
            errors_reach_all_ranks(group, folder);
            files_are_those_of_one_process<float>(group, folder);
            checkpoints_serve_any_number_of_ranks(group, folder);
            queries_are_those_of_one_process(group);
            const SharedFile file{group, folder};
            reading_is_that_of_one_process(file);
            times_are_those_of_one_process(file);
            known_ids_are_those_of_one_process(file);
            matrices_are_those_of_one_process(file);
            volume_is_that_of_the_formula(group);
#ifdef ALS_TEST_COUNTS_MEMORY
            memory_is_that_of_the_formula(group);
#endif
        }
        MPI_Allreduce(MPI_IN_PLACE, &failures, 1, MPI_INT, MPI_SUM, group.communicator());
        if (group.rank() == 0)
            std::cout << (failures == 0 ? "all is well on " : "failures on ") << group.size()
                      << " ranks\n";
    } catch (const std::exception& error) {
        std::cerr << "an exception: " << error.what() << std::endl;
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    return failures == 0 ? 0 : 1;
}
