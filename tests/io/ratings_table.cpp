// SPDX-License-Identifier: MIT
// Files as people have them: shared ids, headers, layouts, comments, missing words and times.
// Anything ambiguous is refused.
#include "catch.hpp"
#include "random_tables.hpp"
#include "ratings_text.hpp"
#include <als/detail/io/fields.hpp>
#include <als/detail/io/ratings_reader.hpp>
#include <als/ratings_file.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <sstream>
#include <streambuf>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using als::Duplicates;
using als::FormatError;
using als::Header;
using als::InputError;
using als::Item;
using als::Layout;
using als::UnknownIds;
using als::User;
using als_test::contains;
using als_test::content;
using als_test::read_content;
using als_test::read_text;
using als_test::refusal;
using als_test::says;

TEST_CASE("ratings table: a header decides the columns, whatever their order") {
    const std::vector<std::string> texts{
        "user_id,item_id,rating\nu,i,3\n",
        "rating,user_id,item_id\n3,u,i\n",
        "Unnamed: 0,userId,movieId,rating,timestamp\n0,u,i,3,99\n",
        ",uid,song,plays\n0,u,i,3\n",
        "timestamp\tstars\tasin\tcustomer\n1\t3\ti\tu\n",
        "title,Item ID,User-ID,Count\nx,i,u,3\n",
        "# userId movieId rating\nu,i,3\n",
        "# rating,movieId,userId\n3,i,u\n",
        "sep=;\nscore;item;user\n3;i;u\n",
    };
    for (const std::string& text : texts) {
        INFO(text);
        CHECK(read_content(text) == "u>i=3");
    }
    CHECK(read_text("rating,user_id,item_id\n3,u,i\n").header ==
          std::vector<std::string>{"rating", "user_id", "item_id"});
    CHECK(read_text("u,i,3\n").header.empty());
}

TEST_CASE("ratings table: options name columns by their titles") {
    const std::string text = "when,who,what,how much\n7,u,i,3\n";
    const auto ratings =
        read_text(text, {.user = "who", .item = "what", .value = "how much", .time = "when"});
    CHECK(content(ratings) == "u>i=3");
    CHECK(ratings.times[User{0}].values()[0] == 7);
    CHECK(read_content(text, {.user_column = 1, .value_column = 3, .item = "what"}) == "u>i=3");
    CHECK(read_content("1,2\nu,i\n", {.value_column = -1, .user = "1", .item = "2"}) == "u>i=1");
    CHECK_THAT(
        refusal(text, {.user = "whom", .item = "what", .value = "how much"}),
        contains("f:1:1: the header \"when,who,what,how much\" has no column \"whom\", which "
                 ".user names"));
    CHECK_THAT(refusal("a,a,b,c\n1,2,3,4\n", {.user = "a", .item = "b", .value = "c"}),
               contains("has two columns \"a\"; say .user_column"));
    REQUIRE_THROWS_MATCHES(read_text("", {.user_column = 1, .user = "a"}), InputError,
                           says("user is \"a\" and user_column is 1; say only one of them"));
    REQUIRE_THROWS_MATCHES(read_text("", {.user = "a", .header = Header::absent}), InputError,
                           says("there is no header with names"));
}

TEST_CASE("ratings table: a header that does not say which column is which is refused") {
    CHECK_THAT(
        refusal("customer,sku,amount\nu,i,3\n"),
        contains("the header \"customer,sku,amount\" does not say which column is the value; "
                 "name it: .value = \"...\", or .value_column = -1 if there is none"));
    CHECK_THAT(refusal("a,b,c\nu,i,3\n"), contains("does not say which column is the user"));
    CHECK_THAT(refusal("user_id,item_id,movie_id,rating\nu,i,m,3\n"),
               contains("more than one column that may be the item"));
    CHECK_THAT(refusal("user,item,timestamp\nu,i,3\n"),
               contains("does not say which column is the value"));
    // Numbers in the options that contradict the header.
    CHECK_THAT(refusal("rating,user,item\n3,u,i\n",
                       {.user_column = 0, .item_column = 1, .value_column = 2}),
               contains("the header calls column 0 \"rating\", and .user_column reads it as the "
                        "user; if that is meant, say .user = \"rating\""));
    CHECK(read_content("rating,user,item\n3,u,i\n", {.user = "item", .item = "user"}) == "i>u=3");
    CHECK(read_content("user,item\nann,book\n", {.value_column = -1, .header = Header::absent}) ==
          "user>item=1 ann>book=1");
}

TEST_CASE("ratings table: a first line that may be a header or a rating is asked about") {
    CHECK_THAT(refusal("ann,book\nbob,book\n", {.value_column = -1}),
               contains("may be a header or two ids; say .header = als::Header::present or "
                        "als::Header::absent"));
    CHECK(read_content("ann,book\nbob,book\n", {.value_column = -1, .header = Header::absent}) ==
          "ann>book=1 bob>book=1");
    CHECK_THAT(refusal("item,user,7\na,b,9\n", {.value_column = -1, .time_column = 2}),
               contains("has names of columns and a number"));
}

TEST_CASE("ratings table: tables that are no ratings are refused, and named") {
    CHECK_THAT(refusal("0 1 2 3 4\n1 5 6 7\n"), contains(".layout = als::Layout::lists"));
    CHECK_THAT(refusal("0 1 2 3\n1 5 6 7 8\n"),
               contains("f:2:10: the line \"1 5 6 7 8\" has 5 columns, and the first line has 4") &&
                   contains(".layout = als::Layout::lists"));
    CHECK_THAT(refusal("74,-7.82,8.79,-9.66,-8.16\n"),
               contains("a table of users by items is not read"));
    CHECK_THAT(refusal("74,-7.82,8.79\n"),
               contains("the item id \"-7.82\" is a number with decimals"));
    CHECK_THAT(refusal(",Heat,Alien\nann,5,3\n"),
               contains("does not say which column is the user"));
    CHECK_THAT(refusal("%%MatrixMarket matrix coordinate real general\n1 1 1\n1 1 5\n"),
               contains(".layout = als::Layout::matrix_market"));
    CHECK_THAT(refusal("17:\n1488844,3,2005-09-06\n"), contains("Netflix"));
    CHECK_THAT(refusal("{\"user\": 1, \"item\": 2, \"rating\": 3}\n"), contains("JSON"));
    CHECK_THAT(refusal("<!DOCTYPE html>\n<html>\n"), contains("HTML"));
    CHECK_THAT(refusal("@RELATION ratings\n"), contains("ARFF"));
    CHECK(read_content("0 1 2 3 9\n1 5 6\n",
                       {.user_column = 0, .item_column = 1, .value_column = 2, .ragged = true}) ==
          "0>1=2 1>5=6");
}

TEST_CASE("ratings table: files that are not text are refused, with what converts them") {
    CHECK_THAT(refusal("\x1F\x8B\x08"), contains("gzip -dc FILE"));
    CHECK_THAT(refusal("PK\x03\x04"), contains("unzip -p FILE"));
    CHECK_THAT(refusal("PAR1\x15"), contains("a Parquet file"));
    CHECK_THAT(refusal("BZh91"), contains("bzip2"));
    CHECK_THAT(refusal("\xFD"
                       "7zXZ"),
               contains("xz -dc"));
    CHECK_THAT(refusal(std::string("\xFF\xFE"
                                   "1\0,\0",
                                   6)),
               contains("iconv -f UTF-16 -t UTF-8 FILE"));
    CHECK_THAT(refusal("user,item,rating\r1,2,3\r1,3,4\r"), contains("tr '\\r' '\\n'"));
}

TEST_CASE("ratings table: Excel's line says what separates the columns") {
    CHECK(read_content("sep=;\nuser;item;rating\n1;2;3\n1;3;4\n") == "1>2=3 1>3=4");
    CHECK(read_content("\"sep=|\"\n1|2|3\n") == "1>2=3");
    CHECK_THAT(refusal("sep=;\n1;2;3\n", {.delimiter = ","}), contains("f:1:5: the file says"));
}

TEST_CASE("ratings table: lists have a user and its items on each line") {
    const std::string text = "0 1 2 3 4\n1 5 6 7\n2 8 9 10 11 12\n3\n";
    const auto lists = read_text(text, {.layout = Layout::lists});
    CHECK(lists.interactions.size() == 12);
    CHECK(lists.users.size() == 3);
    CHECK(read_content("a,x,y\nb,y\n", {.layout = Layout::lists}) == "a>x=1 a>y=1 b>y=1");
    CHECK_THAT(refusal("a x x\n", {.layout = Layout::lists}), contains("occur more than once"));
    CHECK_THAT(refusal("a,x,,y\n", {.layout = Layout::lists}), contains("item id is empty"));
    REQUIRE_THROWS_MATCHES(read_text("", {.value_column = 2, .layout = Layout::lists}), InputError,
                           says("als::RatingsOptions::layout: in lists"));
}

TEST_CASE("ratings table: a matrix of MatrixMarket keeps its size and says its orientation") {
    const std::string head = "%%MatrixMarket matrix coordinate ";
    const std::string text = head + "real general\n% a comment\n3 2 3\n1 1 5\n3 2 2.5\n1 2 -1\n";
    const als::RatingsOptions users_in_rows{
        .user_column = 0, .item_column = 1, .layout = Layout::matrix_market};
    const als::RatingsOptions users_in_columns{
        .user_column = 1, .item_column = 0, .layout = Layout::matrix_market};
    const auto rows = read_text(text, users_in_rows);
    CHECK(content(rows) == "1>1=5 1>2=-1 3>2=2.5");
    CHECK(rows.users.size() == 3);
    CHECK(rows.interactions[User{1}].empty());
    CHECK(content(read_text(text, users_in_columns)) == "1>1=5 2>1=-1 2>3=2.5");
    CHECK(read_content(head + "pattern general\n2 2 1\n2 1\n", users_in_rows) == "2>1=1");
    REQUIRE_THROWS_MATCHES(read_text(text, {.layout = Layout::matrix_market}), InputError,
                           says("say .user_column = 0, .item_column = 1 if each row is a user"));
    CHECK_THAT(refusal("1 1 5\n", users_in_rows),
               contains("expected the first line of MatrixMarket"));
    CHECK_THAT(refusal("%%MatrixMarket matrix array real general\n", users_in_rows),
               contains("expected coordinate"));
    CHECK_THAT(refusal(head + "complex general\n", users_in_rows), contains("complex"));
    CHECK_THAT(refusal(head + "real symmetric\n", users_in_rows), contains("symmetric"));
    CHECK_THAT(refusal(head + "real general\n3 2\n", users_in_rows), contains("numbers of rows"));
    CHECK_THAT(refusal(head + "real general\n3 2 2\n1 1 5\n", users_in_rows),
               contains("has 1 entries, and its head says 2"));
    CHECK_THAT(refusal(head + "real general\n3 2 1\n1 3 5\n", users_in_rows),
               contains("f:3:3: the column \"3\" is not a whole number from 1 to 2"));
    CHECK_THAT(refusal(head + "real general\n3 2 1\n0 1 5\n", users_in_rows),
               contains("the row \"0\""));
    CHECK_THAT(refusal(head + "real general\n3 2 1\n1 1\n", users_in_rows), contains("expected 3"));
    // A few bytes that ask for gigabytes.
    CHECK_THAT(
        refusal(head + "real general\n2147483647 2147483647 1\n7 9 5\n", users_in_rows),
        contains("gives 4294967294 rows and columns for 1 entries; at most 100010 are read"));
}

TEST_CASE("ratings table: a line that begins with # is a comment only if it can be nothing else") {
    const std::string ask = "may be a rating or a comment; say .comment = '\\0'";
    CHECK_THAT(refusal("#rust,ann,5\ncpp,ann,4\n#rust,bob,3\n"),
               contains("f:1:1: ") && contains(ask));
    CHECK_THAT(refusal("#2PP,x,5\n#9QY,x,4\n"), contains("f:1:1: ") && contains(ask));
    CHECK_THAT(refusal("cpp,ann,4\n# 1,2,3\n"), contains("f:2:1: ") && contains(ask));
    CHECK(read_content("#rust,ann,5\ncpp,ann,4\n#rust,bob,3\n", {.comment = '\0'}) ==
          "#rust>ann=5 #rust>bob=3 cpp>ann=4");
    const auto left_out = read_text("#rust,ann,5\ncpp,ann,4\n#rust,bob,3\n", {.comment = '#'});
    CHECK(content(left_out) == "cpp>ann=4");
    CHECK(left_out.comment_lines == 2);
    const auto comments = read_text("# made by hand\n##\n1,2,3\n# and more\n");
    CHECK(content(comments) == "1>2=3");
    CHECK(comments.comment_lines == 3);
}

TEST_CASE("ratings table: quotes can be text") {
    const std::string text =
        "u1\tm1\tthe paper lanterns\t2137\nu1\tm2\t\"little\" jo\t1099\nu2\tm3\t7\" single\t12\n";
    CHECK_THAT(refusal(text, {.value_column = 3}),
               contains("f:2:7: text follows the closing quote") &&
                   contains(".quotes = false reads quotes as text"));
    CHECK(read_content(text, {.value_column = 3, .quotes = false}) ==
          "u1>m1=2137 u1>m2=1099 u2>m3=12");
    CHECK(read_content("\"a\",b\",1\n", {.quotes = false}) == "\"a\">b\"=1");
    // A text of several lines in an ignored column.
    CHECK_THAT(refusal("1,2,3,\"it is\n5,6,7,good\"\n"), contains("is opened here and not closed"));
}

TEST_CASE("ratings table: what divides the columns is asked about where two characters may") {
    CHECK_THAT(refusal("1;Crosby, Stills\n2;Heat, The\n", {.value_column = -1}),
               contains("both \",\" and \";\" divide the lines into columns"));
    CHECK(read_content("1;Crosby, Stills\n2;Heat, The\n", {.delimiter = ";", .value_column = -1}) ==
          "1>Crosby, Stills=1 2>Heat, The=1");
    CHECK(read_content("1;Crosby, Stills;4\n2;Heat;5\n") == "1>Crosby, Stills=4 2>Heat=5");
    CHECK(read_content("ann b\tx\t1\nbob\ty z\t2\n") == "ann b>x=1 bob>y z=2");
    CHECK_THAT(refusal("1:::2::3\n", {.delimiter = "::"}),
               contains("f:1:2: the delimiter may begin at two places here"));
}

TEST_CASE("ratings table: words for a missing value are asked about, left out or ids") {
    const std::string text = "nan,45,3\nNULL,46,4\nNone,45,5\n7,45,1\n,45,2\n";
    CHECK_THAT(refusal(text), contains("f:1:1: the user id is \"nan\", which may mean that it is "
                                       "missing; say .missing = {\"nan\"}"));
    const auto known = read_text(text, {.missing = {"", "nan", "NULL", "None"}});
    CHECK(content(known) == "7>45=1");
    CHECK(known.missing_lines == 4);
    const auto ids = read_text(text, {.missing = {""}, .any_id = true});
    CHECK(content(ids) == "nan>45=3 NULL>46=4 None>45=5 7>45=1");
    CHECK(ids.missing_lines == 1);
    CHECK(read_text("1,2,NA\n1,3,4\n", {.missing = {"NA"}}).missing_lines == 1);
    CHECK_THAT(refusal("NA,45,3\n", {.missing = {"NA"}}),
               contains("(1 lines with missing ids or values were left out: .missing)"));
}

TEST_CASE("ratings table: ids that look like decimals are noted") {
    const auto ratings = read_text("123.0,45,3\n123,46,4\n");
    CHECK(ratings.users.size() == 2);
    REQUIRE(ratings.notes.size() == 1);
    CHECK_THAT(ratings.notes[0],
               contains("line 1: the user id \"123.0\" looks like a whole number"));
    CHECK(read_text("123,45,3\n1.2.3,46,4\n").notes.empty());
}

TEST_CASE("ratings table: of a repeated pair the latest counts, whatever the order of the lines") {
    const std::string text = "u,a,5,200\nu,b,4,150\nu,a,3,100\nu,a,4,50\n";
    const auto times_of = [&](Duplicates policy) {
        const auto ratings = read_text(text, {.time_column = 3, .duplicates = policy});
        return content(ratings) + " at " + als::detail::to_text(ratings.times[User{0}].values()[0]);
    };
    CHECK(times_of(Duplicates::last) == "u>a=5 u>b=4 at 200");
    CHECK(times_of(Duplicates::max) == "u>a=5 u>b=4 at 200");
    CHECK(times_of(Duplicates::sum) == "u>a=12 u>b=4 at 200");
    // The greatest value is not the latest.
    const auto greatest =
        read_text("u,a,3,200\nu,a,5,100\n", {.time_column = 3, .duplicates = Duplicates::max});
    CHECK(content(greatest) == "u>a=5");
    CHECK(greatest.times[User{0}].values()[0] == 100);
    // Equal times: the later line.
    CHECK(read_content("u,a,3,1\nu,a,5,1\nu,a,4,1\n",
                       {.time_column = 3, .duplicates = Duplicates::last}) == "u>a=4");
}

namespace {

double time_of(const std::string& text, const std::string& format = {}) {
    const auto ratings = read_text("u\ti\t1\t" + text + "\n",
                                   {.delimiter = "\t", .time_column = 3, .time_format = format});
    return ratings.times[User{0}].values()[0];
}

}  // namespace

TEST_CASE("ratings table: times are numbers, ISO 8601 or as the format says") {
    CHECK(time_of("881250949") == 881250949);
    CHECK(time_of("-1.5e3") == -1500);
    CHECK(time_of("1970-01-01") == 0);
    CHECK(time_of("1970-01-02T00:00:01") == 86401);
    CHECK(time_of("2024/02/29 12:30") == 1709209800);
    CHECK(time_of("2024-05-31T23:59:01.25+02:00") == 1717192741.25);
    CHECK(time_of("2024-05-31T23:59:01Z") == 1717199941);
    CHECK(time_of("2024-05-31 23:59:01 -0330") == 1717212541);
    CHECK(time_of("1969-12-31T23:59:59") == -1);
    CHECK(time_of("31.05.2024 23:59", "%d.%m.%Y %H:%M") == 1717199940);
    CHECK(time_of("May 31 2024", "%b %d %Y") == 1717113600);
    CHECK(time_of("5/1/2024", "%m/%d/%Y") == 1714521600);
}

TEST_CASE(
    "ratings table: times that cannot be, or are of another kind than the first, are refused") {
    const auto refused = [](const std::string& text, const std::string& format = {}) {
        return refusal("u,i,1," + text + "\n",
                       {.delimiter = ",", .time_column = 3, .time_format = format});
    };
    for (const std::string text :
         {"2023-02-29", "2024-13-01", "2024-05-31T24:00", "31.05.2024", "5/1/2024", "2024-5-1",
          "soon", "2024-05-31T23:59:01+15:00", "2024-05-31x", "nan", ""}) {
        INFO(text);
        CHECK_THAT(refused(text), contains("f:1:7: the time \"" + text + "\" cannot be read"));
    }
    CHECK_THAT(refused("31.05.24", "%d.%m.%Y"), contains("as .time_format says, \"%d.%m.%Y\""));
    CHECK_THAT(refusal("u,i,1,2024-05-31\nu,j,1,5\n", {.time_column = 3}),
               contains("f:2:7: ") && contains("like the times before it"));
    CHECK_THAT(refusal("u,i,1,5\nu,j,1,2024-05-31\n", {.time_column = 3}),
               contains("f:2:7: ") && contains("a number, as the times before it"));
    REQUIRE_THROWS_MATCHES(read_text("", {.time_format = "%Q"}), InputError,
                           says("time_format is \"%Q\""));
}

TEST_CASE("ratings table: a second file is read with the ids of the first") {
    const auto first = read_text<float>("ann,x,5\nbob,y,4\ncid,z,3\n");
    const auto second = read_text<float>("cid,x,2\nann,z,1\n", first);
    CHECK(second.users == first.users);
    CHECK(second.items == first.items);
    CHECK(content(second) == "ann>z=1 cid>x=2");

    const std::string text = "cid,x,2\ndan,z,1\nann,new,3\n";
    const auto message = [&] {
        try {
            (void)read_text<float>(text, first);
        } catch (const FormatError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    CHECK(
        message() ==
        "f:2:1: the user \"dan\" is not among the 3 given ids; .unknown_ids = "
        "als::UnknownIds::skip leaves such lines out, als::UnknownIds::add gives them new indices");

    const auto skipped = read_text<float>(text, first, {.unknown_ids = UnknownIds::skip});
    CHECK(content(skipped) == "cid>x=2");
    CHECK(skipped.users == first.users);
    CHECK(skipped.unknown_lines == 2);
    CHECK(skipped.unknown_users.name(User{0}) == "dan");
    CHECK(skipped.unknown_items.name(Item{0}) == "new");
    CHECK(skipped.unknown_users.size() + skipped.unknown_items.size() == 2);

    const auto added = read_text<float>(text, first, {.unknown_ids = UnknownIds::add});
    CHECK(content(added) == "ann>new=3 cid>x=2 dan>z=1");
    CHECK(added.users.at("ann") == first.users.at("ann"));
    CHECK(added.users.at("dan") == User{3});
    CHECK(added.items.at("new") == Item{3});
}

TEST_CASE("ratings table: random tables are read as they were written, or refused") {
    std::int64_t read = 0;
    for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
        std::string report;
        const als_test::WrittenTable table = als_test::TableWriter(seed).table();
        const als_test::Outcome outcome = als_test::read_table(table, report);
        INFO("seed " << seed << ": " << report);
        REQUIRE(outcome != als_test::Outcome::misread);
        read += outcome == als_test::Outcome::read ? 1 : 0;
    }
    CHECK(read > 9'000);  // else refusals would show little
}

namespace {

using als::detail::ReadingSizes;

template <typename Index>
void tell_ids(std::ostream& text, const als::IdMap<Index>& ids) {
    for (std::int32_t n = 0; n < ids.size(); ++n) text << ids.name({n}) << ' ';
    text << '\n';
}

/// Everything that reading a text gives, or its error.
std::string told(const std::string& text, als::RatingsOptions options, int threads,
                 ReadingSizes sizes = {}) {
    options.threads = threads;
    std::istringstream stream(text);
    const auto source = [&](char* to, std::size_t count) {
        return static_cast<std::size_t>(
            stream.rdbuf()->sgetn(to, static_cast<std::streamsize>(count)));
    };
    std::ostringstream all;
    all.precision(17);
    try {
        const auto ratings =
            als::detail::RatingsReader<double>("f", source, options, nullptr, nullptr, sizes)
                .read();
        tell_ids(all, ratings.users);
        tell_ids(all, ratings.items);
        for (const auto& [user, item, value] : ratings.interactions.entries())
            all << user.index << ' ' << item.index << ' ' << value << '\n';
        for (const auto& [user, item, value] : ratings.times.entries())
            all << user.index << ' ' << item.index << " at " << value << '\n';
        for (const auto& lines : {ratings.header, ratings.bad_lines, ratings.notes})
            for (const std::string& line : lines) all << line << '\n';
        all << ratings.comment_lines << ' ' << ratings.missing_lines << '\n';
    } catch (const als::Error& error) {
        all << error.what();
    }
    return all.str();
}

/// Checks that the result does not depend on the threads or on where the file is cut.
void check_cuts(const std::string& text, const als::RatingsOptions& options, std::size_t smallest) {
    const std::string expected = told(text, options, 1);
    for (const int threads : {1, 2, 3, 8})
        for (const std::size_t part : {smallest, 9 * smallest}) {
            INFO(threads << " threads, parts of " << part << " bytes of\n" << text.substr(0, 2000));
            CHECK(told(text, options, threads, {part, 4}) == expected);
        }
}

/// Returns lines of a table with everything that the dialect has. Each is bad with the given
/// probability.
std::string long_table(std::uint64_t seed, double bad) {
    std::mt19937_64 engine(seed);
    const auto below = [&](std::uint64_t bound) { return engine() % bound; };
    std::string text, user;
    for (int n = 0; n < 6'000; ++n) {
        if (n == 0 || below(3) == 0) user = std::to_string(below(1 << below(14)));
        std::string item = (below(3) == 0 ? "" : "i") + std::to_string(below(1 << below(12)));
        // Some new ids stay for several blocks.
        if (n % 1'000 < 300) user = std::to_string(20'000 + n / 1'000);
        if (n % 1'000 >= 600) item = std::to_string(20'000 + n / 1'000);
        if (below(9) == 0) item = "\"a, \"\"" + item + "\"\"\"";
        if (below(3'000) == 0) item += std::string(100'000, 'x');
        text += user + ',' + item + ',' + std::to_string(below(50)) + ".5," +
                std::to_string(below(1'000'000));
        if (static_cast<double>(below(1'000'000)) < bad * 1e6) {
            static const std::vector<std::string> wrong{
                ",x", "\r,", "\n,i,1,2", "\n1,i,y,2", "\n1,\"i,1,2", std::string("\0", 1)};
            text += wrong[below(wrong.size())];
        }
        text += below(5) == 0 ? "\r\n" : "\n";
        if (below(20) == 0) text += "# left out\n";
        if (below(20) == 0) text += "\n";
        if (below(50) == 0) text += "NA,i,1,2\n";
    }
    if (seed % 2 == 0) text.pop_back();
    return text;
}

/// Refuses to be read by a thread other than the one that made it.
class OneThreadBuffer : public std::stringbuf {
public:
    explicit OneThreadBuffer(const std::string& text) : std::stringbuf(text) {}
    bool was_shared = false;

protected:
    std::streamsize xsgetn(char* to, std::streamsize count) override {
        was_shared = was_shared || std::this_thread::get_id() != owner_;
        return std::stringbuf::xsgetn(to, count);
    }

private:
    std::thread::id owner_ = std::this_thread::get_id();
};

}  // namespace

TEST_CASE("ratings table: random tables are the same for any cuts and any number of threads") {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        als_test::WrittenTable table = als_test::TableWriter(seed).table();
        check_cuts(table.text, table.options, 1 + seed % 7);
        table.options.bad_lines = als::BadLines::skip;
        check_cuts(table.text + "\n1\n,2,3\n", table.options, 1 + seed % 7);
    }
}

TEST_CASE("ratings table: long tables are the same for any cuts and any number of threads") {
    als::RatingsOptions options{.delimiter = ",",
                                .time_column = 3,
                                .duplicates = Duplicates::last,
                                .comment = '#',
                                .missing = {"NA"}};
    for (std::uint64_t seed = 0; seed < 2; ++seed) {
        options.bad_lines = als::BadLines::error;
        check_cuts(long_table(seed, 0), options, 600);
        check_cuts(long_table(seed, 0.002), options, 600);
        options.bad_lines = als::BadLines::skip;
        check_cuts(long_table(seed, 0.002), options, 600);
    }
    options.duplicates = Duplicates::error;
    check_cuts(long_table(5, 0), options, 600);
}

TEST_CASE("ratings table: the first error of a file is reported, whichever thread meets it") {
    std::string text;
    for (int n = 0; n < 20'000; ++n) text += std::to_string(n) + ",1,1\n";
    const std::string late = text + "x,1,bad\n";
    const std::string two = text + "1,2,first\n" + text + "1,2,second\n";
    for (const int threads : {1, 3}) {
        CHECK_THAT(told(late, {}, threads, {1'000, 4}), contains("f:20001:5: the value \"bad\""));
        CHECK_THAT(told(two, {}, threads, {1'000, 4}), contains("f:20001:5: the value \"first\""));
    }
}

TEST_CASE("ratings table: a stream is read by the calling thread alone") {
    OneThreadBuffer buffer(long_table(1, 0));
    std::istream stream(&buffer);
    const auto ratings = als::read_ratings<float>(stream, "f",
                                                  {.delimiter = ",",
                                                   .duplicates = Duplicates::sum,
                                                   .comment = '#',
                                                   .missing = {"NA"},
                                                   .threads = 3});
    CHECK(ratings.interactions.size() > 1'000);
    CHECK_FALSE(buffer.was_shared);
}

TEST_CASE("ratings table: plain numbers are those that std::from_chars reads") {
    std::mt19937_64 engine(7);
    const auto check = [](const std::string& text) {
        double expected = 0;
        double plain = 0;
        INFO(text);
        if (!als::detail::parse_plain_number(text, plain)) return false;
        const auto [end, error] =
            als::detail::read_number(text.data(), text.data() + text.size(), expected);
        REQUIRE(error == std::errc{});
        REQUIRE(end == text.data() + text.size());
        REQUIRE(plain == expected);
        return true;
    };
    for (int n = 0; n < 20'000; ++n) {
        std::string text;
        for (std::size_t size = 1 + engine() % 16; text.size() < size;)
            text += static_cast<char>('0' + engine() % 10);
        if (n % 2 == 0) text[engine() % text.size()] = '.';
        if (text == "." || (text.size() == 16 && n % 2 == 1))
            REQUIRE_FALSE(check(text));
        else
            REQUIRE(check(text));
    }
    for (const char* const text : {"", ".", "-1", "+1", "1e5", "1..2", "1.2.3", " 1", "1 ", "0x1",
                                   "nan", "1234567890123456", "12345678901234567", "1,5", "/", ":"})
        CHECK_FALSE(check(text));
}

TEST_CASE("ratings table: fields end at delimiters and begin after blanks") {
    std::mt19937_64 engine(12);
    const auto trimmed = [](std::string_view text, std::string_view blanks) {
        const std::size_t begin = std::min(text.find_first_not_of(blanks), text.size());
        return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
    };
    for (int n = 0; n < 5'000; ++n) {
        std::string line;
        for (std::size_t size = engine() % 20; line.size() < size;)
            line += std::string_view("aB7#!\"\xFF ,\t")[engine() % 10];
        for (const char character : {',', '\t', '#'}) {
            const als::detail::Delimiter delimiter(std::string(1, character), false);
            const std::string_view blanks = character == '\t' ? " " : " \t";
            for (std::size_t begin = 0; begin != als::detail::Field::none;) {
                const als::detail::Field field = delimiter.field(line, begin);
                const std::size_t end = std::min(line.find(character, begin), line.size());
                INFO("from " << begin << " of " << line);
                REQUIRE(field.text ==
                        trimmed(std::string_view(line).substr(begin, end - begin), blanks));
                REQUIRE(field.begin ==
                        std::min(line.find_first_not_of(blanks, begin), line.size()));
                REQUIRE(field.next == (end == line.size() ? field.none : end + 1));
                begin = field.next;
            }
        }
    }
}

TEST_CASE("ratings table: a character is found wherever it stands") {
    std::mt19937_64 engine(11);
    for (int n = 0; n < 5'000; ++n) {
        std::string text;
        for (std::size_t size = engine() % 40; text.size() < size;)
            text += static_cast<char>(engine() % 4 == 0 ? engine() % 256 : 0x2B + engine() % 3);
        const std::size_t from = engine() % (text.size() + 1);
        for (const char wanted : {',', '\0', '\xFF', '\x80', '\x01'})
            REQUIRE(als::detail::find_character(text, from, wanted) ==
                    std::min(text.find(wanted, from), text.size()));
    }
}
