// SPDX-License-Identifier: MIT
// Data and models remember whose ids their indices stand for, and cannot be mixed up.
#include "catch.hpp"
#include "data.hpp"
#include "ratings_text.hpp"
#include <als/als.hpp>

#include <string>
#include <vector>

using als::InputError;
using als::User;
using als_test::read_text;
using als_test::says;

namespace {

const std::string january = "ann,x,5\nbob,y,4\ncid,z,3\nann,y,2\nbob,z,1\ncid,x,4\n";
const std::string same_pairs_in_another_order = "cid,z,3\nbob,y,4\nann,x,5\nbob,z,1\n";

/// An explicit model of the data.
als::Model<float> model_of(const als::Interactions<float>& data) {
    return als::fit(data, als::Explicit{}, {.factors = 2, .iterations = 2});
}

/// Runs `use`, which has to be refused because of the ids.
template <typename Use>
void refuse(const Use& use) {
    REQUIRE_THROWS_MATCHES(use(), InputError,
                           says("number their users by different ids") &&
                               says("als::read_ratings<float>(path, first.users, first.items)"));
}

}  // namespace

TEST_CASE("shared ids: a file that was read on its own is refused beside a model of other ids") {
    const auto first = read_text<float>(january);
    const auto other = read_text<float>(same_pairs_in_another_order).interactions;
    const als::Model<float> model = model_of(first.interactions);
    refuse([&] { return als::rmse(model, other); });
    refuse([&] { return als::mae(model, other); });
    refuse([&] { return als::predict(model, other); });
    refuse([&] { return als::evaluate(model, other); });
    refuse([&] { return als::evaluate(model, first.interactions, {.exclude = &other}); });
    refuse([&] { return als::objective_value(model, other); });
    refuse([&] { return als::fit(other, als::Explicit{}, {.factors = 2}, model); });
    const std::vector<User> users{User{0}};
    refuse([&] { return als::recommend(model, users, {.exclude = &other}); });
    refuse([&] {
        als::recommend_everyone(model, {.exclude = &other}, [](User, auto) {});
        return 0;
    });
    const als_test::Folder folder;
    refuse([&] {
        als::save(model, folder / "model", {.seen = &other});
        return 0;
    });
    refuse([&] {
        const auto times = read_text<double>("cid,x,1\nbob,y,2\nann,x,3\nbob,z,4\n").interactions;
        return als::leave_last_out(als::split(first.interactions).train, times);
    });
    REQUIRE_THROWS_MATCHES(als::fold_in_users(model, other), InputError,
                           says("number their items by different ids"));
    // Baselines are models too.
    refuse([&] { return als::rmse(als::bias_model(first.interactions), other); });
    refuse([&] { return als::evaluate(als::popularity_model(first.interactions), other); });
}

TEST_CASE("shared ids: what is derived from data keeps their ids") {
    const auto first = read_text<float>(january, {.time_column = -1});
    const auto other = read_text<float>(same_pairs_in_another_order).interactions;
    const auto& data = first.interactions;
    const std::vector<als::Interactions<float>> derived{
        als::split(data).train,
        als::split(data).test,
        als::split_each_user(data).train,
        als::leave_out(data).train,
        als::folds(data, 2)[1].test,
        als::tf_idf_weighted(data),
        als::bm25_weighted(data),
        als::hold_out_users(data, {.user_fraction = 0.4, .test_fraction = 0.5}).train};
    for (const auto& each : derived)
        refuse([&] { return als::fit(other, als::Explicit{}, {.factors = 2}, model_of(each)); });
    for (const auto& each : derived) CHECK_NOTHROW(als::predict(model_of(data), each));
}

TEST_CASE("shared ids: a file that was read with the ids of the first goes with it") {
    const auto first = read_text<float>(january);
    const auto second = read_text<float>(same_pairs_in_another_order, first);
    const als::Model<float> model = model_of(first.interactions);
    CHECK(als::rmse(model, second.interactions) < 2);
    CHECK_NOTHROW(als::evaluate(model, second.interactions));

    // More ids after the first ones: a warm start, and another from there.
    const auto more = read_text<float>("dan,x,5\nann,w,1\ncid,z,2\n", first,
                                       {.unknown_ids = als::UnknownIds::add});
    const auto warm =
        als::fit(more.interactions, als::Explicit{}, {.factors = 2, .iterations = 1}, model);
    CHECK(warm.user_count() == 4);
    const auto last = read_text<float>("eve,x,5\n", more, {.unknown_ids = als::UnknownIds::add});
    CHECK_NOTHROW(als::fit(last.interactions, als::Explicit{}, {.factors = 2}, model));
    CHECK_NOTHROW(als::fit(last.interactions, als::Explicit{}, {.factors = 2}, warm));

    // Two files that each add ids do not agree.
    const auto rival = read_text<float>("eve,x,5\n", first, {.unknown_ids = als::UnknownIds::add});
    refuse([&] { return als::fit(rival.interactions, als::Explicit{}, {.factors = 2}, warm); });
    CHECK_NOTHROW(als::fit(rival.interactions, als::Explicit{}, {.factors = 2}, model));
}

TEST_CASE("shared ids: files with the same ids in the same order go together") {
    const als::Model<float> model = model_of(read_text<float>(january).interactions);
    CHECK_NOTHROW(als::rmse(model, read_text<float>(january).interactions));
    // Ids that are cut differently have the same joined text.
    const auto one = read_text<float>("ab,x,1\nc,y,2\n").interactions;
    const auto two = read_text<float>("a,x,1\nbc,y,2\n").interactions;
    refuse([&] { return als::rmse(als::bias_model(one), two); });
}

TEST_CASE("shared ids: data without maps go with any model, as before") {
    const als::Model<float> model = model_of(read_text<float>(january).interactions);
    const std::vector<als::Entry<float>> entries{{User{2}, als::Item{0}, 4}};
    const als::Interactions<float> by_hand(3, 3, entries);
    CHECK_NOTHROW(als::rmse(model, by_hand));
    CHECK_NOTHROW(als::rmse(model_of(by_hand), read_text<float>(january).interactions));
}

TEST_CASE("shared ids: saved models keep them") {
    const auto first = read_text<float>(january);
    const auto more = read_text<float>("dan,x,5\n", first, {.unknown_ids = als::UnknownIds::add});
    const auto other = read_text<float>("cid,x,4\nbob,y,4\nann,x,5\nbob,z,1\n").interactions;
    const als_test::Folder folder;
    als::save(model_of(first.interactions), folder / "first");
    als::save(model_of(more.interactions), folder / "more");
    const auto loaded = als::load<float>(folder / "first");
    refuse([&] { return als::rmse(loaded, other); });
    CHECK_NOTHROW(als::rmse(loaded, first.interactions));
    CHECK_NOTHROW(als::fit(more.interactions, als::Explicit{}, {.factors = 2}, loaded));
    refuse([&] { return als::rmse(als::load_all<float>(folder / "more").model, other); });
    // A second save writes the same bytes.
    als::save(loaded, folder / "again");
    CHECK(als_test::bytes_of(folder / "again") == als_test::bytes_of(folder / "first"));
}
