// SPDX-License-Identifier: MIT
// The page that shows a model: its figures, its warnings, and the page itself in a browser.
#include "report.hpp"

#include "../examples/support/planted_world.hpp"
#include "catch.hpp"
#include "data.hpp"
#include "dense.hpp"
#include "json.hpp"
#include "json_reader.hpp"
#include "projection.hpp"
#include "samples.hpp"
#include "texts.hpp"
#include <als/baselines.hpp>
#include <als/evaluate.hpp>
#include <als/explain.hpp>
#include <als/predict.hpp>
#include <als/recommend.hpp>
#include <als/similar.hpp>
#include <als/split.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace als_test;
using als::Item;
using als::User;

namespace {

using Interactions = als::Interactions<float>;
using Model = als::Model<float>;

const support::PlantedWorld& world() {
    static const support::PlantedWorld made(
        {.users = 300, .items = 120, .genres = 4, .ratings_per_user = 40, .activity_spread = 0.3});
    return made;
}

const als::Training training{.factors = 6, .iterations = 30, .threads = 1};

/// A model for which no warning is due, and its figures.
struct Healthy {
    Interactions data = world().plays();
    Model model = als::fit(data, als::Implicit{}, training);
    als_report::Options options{.data = &data, .training = training, .threads = 1};
};

const Healthy& healthy() {
    static const Healthy made;
    return made;
}

Json figures_of(const Model& model, const als_report::Options& options) {
    return Json::read(als_report::figures(model, options));
}

std::vector<std::string> warnings_of(const Model& model, const als_report::Options& options) {
    std::vector<std::string> ids;
    const Json figures = figures_of(model, options);
    for (const Json& warning : figures["warnings"].elements()) {
        CHECK_FALSE(warning["what"].text().empty());
        CHECK_FALSE(warning["remedy"].text().empty());
        ids.push_back(warning["id"].text());
    }
    return ids;
}

using Ids = std::vector<std::string>;

/// The entries of which keep(entry) says that they stay.
template <typename Keep>
Interactions filtered(const Interactions& data, const Keep& keep) {
    std::vector<als::Entry<float>> some;
    for (const auto& entry : data.entries())
        if (keep(entry)) some.push_back(entry);
    return {data.user_count(), data.item_count(), some};
}

void check_metric(const Json& shown, const als::Metric& metric) {
    CHECK(shown[0].number() == metric.mean);
    CHECK(shown[1].number() == metric.low);
    CHECK(shown[2].number() == metric.high);
}

void check_row(const Json& row, const als::Evaluation& found) {
    check_metric(row["ndcg"], found.ndcg);
    check_metric(row["recall"], found.recall);
    check_metric(row["hit_rate"], found.hit_rate);
    CHECK(row["coverage"].number() == found.coverage);
    CHECK(row["popularity_bias"].number() == found.popularity_bias);
}

}  // namespace

TEST_CASE("report: large counts have commas") {
    CHECK(als_report::grouped(0) == "0");
    CHECK(als_report::grouped(999) == "999");
    CHECK(als_report::grouped(1000) == "1,000");
    CHECK(als_report::grouped(38895) == "38,895");
    CHECK(als_report::grouped(1234567) == "1,234,567");
}

TEST_CASE("report: texts are JSON that cannot end a script, and other bytes are Latin-1") {
    using als_report::json::text;
    CHECK(text("</script>\"\\\n") == R"("\u003c/script>\"\\\u000a")");
    CHECK(text("Z\xC3\xBCrich \xE2\x82\xAC \xF0\x9F\x98\x80") ==
          "\"Z\xC3\xBCrich \xE2\x82\xAC \xF0\x9F\x98\x80\"");
    CHECK(text("Mis\xE9rables") == R"("Mis\u00e9rables")");
    CHECK(text("\xC0\x80 \xED\xA0\x80 \xF4\x90\x80\x80 \xE2\x82") ==
          R"("\u00c0\u0080 \u00ed\u00a0\u0080 \u00f4\u0090\u0080\u0080 \u00e2\u0082")");
    CHECK(text(std::string_view("\0", 1)) == R"("\u0000")");
}

TEST_CASE("report: numbers read back as they were, and what is not finite is null") {
    using als_report::json::number;
    CHECK(std::stod(number(0.1 + 0.2)) == 0.1 + 0.2);
    CHECK(number(std::int64_t{-7}) == "-7");
    CHECK(number(std::numeric_limits<double>::infinity()) == "null");
    CHECK(number(std::nan("")) == "null");
}

TEST_CASE("report: base64 is that of RFC 4648") {
    const auto encoded = [](std::string_view text) {
        return als_report::json::base64(std::vector<std::uint8_t>(text.begin(), text.end()));
    };
    CHECK(encoded("") == R"("")");
    CHECK(encoded("f") == R"("Zg==")");
    CHECK(encoded("fo") == R"("Zm8=")");
    CHECK(encoded("foobar") == R"("Zm9vYmFy")");
    CHECK(encoded("\xFB\xFF\xFE") == R"("+//+")");
}

TEST_CASE("report: without a test set a second model is trained and judged, beside baselines") {
    const auto& [data, model, options] = healthy();
    const Json figures = figures_of(model, options);
    const auto parts = als::split_each_user(data, {.test_fraction = 0.2});
    const Model again = als::fit(parts.train, std::get<als::Implicit>(model.objective()), training);
    const als::EvaluateOptions<float> how{.exclude = &parts.train};
    const Json& quality = figures["quality"];
    const auto own = als::evaluate(again, parts.test, how);
    const auto popular = als::evaluate(als::popularity_model(parts.train), parts.test, how);
    REQUIRE(quality["rows"].elements().size() == 2);
    check_row(quality["rows"][0], own);
    check_row(quality["rows"][1], popular);
    // The interval of the mean of the differences, user by user.
    const double mean = own.ndcg.mean - popular.ndcg.mean;
    const auto n = static_cast<double>(own.users.size());
    double squares = 0;
    for (std::size_t user = 0; user < own.users.size(); ++user)
        squares += std::pow(own.ndcg.values[user] - popular.ndcg.values[user] - mean, 2);
    const double margin = 1.96 * std::sqrt(squares / (n - 1) / n);
    CHECK_THAT(quality["gain"][0].number(), WithinAbs(mean, 1e-12));
    CHECK_THAT(quality["gain"][1].number(), WithinAbs(mean - margin, 1e-12));
    CHECK_THAT(quality["gain"][2].number(), WithinAbs(mean + margin, 1e-12));
    CHECK(quality["users"].number() == n);
    CHECK_THAT(quality["note"].text(), contains("A second model"));
}

TEST_CASE("report: with a test set the model itself is judged, ratings also by their error") {
    const auto [train, test] = als::split(world().ratings(), {.test_fraction = 0.2});
    const als::Explicit objective{.regularization = 0.05};
    const Model model = als::fit(train, objective, training);
    const Json figures = figures_of(model, {.data = &train, .test = &test, .k = 5, .threads = 1});
    double sum = 0;
    for (const auto& entry : test.entries()) sum += static_cast<double>(entry.value);
    const als::EvaluateOptions<float> how{
        .k = 5, .exclude = &train, .relevance_threshold = sum / static_cast<double>(test.size())};
    const Model biases = als::bias_model(train, objective);
    const Json& rows = figures["quality"]["rows"];
    REQUIRE(rows.elements().size() == 3);
    check_row(rows[0], als::evaluate(model, test, how));
    CHECK(rows[0]["rmse"].number() == als::rmse(model, test, {.clip = true}));
    CHECK(rows[1]["rmse"].is_null());
    check_row(rows[2], als::evaluate(biases, test, how));
    CHECK(rows[2]["rmse"].number() == als::rmse(biases, test, {.clip = true}));
}

TEST_CASE("report: lists, reasons and neighbours are those of the library") {
    const auto& [data, model, options] = healthy();
    const Json figures = figures_of(model, options);
    const Json& names = figures["map"]["names"];
    const auto index_of = [&](const Json& place) {
        const std::string& name = names[static_cast<std::size_t>(place.number())].text();
        return Item{std::stoi(name.substr(5))};
    };
    REQUIRE(figures["people"].elements().size() == 12);
    for (const Json& person : figures["people"].elements()) {
        const User user{std::stoi(person["name"].text().substr(5))};
        const auto list = als::recommend(model, user, {.exclude = data[user]});
        REQUIRE(person["list"].elements().size() == list.size());
        for (std::size_t n = 0; n < list.size(); ++n) {
            const Json& shown = person["list"][n];
            CHECK(index_of(shown["item"]) == list[n].id);
            CHECK(shown["score"].number() == static_cast<double>(list[n].score));
            const auto why = als::explain(model, data[user], list[n].id);
            CHECK(shown["why"]["score"].number() == why.score);
            CHECK(index_of(shown["why"]["first"][0][0]) == why.contributions[0].id);
        }
    }
    for (const std::size_t place : {0U, 1U, 50U}) {
        const Item item = index_of(Json::read(std::to_string(place)));
        const auto near = als::similar_items(model, item);
        const Json& shown = figures["neighbours"][place];
        REQUIRE(shown.elements().size() == 2 * near.size());
        for (std::size_t n = 0; n < near.size(); ++n) {
            CHECK(index_of(shown[2 * n]) == near[n].id);
            CHECK_THAT(shown[2 * n + 1].number(), WithinAbs(1000 * near[n].score, 0.51));
        }
    }
}

TEST_CASE("report: activity, shares and scores count everything once") {
    const auto& [data, model, options] = healthy();
    const Json figures = figures_of(model, options);
    const auto sum = [](const Json& numbers) {
        double all = 0;
        for (const Json& number : numbers.elements()) all += number.number();
        return all;
    };
    CHECK(sum(figures["activity"]["users"]) == 300);
    CHECK(sum(figures["activity"]["items"]) == 120);
    double entries = 0, places = 0;
    for (const Json& share : figures["lists"]["shares"].elements()) {
        entries += share[1].number();
        places += share[2].number();
    }
    CHECK_THAT(entries, WithinAbs(1, 1e-12));
    CHECK_THAT(places, WithinAbs(1, 1e-12));
    CHECK(sum(figures["scores"]["any"]) >= 0.99 * 20'000);
    CHECK(figures["sizes"]["users"].number() == 300);
    CHECK(figures["sizes"]["entries"].number() == static_cast<double>(data.size()));
}

TEST_CASE("report: the objective is the one noted, or that of three further iterations") {
    const auto& [data, model, options] = healthy();
    auto noted = options;
    noted.objectives = {9, 8, 7.9};
    const Json shown = figures_of(model, noted)["convergence"];
    CHECK_FALSE(shown["continued"].truth());
    CHECK(shown["objective"].elements().size() == 3);
    CHECK_THAT(shown["change"].number(), WithinAbs(0.1 / 7.9, 1e-12));

    const Json continued = figures_of(model, options)["convergence"];
    CHECK(continued["continued"].truth());
    REQUIRE(continued["objective"].elements().size() == 4);
    CHECK(continued["objective"][0].number() == als::objective_value(model, data));
    CHECK(continued["objective"][3].number() <= continued["objective"][0].number());
}

TEST_CASE("report: the axes are the principal components of the items' directions") {
    const als::FactorMatrix<float> factors = healthy().model.item_factors();
    std::vector<Item> items;
    for (std::int32_t i = 0; i < 120; ++i) items.push_back({i});
    const als_report::Projection projection(factors, items, 2);

    Eigen::MatrixXd rows = factors.cast<double>().rowwise().normalized();
    rows.rowwise() -= rows.colwise().mean().eval();
    const double variance = rows.squaredNorm() / 120;
    const auto bytes = projection.points(factors, items);
    REQUIRE(bytes.size() == 480);
    Eigen::MatrixXd points(120, 2);
    for (Eigen::Index n = 0; n < 240; ++n) {
        const auto at = static_cast<std::size_t>(2 * n);
        points(n / 2, n % 2) = (bytes[at] + 256 * bytes[at + 1]) / 65535.0 * 4 - 2;
    }
    // The variance along each axis is its share of all, and the axes do not correlate.
    const auto shares = projection.shares();
    CHECK(shares[0] >= shares[1]);
    for (Eigen::Index axis : {0, 1})
        CHECK_THAT(points.col(axis).squaredNorm() / 120 / variance,
                   WithinAbs(shares[static_cast<std::size_t>(axis)], 1e-4));
    CHECK_THAT(points.col(0).dot(points.col(1)) / 120, WithinAbs(0, 1e-4));
    const Decomposition reference = eigen_decomposition(rows.transpose() * rows / 120);
    CHECK_THAT(shares[0], WithinAbs(reference.values(5) / variance, 1e-6));
    CHECK_THAT(shares[1], WithinAbs(reference.values(4) / variance, 1e-6));
}

TEST_CASE("report: a healthy model has no warnings") {
    CHECK(warnings_of(healthy().model, healthy().options) == Ids{});
}

TEST_CASE("report: users and items without history are warned of") {
    const auto few = filtered(healthy().data, [](const auto& entry) {
        return entry.user.index >= 3 && entry.item.index != 7;
    });
    const Model model = als::fit(few, als::Implicit{}, training);
    CHECK(warnings_of(model, {.data = &few, .training = training, .threads = 1}) ==
          Ids{"users_without_history", "items_without_history"});
}

TEST_CASE("report: a user with many of the entries, and short histories, are warned of") {
    const auto one = filtered(healthy().data, [](const auto& entry) {
        return entry.user.index == 0 || entry.item.index % 40 == entry.user.index % 40;
    });
    const auto ids =
        warnings_of(als::fit(one, als::Implicit{}, training), {.data = &one, .threads = 1});
    CHECK(std::count(ids.begin(), ids.end(), "short_histories") == 1);
    CHECK(std::count(ids.begin(), ids.end(), "one_user_dominates") == 1);
}

TEST_CASE("report: ratings that are all the same are warned of") {
    auto entries = world().ratings().entries();
    for (auto& entry : entries) entry.value = 3;
    const Interactions same(300, 120, entries);
    const Model model = als::fit(same, als::Explicit{.biases = false}, training);
    const auto ids = warnings_of(model, {.data = &same, .threads = 1});
    CHECK(std::count(ids.begin(), ids.end(), "one_value") == 1);
}

TEST_CASE("report: a training that was ended early is warned of") {
    const auto& [data, model, options] = healthy();
    als::Training early = training;
    early.iterations = 2;
    const Model unfinished = als::fit(data, als::Implicit{}, early);
    CHECK(warnings_of(unfinished, options) == Ids{"not_converged"});
    auto noted = options;
    noted.objectives = {100, 90};
    CHECK(warnings_of(model, noted) == Ids{"not_converged"});
    noted.objectives = {100, 90, 89.97};
    CHECK(warnings_of(model, noted) == Ids{});
}

TEST_CASE("report: a test set of training data, or without any, is warned of") {
    const auto& [data, model, options] = healthy();
    auto judged = options;
    judged.test = &data;
    judged.data = nullptr;
    CHECK(warnings_of(model, judged).front() == "no_training_data");

    const auto [train, test] = als::split(data, {.test_fraction = 0.2});
    const Model proper = als::fit(train, als::Implicit{}, training);
    judged = {.data = &train, .test = &test, .training = training, .threads = 1};
    CHECK(warnings_of(proper, judged) == Ids{});
    auto entries = test.entries();
    entries.push_back(train.entries().front());
    const Interactions mixed(300, 120, entries);
    judged.test = &mixed;
    CHECK(warnings_of(proper, judged) == Ids{"judged_on_training"});
}

TEST_CASE("report: a model that is no better than popularity is warned of") {
    const auto [train, test] = als::split(healthy().data, {.test_fraction = 0.2});
    const auto ids =
        warnings_of(als::popularity_model(train), {.data = &train, .test = &test, .threads = 1});
    CHECK(std::count(ids.begin(), ids.end(), "no_better_than_popular") == 1);
}

TEST_CASE("report: few users to judge by, and lists of popular items, are warned of") {
    const auto parts = als::split(healthy().data, {.test_fraction = 0.2});
    const Model model = als::fit(parts.train, als::Implicit{}, training);
    const auto rare = filtered(parts.test, [&](const auto& entry) {
        return entry.user.index < 60 && parts.train[entry.item].size() < 40;
    });
    const auto ids = warnings_of(model, {.data = &parts.train, .test = &rare, .threads = 1});
    CHECK(std::count(ids.begin(), ids.end(), "few_users") == 1);
    CHECK(std::count(ids.begin(), ids.end(), "popularity_bias") == 1);
    // Also if nobody says what the model was trained on.
    const auto without_data = warnings_of(model, {.test = &rare, .threads = 1});
    CHECK(std::count(without_data.begin(), without_data.end(), "few_users") == 1);
}

TEST_CASE("report: an item that is in most lists is warned of") {
    als::ModelParts<float> parts = healthy().model.parts();
    parts.users.factors = parts.users.factors.cwiseAbs();
    parts.items.factors.row(5).setConstant(9);
    const Model model(parts, healthy().model.objective());
    const auto ids = warnings_of(model, {});
    CHECK(std::count(ids.begin(), ids.end(), "one_item_everywhere") == 1);
}

TEST_CASE("report: without data the page says what it cannot show") {
    const Json figures = figures_of(healthy().model, {});
    for (const char* panel : {"quality", "convergence", "activity"})
        CHECK_THAT(figures[panel]["missing"].text(), contains("no data"));
    CHECK(figures["sizes"]["entries"].is_null());
    CHECK(figures["people"][0]["list"].elements().size() == 10);
    CHECK(figures["people"][0]["list"][0]["why"].is_null());
}

TEST_CASE("report: a model from elsewhere, which does not say what it minimised, is shown") {
    const auto& [data, model, options] = healthy();
    const Model imported(model.parts(), als::Implicit{});
    const Json figures = figures_of(imported, {.data = &data});
    CHECK_THAT(figures["quality"]["missing"].text(), contains("does not say how it was trained"));
    CHECK_FALSE(figures["convergence"]["missing"].text().empty());
    CHECK(figures["people"][0]["list"][0]["why"].is_null());
}

TEST_CASE("report: data of other sizes, and groups for other than all items, are refused") {
    const auto& [data, model, options] = healthy();
    const Interactions other(3, 120, {});
    CHECK_THROWS_MATCHES(als_report::figures(model, {.data = &other}), als::InputError,
                         says("300 and 120") && says("3 and 120"));
    CHECK_THROWS_MATCHES(als_report::figures(model, {.item_groups = {"one"}}), als::InputError,
                         says("item_groups") && says("120"));
    CHECK_THROWS_MATCHES(als_report::figures(model, {.k = 0}), als::InputError, says("k"));
    CHECK_THROWS_MATCHES(als_report::write("/nowhere/report.html", model), als::IoError,
                         says("/nowhere/report.html") && says("o such file or directory"));
}

TEST_CASE("report: a file is replaced by a whole page, not written over") {
    const Folder folder;
    const auto path = folder / "page.html", old = folder / "old.html";
    write_bytes(path, "as it was");
    std::filesystem::create_hard_link(path, old);
    als_report::write(path, healthy().model);
    CHECK_THAT(bytes_of(path), contains("</html>"));
    CHECK(bytes_of(old) == "as it was");
}

TEST_CASE("report: a model that knows nothing is shown") {
    als::ModelParts<float> parts;
    parts.users.factors = als::FactorMatrix<float>::Zero(3, 2);
    parts.items.factors = als::FactorMatrix<float>::Zero(4, 2);
    const Json figures = figures_of(Model(parts, als::Implicit{}), {});
    CHECK_FALSE(figures["lists"]["missing"].text().empty());
    CHECK_FALSE(figures["scores"]["missing"].text().empty());
    CHECK(figures["map"]["names"].elements().empty());
}

TEST_CASE("report: 100,000 items take less than 3 MB, and one more is not forgotten") {
    const std::int32_t count = 100'000;
    als::FactorMatrix<float> items = als::FactorMatrix<float>::Random(count + 1, 4);
    items.row(count).setConstant(9);  // in every list, but not on the map: it has no entry
    const Model model =
        model_of<float>(als::FactorMatrix<float>::Random(50, 4).cwiseAbs(), std::move(items));
    std::vector<als::Entry<float>> entries;
    for (std::int32_t i = 0; i < count; ++i) entries.push_back({{i % 50}, {i}, 1});
    const Interactions data(50, count + 1, entries);
    std::vector<std::string> groups(static_cast<std::size_t>(count) + 1);
    for (std::size_t i = 0; i < groups.size(); ++i) groups[i] = "group " + std::to_string(i % 30);
    const std::string text = als_report::figures(
        model, {.data = &data,
                .item_name =
                    [](Item item) {
                        return "A rather long title, as movies and books have it (" +
                               std::to_string(item.index) + ")" +
                               (item.index < 5 ? std::string(100'000, '.') : "");
                    },
                .item_groups = groups});
    CHECK(als_report::page(text).size() < 3'000'000);
    // The names that do not fit are those of the last items.
    const Json figures = Json::read(text);
    const auto& names = figures["map"]["names"].elements();
    REQUIRE(names.size() == static_cast<std::size_t>(count));
    CHECK_THAT(names.front().text(), contains("(0)"));
    CHECK(names.back().number() == 0);
    CHECK(figures["map"]["groups"]["names"].elements().size() == 11);
    const Json& most = figures["lists"]["most"][0];
    CHECK_THAT(most[0].text(), contains("(100000)"));
    CHECK(most[1].number() == 1);
}

TEST_CASE("report: the page runs in a browser, by mouse and by keyboard") {
    const std::string browser = ALS_TEST_CHROMIUM;
    if (browser.empty()) {
        std::cout << "skipped: no Chromium was found\n";
        return;
    }
    auto options = healthy().options;
    const std::string nasty = "</script><b class=\"injected\">'\"&amp;\\ \xE9";
    options.title = "Title " + nasty;
    options.item_name = [&](Item item) {
        return item.index == 3 ? nasty : "Item " + std::to_string(item.index);
    };
    options.user_name = [&](User user) {
        return user.index == 3 ? nasty : "User " + std::to_string(user.index);
    };
    for (std::int32_t i = 0; i < 120; ++i)
        options.item_groups.push_back(support::PlantedWorld::genre_name(world().genre({i})));
    const Folder folder;
    std::string page = als_report::page(als_report::figures(healthy().model, options));
    page.insert(page.rfind("</body>"),
                "<script>" + bytes_of(test_file("report_check.js")) + "</script>");
    write_bytes(folder / "page.html", page);
    const std::string seen = (folder / "seen.html").string();
    const std::string command =
        "'" + browser +
        "' --headless=new --no-sandbox --disable-gpu --no-first-run --user-data-dir='" +
        (folder / "profile").string() +
        "' --window-size=390,800 --virtual-time-budget=4000 --dump-dom 'file://" +
        (folder / "page.html").string() + "' >'" + seen + "' 2>/dev/null";
    REQUIRE(std::system(command.c_str()) == 0);  // NOLINT(cert-env33-c): a path of CMake's
    const std::string dom = bytes_of(seen);
    const std::size_t at = dom.find("data-checked=");
    INFO(dom.substr(at == std::string::npos ? 0 : at, 500));
    CHECK_THAT(dom, contains("data-ready=\"yes\""));
    CHECK_THAT(dom, contains("data-checked=\"all\""));
    CHECK_THAT(dom, !contains("data-error="));
}
