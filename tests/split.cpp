// SPDX-License-Identifier: MIT
// Splits: the parts together are the data, and the seed decides.
#include "catch.hpp"
#include "samples.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <vector>

using namespace als_test;
using als::Item;
using als::User;

namespace {

/// Checks that the parts together are the data: each entry is in one of them, unchanged.
template <typename Scalar>
void check_partition(const als::Interactions<Scalar>& data,
                     const std::vector<const als::Interactions<Scalar>*>& parts) {
    std::vector<als::Entry<Scalar>> all;
    for (const auto* part : parts) {
        CHECK(part->user_count() == data.user_count());
        CHECK(part->item_count() == data.item_count());
        for (const auto& entry : part->entries()) all.push_back(entry);
    }
    // A pair in two parts would be refused.
    CHECK(als::Interactions<Scalar>(data.user_count(), data.item_count(), all) == data);
}

}  // namespace

TEST_CASE("split: two parts that together are the data") {
    const auto data = sample_data<float>(32);
    for (const double fraction : {0.1, 0.25, 0.9}) {
        const auto [train, test] = als::split(data, {.test_fraction = fraction, .seed = 5});
        CHECK(test.size() == std::llround(fraction * static_cast<double>(data.size())));
        CHECK(train.size() + test.size() == data.size());
        CHECK(train.user_count() == data.user_count());
        CHECK(test.item_count() == data.item_count());
        auto all = train.entries();
        for (const auto& entry : test.entries()) all.push_back(entry);  // refused if a pair repeats
        CHECK(als::Interactions<float>(data.user_count(), data.item_count(), all) == data);
    }
}

TEST_CASE("split: the same seed gives the same parts") {
    const auto data = sample_data<float>(33);
    const auto once = als::split(data, {.seed = 5});
    CHECK(once.test == als::split(data, {.seed = 5}).test);
    CHECK_FALSE(once.test == als::split(data, {.seed = 6}).test);
}

TEST_CASE("split: a fraction out of range is refused") {
    for (const double fraction : {0.0, 1.0, -0.5, std::nan("")})
        REQUIRE_THROWS_MATCHES(als::split(sample_data<float>(34), {.test_fraction = fraction}),
                               als::InputError, says("als::split") && says("> 0 and < 1"));
}

TEST_CASE("split: each user's own fraction, whatever the others have") {
    const auto data = sample_data<float>(60);
    const auto parts = als::split_each_user(data, {.test_fraction = 0.3, .seed = 9});
    check_partition(data, {&parts.train, &parts.test});
    for (int u = 0; u < 60; ++u)
        CHECK(parts.test[User{u}].size() ==
              static_cast<std::int64_t>(0.3 * static_cast<double>(data[User{u}].size())));
    CHECK(als::split_each_user(data, {.test_fraction = 0.3, .seed = 9}).test == parts.test);
    CHECK_FALSE(als::split_each_user(data, {.test_fraction = 0.3, .seed = 10}).test == parts.test);
    // Without the last user.
    auto entries = data.entries();
    std::erase_if(entries, [](const auto& entry) { return entry.user == User{59}; });
    const als::Interactions<float> less(60, 45, entries);
    const auto again = als::split_each_user(less, {.test_fraction = 0.3, .seed = 9});
    for (int u = 0; u < 59; ++u)
        CHECK(std::ranges::equal(again.test[User{u}].ids(), parts.test[User{u}].ids()));
}

TEST_CASE("split: leave k out takes k of each user, or none") {
    const auto data =
        random_table(61, {.users = 40, .items = 12, .density = 0.4}).interactions<double>();
    const auto parts = als::leave_out(data, {.count = 2, .least_left = 3, .seed = 4});
    check_partition(data, {&parts.train, &parts.test});
    int kept = 0;
    for (int u = 0; u < 40; ++u) {
        const bool enough = data[User{u}].size() >= 5;
        kept += enough ? 0 : 1;
        CHECK(parts.test[User{u}].size() == (enough ? 2 : 0));
    }
    CHECK(kept > 0);
    CHECK(als::leave_out(data, {.count = 2, .seed = 4}).test ==
          als::leave_out(data, {.count = 2, .seed = 4}).test);
    CHECK_FALSE(als::leave_out(data, {.seed = 4}).test == als::leave_out(data, {.seed = 5}).test);
    REQUIRE_THROWS_MATCHES(als::leave_out(data, {.count = 0}), als::InputError,
                           says("als::LeaveOutOptions::count is 0"));
    REQUIRE_THROWS_MATCHES(als::leave_out(data, {.least_left = -1}), als::InputError,
                           says("als::LeaveOutOptions::least_left is -1"));
}

TEST_CASE("split: the last of each user by time, as the file has it") {
    std::istringstream file(
        "a\tx\t5\t300\n"
        "a\ty\t4\t100\n"
        "a\tz\t3\t200\n"
        "b\tx\t2\t50\n"
        "b\tz\t1\t50\n"
        "c\ty\t1\t7\n");
    const auto data = als::read_ratings<float>(file, "ratings", {.time_column = 3});
    CHECK(data.times.size() == 6);
    CHECK(data.times[User{0}].values()[0] == 300);
    const auto parts = als::leave_last_out(data.interactions, data.times);
    check_partition(data.interactions, {&parts.train, &parts.test});
    const auto only = [&](const char* user) {
        return data.items.name(parts.test[data.users.at(user)].ids()[0]);
    };
    CHECK(only("a") == "x");
    CHECK(only("b") == "z");  // for equal times, the later index
    CHECK(parts.test[data.users.at("c")].empty());
    const als::Interactions<double> other(3, 3,
                                          std::vector<als::Entry<double>>{{User{0}, Item{0}, 1}});
    REQUIRE_THROWS_MATCHES(als::leave_last_out(data.interactions, other), als::InputError,
                           says("als::leave_last_out: user 0 has times for other items"));
    REQUIRE_THROWS_MATCHES(
        als::leave_last_out(data.interactions, als::Interactions<double>(3, 2, {})),
        als::InputError, says("times for 3 users and 2 items"));
}

TEST_CASE("split: users held out are unknown to the training") {
    const auto data =
        random_table(62, {.users = 50, .items = 30, .density = 0.3, .empty_rows = true})
            .interactions<float>();
    const auto parts =
        als::hold_out_users(data, {.user_fraction = 0.2, .test_fraction = 0.25, .seed = 3});
    check_partition(data, {&parts.train, &parts.given, &parts.hidden});
    std::int64_t active = 0;
    for (int u = 0; u < 50; ++u) {
        const User user{u};
        active += data[user].empty() ? 0 : 1;
        const bool held = std::binary_search(parts.users.begin(), parts.users.end(), user);
        CHECK((held ? parts.train : parts.given)[user].empty());
        CHECK(parts.hidden[user].size() == (held ? data[user].size() / 4 : 0));
        if (held) CHECK_FALSE(data[user].empty());
    }
    CHECK(static_cast<std::int64_t>(parts.users.size()) ==
          std::llround(0.2 * static_cast<double>(active)));
    CHECK(als::hold_out_users(data, {.seed = 3}).users ==
          als::hold_out_users(data, {.seed = 3}).users);
    CHECK_FALSE(als::hold_out_users(data, {.seed = 3}).users ==
                als::hold_out_users(data, {.seed = 4}).users);
    REQUIRE_THROWS_MATCHES(als::hold_out_users(data, {.user_fraction = 1}), als::InputError,
                           says("user_fraction is 1"));
}

TEST_CASE("split: folds are disjoint, of one size, and together the data") {
    const auto data = sample_data<float>(63);
    const auto all = als::folds(data, 4, 8);
    REQUIRE(all.size() == 4);
    check_partition(data, {&all[0].test, &all[1].test, &all[2].test, &all[3].test});
    for (const auto& fold : all) {
        check_partition(data, {&fold.train, &fold.test});
        CHECK(std::abs(fold.test.size() - data.size() / 4) <= 1);
    }
    CHECK(als::folds(data, 4, 8)[2].test == all[2].test);
    CHECK_FALSE(als::folds(data, 4, 9)[2].test == all[2].test);
    REQUIRE_THROWS_MATCHES(als::folds(data, 1), als::InputError, says("als::folds: count is 1"));
}

TEST_CASE("split: at one date for all users") {
    const auto data = sample_data<float>(32);
    auto dated = data.entries();
    std::vector<als::Entry<double>> entries;
    for (std::size_t n = 0; n < dated.size(); ++n)
        entries.push_back({dated[n].user, dated[n].item, static_cast<double>((7 * n) % 100)});
    const als::Interactions<double> times(data.user_count(), data.item_count(), entries);
    const auto parts = als::split_at(data, times, 60);
    check_partition(data, {&parts.train, &parts.test});
    for (const auto& [user, item, time] : entries) {
        const auto ids = parts.test[user].ids();
        CHECK(std::binary_search(ids.begin(), ids.end(), item) == (time >= 60));
    }
    for (const double date : {-1.0, 100.0})
        REQUIRE_THROWS_MATCHES(als::split_at(data, times, date), als::InputError,
                               says("one of the parts would be empty"));
    REQUIRE_THROWS_MATCHES(als::split_at(data, times, std::nan("")), als::InputError,
                           says("date is nan"));
    REQUIRE_THROWS_MATCHES(als::split_at(parts.train, times, 60), als::InputError,
                           says("the cells of the data"));
}

TEST_CASE("split: the core has enough entries of each user and item that is left") {
    // Item 2 goes, then user 1, then nothing more.
    const std::vector<als::Entry<float>> entries{{User{0}, Item{0}, 1}, {User{0}, Item{1}, 2},
                                                 {User{1}, Item{0}, 3}, {User{1}, Item{2}, 4},
                                                 {User{2}, Item{0}, 5}, {User{2}, Item{1}, 6}};
    const als::Interactions<float> small(3, 3, entries);
    const auto kept = als::core(small, 2, 2);
    CHECK(kept.size() == 4);
    CHECK(kept[User{1}].empty());
    CHECK(kept.user_count() == 3);
    REQUIRE_THROWS_MATCHES(als::core(small, 3, 3), als::InputError, says("nothing is left of 6"));
    REQUIRE_THROWS_MATCHES(als::core(small, -1, 3), als::InputError, says("least_of_user"));
    CHECK(als::core(small, 0, 0) == small);

    // It is the largest such part: what was left out cannot be added back.
    const auto data = sample_data<double>(33);
    const auto core = als::core(data, 7, 8);
    for (int u = 0; u < data.user_count(); ++u)
        CHECK((core[User{u}].empty() || core[User{u}].size() >= 7));
    for (int i = 0; i < data.item_count(); ++i)
        CHECK((core[Item{i}].empty() || core[Item{i}].size() >= 8));
    CHECK(core.size() > 0);
    CHECK(als::core(core, 7, 8) == core);
}

TEST_CASE("split: parts that would be empty are refused") {
    const std::vector<als::Entry<float>> entries{
        {User{0}, Item{0}, 1}, {User{1}, Item{0}, 1}, {User{1}, Item{1}, 1}};
    const als::Interactions<float> tiny(2, 2, entries);
    REQUIRE_THROWS_MATCHES(als::hold_out_users(tiny, {.user_fraction = 0.1}), als::InputError,
                           says("user_fraction 0.1 of 2 users with entries is none"));
    REQUIRE_THROWS_MATCHES(als::hold_out_users(tiny, {.user_fraction = 0.9}), als::InputError,
                           says("is all of them"));
    REQUIRE_THROWS_MATCHES(als::hold_out_users(tiny, {.user_fraction = 0.5, .test_fraction = 0.1}),
                           als::InputError, says("hides no entry of any user held out"));
    REQUIRE_THROWS_MATCHES(als::folds(tiny, 4), als::InputError,
                           says("count is 4, and there are only 3 entries"));
    CHECK(als::folds(tiny, 3).size() == 3);
}
