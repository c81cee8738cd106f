// SPDX-License-Identifier: MIT
// als::mpi beside als::fit: a program that mpirun runs on several ranks. Every rank makes the same
// data, trains on all of them alone, and compares. It prints what fails, and ends with 1 then.
#include <als/als.hpp>
#include <als/mpi.hpp>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

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
        training.iterations = 2;
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
        std::size_t n = 0;
        const auto all = whole.entries();
        while (n < all.size() && all[n].user.index < shared.first_user()) ++n;
        bool same = shared.size() == whole.size();
        for (const auto& [user, item, value] : shared.entries()) {
            same = same && all[n].user == user && all[n].item == item && all[n].value == value;
            ++n;
        }
        check(same, "merged pairs");
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
        check(values.empty() || values == alone_values, "the values of the objective");
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
    check_throws<als::IoError>([&] { als::mpi::save(group, model, folder / "no" / "folder"); },
                               {"als::save: cannot"});
    check_throws<als::IoError>(
        [&] { static_cast<void>(als::mpi::load<float>(group, folder / "none")); }, {"als::load"});
}

template <typename Scalar>
void files_are_those_of_one_process(const Group& group, const fs::path& folder) {
    const Data<Scalar> data(group, 1400, 1100);
    const auto compare = [&](const auto& objective) {
        const als::Training training{.factors = 6, .iterations = 1, .threads = 1};
        const auto alone = als::fit(data.whole, objective, training);
        const auto model = als::mpi::fit(group, data.shared, objective, training);
        const fs::path mine = folder / ("alone" + std::to_string(group.rank()));
        als::mpi::save(group, model, folder / "shared", &training);
        als::save(alone, mine, {.training = &training});
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
    const auto compare = [&](const auto& objective) {
        als::Training training{.factors = 5, .iterations = 4, .threads = 1};
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
        fs::copy_file(shared, own, fs::copy_options::overwrite_existing);
        training.iterations = 4;  // complete: the bytes are those of one process
        check(same_bits(als::fit_with_checkpoints(data.whole, objective, training, {.path = own}),
                        alone),
              "read by one process");
        MPI_Barrier(group.communicator());
    };
    compare(als::Implicit{});
    compare(als::Explicit{});
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

void reading_is_that_of_one_process(const Group& group, const fs::path& folder) {
    const fs::path file = folder / "ratings";
    const auto write = [&](const std::string& text) {
        MPI_Barrier(group.communicator());
        if (group.rank() == 0) std::ofstream(file, std::ios::binary) << text;
        MPI_Barrier(group.communicator());
    };
    const auto compare = [&](const std::string& what, const als::RatingsOptions& options = {}) {
        const auto whole = als::read_ratings<float>(file, options);
        const auto shared = als::mpi::read_ratings<float>(group, file, options);
        const auto& data = shared.interactions;
        bool same = data.user_count() == whole.interactions.user_count() &&
                    data.item_count() == whole.interactions.item_count() &&
                    data.size() == whole.interactions.size();
        for (const auto& [user, item, value] : data.entries()) {
            const auto row = whole.interactions[user];
            const auto at = std::ranges::lower_bound(row.ids(), item) - row.ids().begin();
            same = same && row.ids()[static_cast<std::size_t>(at)] == item &&
                   row.values()[static_cast<std::size_t>(at)] == value;
        }
        check(same, "entries of " + what);
        check(shared.header == whole.header && shared.comment_lines == whole.comment_lines,
              "header and comments of " + what);
        const als::Training training{.factors = 3, .iterations = 1, .threads = 1};
        const auto model = als::mpi::fit(group, data, als::Implicit{}, training);
        als::mpi::save(group, model, folder / "with_ids", shared);
        const fs::path mine = folder / ("ids" + std::to_string(group.rank()));
        als::save(als::fit(whole.interactions, als::Implicit{}, training), mine,
                  {.users = &whole.users, .items = &whole.items});
        check(bytes_of(mine) == bytes_of(folder / "with_ids"), "ids of " + what);
        MPI_Barrier(group.communicator());
    };
    const auto lines = [](const std::string& before, const std::string& end) {
        std::string text = "user,item,value" + end;
        for (const auto& [user, item, value] : entries_of<float>(1200, 300))
            text += before + std::to_string(bits(user.index, 9) % 100000) + "," +
                    std::to_string(item.index) + before + "," + std::to_string(value) + end;
        return text;
    };
    const als::RatingsOptions last{.duplicates = als::Duplicates::last};
    write(lines("", "\n"));
    compare("numbers", last);
    write(lines("u", "\r\n"));
    compare("CRLF", last);
    std::string text = lines("longer than most ids ", "\n# a comment\n");
    text.resize(text.rfind('\n'));  // no line end at the end
    write(text);
    compare("texts", last);
    write("7,8,1\n9,8,2\n");
    compare("two lines");
    write("7,8,1\n9,8,2\n1,1,1\n5,5,5\n9,8,3\n7,8,1\n");
    check_throws<als::FormatError>(
        [&] { static_cast<void>(als::mpi::read_ratings<float>(group, file)); },
        {":5:1: user \"9\" and item \"8\" occur more than once (lines 2 and 5)"});
    write(lines("", "\n") + "a line without a value\n");
    check_throws<als::FormatError>(
        [&] { static_cast<void>(als::mpi::read_ratings<float>(group, file, last)); },
        {":" + std::to_string(2 + entries_of<float>(1200, 300).size()) + ":"});
    write("7,8,1\n9,8,2\n");
    check_throws<als::FormatError>(
        [&] { static_cast<void>(als::mpi::read_ratings<float>(group, file, {.minimum = 5})); },
        {"there is no rating in the file"});
}

/// The bytes that come to a rank in one iteration, as docs/distributed.md counts them.
void volume_is_that_of_the_formula(const Group& group) {
    const Data<float> data(group, 1400, 1100);
    const auto received_in = [&](int iterations) {
        const std::int64_t before = group.received();
        static_cast<void>(als::mpi::fit(group, data.shared, als::Implicit{},
                                        {.factors = 16, .iterations = iterations, .threads = 1}));
        return group.received() - before;
    };
    const std::int64_t more = received_in(3) - received_in(1);
    std::vector<bool> items(1100), users(1400);
    for (const auto& [user, item, value] : data.shared.entries())
        items[static_cast<std::size_t>(item.index)] = true;
    const auto model = als::mpi::fit(group, data.shared, als::Implicit{}, {.factors = 1});
    for (std::int32_t i = model.first_item(); i < model.end_item(); ++i)
        for (const als::User user : data.whole[als::Item{i}].ids())
            users[static_cast<std::size_t>(user.index)] = true;
    double rows = 0;
    for (std::int32_t i = 0; i < 1100; ++i)
        if (i < model.first_item() || i >= model.end_item())
            rows += items[static_cast<std::size_t>(i)] ? 1 : 0;
    for (std::int32_t u = 0; u < 1400; ++u)
        if (u < model.first_user() || u >= model.end_user())
            rows += users[static_cast<std::size_t>(u)] ? 1 : 0;
    const double expected = 2 * (rows * 16 * 4 + (group.size() > 1 ? 2 * 2 * 8 * 136 : 0));
    check(std::abs(static_cast<double>(more) - expected) <= 0.05 * expected + 2 * 2 * 8 * 136,
          "received " + std::to_string(more) + " bytes, expected " + std::to_string(expected));
}

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
            observer_and_tolerance(group);
            errors_reach_all_ranks(group, folder);
            files_are_those_of_one_process<float>(group, folder);
            checkpoints_serve_any_number_of_ranks(group, folder);
            queries_are_those_of_one_process(group);
            reading_is_that_of_one_process(group, folder);
            volume_is_that_of_the_formula(group);
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
