// SPDX-License-Identifier: MIT
// IdMap: external ids to dense indices and back.
#include "catch.hpp"
#include <als/detail/id_map.hpp>
#include <als/id_map.hpp>

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

using als::IdMap;
using als::Item;
using als::User;
using als_test::says;

namespace {

/// Ids that careless code may confuse, cut or misread.
const std::vector<std::string> odd_ids{"7",
                                       "07",
                                       " 7",
                                       "7 ",
                                       "7.0",
                                       "+7",
                                       "2147483648",
                                       "9223372036854775808",
                                       "99999999999999999999999",
                                       "",
                                       "a",
                                       "A",
                                       "Zo\xC3\xAB",
                                       "Zoe\xCC\x88",
                                       "\xFF\xFE",
                                       std::string("a\0b", 3),
                                       std::string("a\0c", 3),
                                       std::string("a\0", 2),
                                       "line\nend",
                                       std::string(100'000, 'x'),
                                       std::string(100'000, 'x') + "y"};

}  // namespace

TEST_CASE("id_map: indices count up from 0 in the order of first appearance") {
    IdMap<User> users;
    CHECK(users.empty());
    CHECK(users.add("196") == User{0});
    CHECK(users.add("22") == User{1});
    CHECK(users.add("196") == User{0});
    CHECK(users.add("186") == User{2});
    CHECK(users.size() == 3);
    CHECK_FALSE(users.empty());
    CHECK(users.at("22") == User{1});
    CHECK(users.name(User{2}) == "186");
}

TEST_CASE("id_map: ids are kept as given, whatever their bytes") {
    IdMap<Item> items;
    for (const auto& id : odd_ids) items.add(id);
    REQUIRE(items.size() == static_cast<std::int32_t>(odd_ids.size()));
    for (std::size_t i = 0; i < odd_ids.size(); ++i) {
        const Item item{static_cast<std::int32_t>(i)};
        CHECK(items.name(item) == odd_ids[i]);
        CHECK(items.at(odd_ids[i]) == item);
    }
}

TEST_CASE("id_map: many ids agree with std::unordered_map") {
    IdMap<User> users;
    std::unordered_map<std::string, std::int32_t> reference;
    std::uint64_t state = 1;
    for (int i = 0; i < 100'000; ++i) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        const std::string id = std::to_string((state >> 33) % 30'000);
        const auto next = static_cast<std::int32_t>(reference.size());
        REQUIRE(users.add(id).index == reference.try_emplace(id, next).first->second);
    }
    REQUIRE(users.size() == static_cast<std::int32_t>(reference.size()));
    for (const auto& [id, index] : reference) {
        REQUIRE(users.at(id).index == index);
        REQUIRE(users.name(User{index}) == id);
    }
}

TEST_CASE("id_map: find gives nothing for an unknown id, at names it") {
    IdMap<User> users;
    CHECK(users.find("1") == std::nullopt);
    REQUIRE_THROWS_MATCHES(
        users.at("1"), als::InputError,
        Catch::Matchers::Message("als::IdMap: there is no user \"1\" among the 0 users"));
    users.add("1");
    CHECK(users.find("1") == User{0});
    CHECK(users.find("2") == std::nullopt);
    CHECK(users.find("") == std::nullopt);
    CHECK(users.size() == 1);

    IdMap<Item> items;
    items.add("x");
    items.add("y");
    REQUIRE_THROWS_MATCHES(
        items.at("z\n"), als::InputError,
        Catch::Matchers::Message("als::IdMap: there is no item \"z\\x0a\" among the 2 items"));
}

TEST_CASE("id_map: a long id is cut in a message, between two characters") {
    const IdMap<User> users;
    REQUIRE_THROWS_MATCHES(users.at(std::string(1'000'000, 'a')), als::InputError,
                           says('"' + std::string(40, 'a') + "...\""));
    const std::string e_acute = "\xC3\xA9";
    std::string accents = "a";
    for (int i = 0; i < 30; ++i) accents += e_acute;
    REQUIRE_THROWS_MATCHES(users.at(accents), als::InputError,
                           says(accents.substr(0, 39) + "...\""));
    REQUIRE_THROWS_MATCHES(users.at(std::string(100, '\x80')), als::InputError, says("\x80...\""));
}

TEST_CASE("id_map: an index out of range has no name") {
    IdMap<Item> items;
    items.add("x");
    REQUIRE_THROWS_MATCHES(
        items.name(Item{1}), als::InputError,
        Catch::Matchers::Message(
            "als::IdMap: item 1 is out of range; there are 1 items, numbered from 0"));
    REQUIRE_THROWS_AS(items.name(Item{-1}), als::InputError);
    REQUIRE_THROWS_AS(items.name(Item{std::numeric_limits<std::int32_t>::max()}), als::InputError);
    REQUIRE_THROWS_AS(items.name(Item{std::numeric_limits<std::int32_t>::min()}), als::InputError);
}

TEST_CASE("id_map: no more than 2147483647 ids can be numbered") {
    CHECK(als::detail::next_index<User>(2147483646) == User{2147483646});
    REQUIRE_THROWS_MATCHES(
        als::detail::next_index<User>(2147483647), als::InputError,
        Catch::Matchers::Message(
            "als::IdMap: there are 2147483647 users; no more than 2147483647 can be numbered"));
}

TEST_CASE("id_map: looking up needs no std::string") {
    IdMap<User> users;
    const char text[] = {'a', 'b', 'c'};  // not terminated
    users.add(std::string_view(text, 2));
    CHECK(users.at(std::string_view(text, 2)) == User{0});
    CHECK(users.find(std::string_view(text, 3)) == std::nullopt);
    CHECK(users.at("ab") == User{0});
    CHECK(users.at(std::string("ab")) == User{0});
}

TEST_CASE("id_map: an id that the map itself holds can be added again") {
    IdMap<User> users;
    for (int i = 0; i < 100; ++i) {
        users.add(std::to_string(i));
        CHECK(users.add(users.name(User{i / 2})) == User{i / 2});
    }
    CHECK(users.size() == 100);
}

TEST_CASE("id_map: copies are independent and moves leave an empty map") {
    IdMap<User> original;
    for (int i = 0; i < 1000; ++i) original.add(std::to_string(i));
    IdMap<User> copy = original;
    CHECK(copy == original);
    copy.add("new");
    CHECK_FALSE(copy == original);
    CHECK(original.find("new") == std::nullopt);

    IdMap<User> moved = std::move(original);
    CHECK(moved.at("999") == User{999});
    CHECK(original.empty());  // NOLINT(bugprone-use-after-move)
    CHECK(original.find("999") == std::nullopt);
    CHECK(original.add("999") == User{0});

    moved = copy;
    copy = IdMap<User>();
    CHECK(moved.at("new") == User{1000});
    CHECK(copy.empty());
}

TEST_CASE("id_map: equality is about ids and their order") {
    IdMap<Item> one;
    IdMap<Item> other;
    CHECK(one == other);
    one.add("a");
    one.add("b");
    other.add("b");
    other.add("a");
    CHECK_FALSE(one == other);
}

TEST_CASE("id_map: users and items do not mix") {
    STATIC_REQUIRE_FALSE(std::is_same_v<IdMap<User>, IdMap<Item>>);
    STATIC_REQUIRE_FALSE(std::is_invocable_v<decltype(&IdMap<User>::name), IdMap<User>, Item>);
}

TEST_CASE("id_map: numbers keep their indices while the map grows, and are no others' ids") {
    IdMap<Item> items;
    std::vector<std::string> ids;
    for (std::int64_t n = 1; n < 4'000; ++n) {
        ids.push_back(std::to_string(n * n % 7'919 * (n % 5 == 0 ? 1'000'003 : 1)));
        ids.push_back("0" + ids.back());
        ids.push_back(ids[ids.size() - 2] + "x");
    }
    for (const char* id : {"0", "00", "-0", "+1", "1.0", "999999999", "1000000000", "4294967296",
                           "4294967297", "99999999999999999999", " 1", "1 ", "/", ":"})
        ids.emplace_back(id);
    std::map<std::string, std::int32_t> expected;
    for (const std::string& id : ids) {
        const auto index = expected.try_emplace(id, static_cast<std::int32_t>(expected.size()));
        REQUIRE(items.add(id).index == index.first->second);
    }
    REQUIRE(items.size() == static_cast<std::int32_t>(expected.size()));
    for (const auto& [id, index] : expected) REQUIRE(items.at(id).index == index);
    CHECK_FALSE(items.find("4294967295"));
    CHECK_FALSE(items.find("000"));
}
