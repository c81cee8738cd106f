// SPDX-License-Identifier: MIT
// read_features: columns, layouts, ids, each refusal with its message, and the files of MovieLens.
#include "catch.hpp"
#include "data.hpp"
#include "samples.hpp"
#include <als/feature_file.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

using namespace als_test;
using als::FeatureKind;
using als::FeaturesOptions;
using als::Header;
using als::Item;
using als::User;

namespace {

als::Features<Item, double> read(const std::string& text, const FeaturesOptions& options,
                                 const std::vector<std::string>& ids = {"1", "2", "3"}) {
    std::istringstream stream(text);
    return als::read_features<double>(stream, "f", ids_of<Item>(ids), options);
}

/// "id: name=value name=value; id: ..." of all rows that are not empty.
template <als::Id Index, typename Scalar>
std::string content(const als::Features<Index, Scalar>& features) {
    REQUIRE(features.matrix.rows() == features.ids.size());
    REQUIRE(features.matrix.cols() == static_cast<Eigen::Index>(features.names.size()));
    std::string text;
    for (int row = 0; row < features.matrix.rows(); ++row) {
        std::string cells;
        for (typename als::FeatureMatrix<Scalar>::InnerIterator cell(features.matrix, row); cell;
             ++cell)
            cells += " " + features.names[static_cast<std::size_t>(cell.col())] + ":" +
                     als::detail::to_text(cell.value());
        if (!cells.empty()) text += (text.empty() ? "" : "; ") + features.ids.name({row}) + cells;
    }
    return text;
}

std::string refusal(const std::string& text, const FeaturesOptions& options) {
    try {
        static_cast<void>(read(text, options));
    } catch (const als::FormatError& error) {
        return error.what();
    }
    return "not refused";
}

const FeaturesOptions genres{.columns = {{.name = "genre", .kind = FeatureKind::list}},
                             .unknown_ids = als::UnknownIds::skip};

}  // namespace

TEST_CASE("read_features: categories, lists and numbers, by names of columns") {
    const auto read_it = read(
        "movieId,title,genres,length,country\n"
        "2,\"Say \"\"Hello\"\", (1987)\",Comedy|Drama, 1.5 ,FR\n"
        "1,Seven (1995),Drama | Crime|Drama,0,\n",
        {.columns = {{.name = "genres", .kind = FeatureKind::list},
                     {.name = "length", .kind = FeatureKind::number},
                     {.name = "title", .text = als::year_in, .width = 10},
                     {.name = "country"}}});
    CHECK(content(read_it) ==
          "1 genres=Drama:1 genres=Crime:1 title=1990:1; "
          "2 genres=Comedy:1 genres=Drama:1 length:1.5 title=1980:1 country=FR:1");
    CHECK(read_it.names == std::vector<std::string>{"genres=Comedy", "genres=Drama", "length",
                                                    "title=1980", "country=FR", "genres=Crime",
                                                    "title=1990"});
    CHECK(read_it.header.size() == 5);
    CHECK(read_it.ids.size() == 3);
}

TEST_CASE("read_features: columns by number, with names of one's own") {
    const FeaturesOptions options{
        .columns = {{.name = "age", .column = 1, .width = 10}, {.column = 2}}};
    CHECK(content(read("1|24|M\n3|-5|F\n2|29|F\n", options)) ==
          "1 age=20:1 column 2=M:1; 2 age=20:1 column 2=F:1; 3 age=-10:1 column 2=F:1");
    // Two columns of one name share their categories.
    CHECK(content(read("1,a,b\n2,b,\n3,b,b\n", {.columns = {{.name = "tag", .column = 1},
                                                            {.name = "tag", .column = 2}}})) ==
          "1 tag=a:1 tag=b:1; 2 tag=b:1; 3 tag=b:1");
}

TEST_CASE("read_features: an id and a feature on each line, with and without values, and lists") {
    const FeaturesOptions pairs{.columns = {{.name = "tag", .column = 1, .value_column = 2}},
                                .duplicates = als::Duplicates::sum};
    const std::string text = "1\tnoir\t0.5\n2\tnoir\t2\n1\tspace opera\t1\n1\tnoir\t0.25\n";
    CHECK(content(read(text, pairs)) == "1 tag=noir:0.75 tag=space opera:1; 2 tag=noir:2");
    FeaturesOptions other = pairs;
    other.duplicates = als::Duplicates::max;
    CHECK(content(read(text, other)) == "1 tag=noir:0.5 tag=space opera:1; 2 tag=noir:2");
    other.duplicates = als::Duplicates::last;
    CHECK(content(read(text, other)) == "1 tag=noir:0.25 tag=space opera:1; 2 tag=noir:2");
    other.duplicates = als::Duplicates::mean;
    CHECK(content(read(text, other)) == "1 tag=noir:0.375 tag=space opera:1; 2 tag=noir:2");
    CHECK(content(read("item,tag,weight\n1,a,2\n2,a,0\n",
                       {.columns = {{.name = "tag", .value = "weight"}}})) == "1 tag=a:2");
    CHECK(content(read("1,a,b\n3\n2,b\n", {.layout = als::Layout::lists, .delimiter = ","})) ==
          "1 a:1 b:1; 2 b:1");
}

TEST_CASE(
    "read_features: ids that the map does not have, and features that an earlier file has not") {
    const std::string text = "item,genre\n1,a|b\n7,c\n8,a\n";
    FeaturesOptions options = genres;
    const auto skipped = read(text, options);
    CHECK(content(skipped) == "1 genre=a:1 genre=b:1");
    CHECK(skipped.names.size() == 2);
    CHECK(skipped.unknown_lines == 2);
    CHECK(skipped.unknown_ids.name(Item{0}) == "7");
    options.unknown_ids = als::UnknownIds::add;
    const auto added = read(text, options);
    CHECK(content(added) == "1 genre=a:1 genre=b:1; 7 genre=c:1; 8 genre=a:1");
    CHECK(added.ids.at("8") == Item{4});
    options.names = {"genre=c", "genre=a"};
    const auto fixed = read(text, options);
    CHECK(content(fixed) == "1 genre=a:1; 7 genre=c:1; 8 genre=a:1");
    CHECK(fixed.names == options.names);
    CHECK(fixed.unknown_features == std::vector<std::string>{"genre=b"});
    options.unknown_ids = als::UnknownIds::error;
    CHECK_THAT(refusal(text, options),
               StartsWith("f:3:1: the item \"7\" is not among the 3 given ids; .unknown_ids = "
                          "als::UnknownIds::skip leaves such lines out"));
}

TEST_CASE("read_features: missing texts, comments and bad lines are left out as asked for") {
    FeaturesOptions options{
        .columns = {{.name = "age", .kind = FeatureKind::number}, {.name = "job"}},
        .bad_lines = als::BadLines::skip,
        .missing = {"NA"}};
    const auto found =
        read("# a comment\nitem,age,job\n1,NA,none\n2,x,cook\n3,4,NA\nNA,5,cook\n", options);
    CHECK(content(found) == "1 job=none:1; 3 age:4");
    CHECK(found.names == std::vector<std::string>{"job=none", "age"});
    CHECK(found.comment_lines == 1);
    CHECK(found.missing_lines == 1);
    REQUIRE(found.bad_lines.size() == 1);
    CHECK_THAT(found.bad_lines[0], StartsWith("f:4:3: the \"age\" \"x\" is not a number"));
}

TEST_CASE("read_features: a file that may mean two things is refused, and says what decides") {
    const FeaturesOptions second{.columns = {{.column = 1}}};
    CHECK_THAT(refusal("x,a\n1,b\n", second),
               StartsWith("f:1:1: the line \"x,a\" may be a header or the features of item \"x\"; "
                          "say .header = als::Header::present or als::Header::absent"));
    FeaturesOptions options = second;
    options.header = Header::absent;
    options.unknown_ids = als::UnknownIds::add;
    CHECK(content(read("x,a\n1,b\n", options)) == "1 column 1=b:1; x column 1=a:1");
    options.header = Header::present;
    CHECK_THAT(refusal("x,a\n1,b\n", options),
               StartsWith("f:1:1: the header \"x,a\" does not say which column is the id of the "
                          "item; name it: .id = \"...\""));
    options.id = "x";
    CHECK(content(read("x,a\n1,b\n", options)) == "1 a=b:1");
    CHECK(content(read("movieId,a\n1,b\n", second)) == "1 a=b:1");
    CHECK_THAT(refusal("movie_id,item,genre\n1,2,a\n", {.columns = {{.name = "genre"}}}),
               StartsWith("not refused"));  // an id's title is surer
    CHECK_THAT(
        refusal("movieId,itemId,genre\n1,2,a\n", {.columns = {{.name = "genre"}}}),
        StartsWith("f:1:1: the header \"movieId,itemId,genre\" has more than one column that "
                   "may be the id of the item; name it: .id = \"...\""));
    CHECK_THAT(
        refusal("genre,movieId\na,1\n", {.columns = {{.name = "movieId"}}, .id_column = 0}),
        StartsWith("f:1:1: the header calls column 1 \"movieId\", and .id_column reads column "
                   "0, \"genre\"; if that is meant, say .id = \"genre\""));
    CHECK_THAT(refusal("movieId,genre\n1,a\n", {.columns = {{.name = "genres"}}}),
               StartsWith("f:1:1: the header \"movieId,genre\" has no column \"genres\""));
    CHECK_THAT(refusal("movieId,a,a\n1,a,b\n", {.columns = {{.name = "a"}}}),
               StartsWith("f:1:1: the header \"movieId,a,a\" has two columns \"a\"; say .column"));
    CHECK_THAT(refusal("1,a\n", {.columns = {{.name = "genre"}}, .header = Header::absent}),
               StartsWith("f:1:1: there is no header with names of columns; say the numbers"));
    CHECK_THAT(refusal("1,a\n", {.columns = {{.column = 0}}}),
               StartsWith("f:1:1: column 0 would be the id and the feature \"column 0\""));
    CHECK_THAT(
        refusal("1,2,3\n", {.columns = {{.name = "n", .column = 1, .kind = FeatureKind::number},
                                        {.name = "n", .column = 2, .kind = FeatureKind::number}}}),
        StartsWith("f:1:1: two columns of numbers have the name \"n\""));
    CHECK_THAT(refusal("1;a,b;c\n2;d,e;f\n", second),
               StartsWith("f:1:1: both \",\" and \";\" divide the lines into columns; say which it "
                          "is: .delimiter = \",\" or \";\""));
}

TEST_CASE("read_features: lines that break the rules are refused with their place") {
    const FeaturesOptions second{.columns = {{.column = 1}}};
    CHECK_THAT(refusal("1,a\n2,b\n1,c\n", second),
               StartsWith("f:3:1: the item \"1\" stands on more than one line (1 and 3); say what "
                          "that means with .duplicates = als::Duplicates::sum, last, mean or max"));
    CHECK_THAT(refusal("1,a\n,b\n", second),
               StartsWith("f:2:1: the item id is empty; expected a name or a number (.id_column"));
    CHECK_THAT(refusal("1,a\n2,b,c\n", second),
               StartsWith("f:2:6: the line \"2,b,c\" has 3 columns, and the first line has 2"));
    CHECK_THAT(refusal("1,a\n2,\"b\n", second), StartsWith("f:2:3: a quote is opened here"));
    CHECK_THAT(refusal("1,x\n", {.columns = {{.column = 1, .kind = FeatureKind::number}}}),
               StartsWith("f:1:3: the \"column 1\" \"x\" is not a number"));
    CHECK_THAT(refusal("1,x\n", {.columns = {{.name = "age", .column = 1, .width = 5}}}),
               StartsWith("f:1:3: the \"age\" \"x\" is not a number"));
    CHECK_THAT(refusal("", second), StartsWith("f: there are no features in the file"));
    CHECK_THAT(refusal("item,genre\n9,a\n", genres),
               contains("there are no features in the file after the header") &&
                   contains("1 lines with unknown ids were left out: .unknown_ids, or another"));
    CHECK_THAT(refusal("\x1F\x8B", second), StartsWith("f:1:1: the file is compressed by gzip"));
    std::istringstream stream("1,1e39\n");
    REQUIRE_THROWS_MATCHES(
        als::read_features<float>(stream, "f", ids_of<Item>({"1"}),
                                  {.columns = {{.column = 1, .kind = FeatureKind::number}}}),
        als::FormatError, says("f:1:3: the value 1e+39 of the feature \"column 1\" is too large"));
    REQUIRE_THROWS_MATCHES(als::read_features<float>("no/such/file", ids_of<Item>({"1"}), second),
                           als::IoError, says("als::read_features: cannot open no/such/file"));
}

TEST_CASE("read_features: illegal options are refused") {
    const auto refused = [](const FeaturesOptions& options, const std::string& message) {
        REQUIRE_THROWS_MATCHES(read("1,a\n", options), als::InputError, says(message));
    };
    refused({}, "als::FeaturesOptions::columns is empty; say which columns hold features");
    refused({.columns = {{.column = 1}}, .layout = als::Layout::lists}, "columns is given");
    refused({.layout = als::Layout::matrix_market}, "als::FeaturesOptions::layout");
    refused({.columns = {{.column = 1}}, .id_column = -1}, "id_column is -1");
    refused({.columns = {{.column = 1}}, .id_column = 0, .id = "x"}, "say only one of them");
    refused({.id_column = 1, .layout = als::Layout::lists}, "in lists the id comes first");
    refused({.columns = {{.column = 1}}, .delimiter = "\n"}, "als::FeaturesOptions::delimiter is");
    refused({.columns = {{.column = 1}}, .names = {"a", "a"}}, "names has \"a\" twice");
    refused({.columns = {{}}}, "als::FeatureColumn: neither name nor column is given");
    refused({.columns = {{.column = -1}}}, "als::FeatureColumn::column is -1");
    refused({.columns = {{.column = 1, .width = -1}}}, "als::FeatureColumn::width is -1");
    refused({.columns = {{.column = 1, .kind = FeatureKind::number, .width = 1}}},
            "als::FeatureColumn::kind is number");
    refused({.columns = {{.column = 1, .kind = FeatureKind::list, .separator = ""}}},
            "als::FeatureColumn::separator is empty");
    refused({.columns = {{.column = 1, .value_column = -1}}},
            "als::FeatureColumn::value_column is");
    refused({.columns = {{.column = 1, .value_column = 2, .value = "x"}}}, "say only one of them");
}

TEST_CASE("year_in: the last year of a text") {
    CHECK(als::year_in("Toy Story (1995)") == "1995");
    CHECK(als::year_in("2001: A Space Odyssey (1968)") == "1968");
    CHECK(als::year_in("01-Jan-1995") == "1995");
    CHECK(als::year_in("1984") == "1984");
    CHECK(als::year_in("12345 and 9999 and 199").empty());
    CHECK(als::year_in("").empty());
}

TEST_CASE("read_features: the files of MovieLens") {
    if (const auto folder = data_folder("ml-100k")) {
        FeaturesOptions items{
            .columns = {{.name = "decade", .column = 2, .text = als::year_in, .width = 10}},
            .unknown_ids = als::UnknownIds::add};
        for (int genre = 5; genre < 24; ++genre)
            items.columns.push_back({.column = genre, .kind = FeatureKind::number});
        const auto movies =
            als::read_features<float>(*folder / "u.item", als::IdMap<Item>(), items);
        CHECK(movies.matrix.rows() == 1682);
        const auto toy_story = movies.ids.at("1").index;
        CHECK(movies.matrix.row(toy_story).sum() == 4);  // a decade and three genres
        CHECK(std::count_if(movies.names.begin(), movies.names.end(), [](const std::string& name) {
                  return name.starts_with("column ");
              }) == 19);
        const auto users =
            als::read_features<float>(*folder / "u.user", als::IdMap<User>(),
                                      {.columns = {{.name = "age", .column = 1, .width = 10},
                                                   {.name = "gender", .column = 2},
                                                   {.name = "occupation", .column = 3}},
                                       .unknown_ids = als::UnknownIds::add});
        CHECK(users.matrix.rows() == 943);
        CHECK(users.matrix.nonZeros() == 3 * 943);
    }
    if (const auto folder = data_folder("ml-1m")) {
        const auto movies = als::read_features<float>(
            *folder / "movies.dat", als::IdMap<Item>(),
            {.columns = {{.name = "decade", .column = 1, .text = als::year_in, .width = 10},
                         {.name = "genre", .column = 2, .kind = FeatureKind::list}},
             .unknown_ids = als::UnknownIds::add});
        CHECK(movies.matrix.rows() == 3883);
        CHECK(std::count_if(movies.names.begin(), movies.names.end(), [](const std::string& name) {
                  return name.starts_with("genre=");
              }) == 18);
        const auto users =
            als::read_features<float>(*folder / "users.dat", als::IdMap<User>(),
                                      {.columns = {{.name = "gender", .column = 1},
                                                   {.name = "age", .column = 2},
                                                   {.name = "occupation", .column = 3}},
                                       .unknown_ids = als::UnknownIds::add});
        CHECK(users.names.size() == 2 + 7 + 21);
    }
    if (const auto folder = data_folder("ml-latest-small")) {
        const auto ratings = als::read_ratings<float>(*folder / "ratings.csv");
        const auto movies = als::read_features<float>(
            *folder / "movies.csv", ratings.items,
            {.columns = {{.name = "genres", .kind = FeatureKind::list},
                         {.name = "title", .text = als::year_in, .width = 10}},
             .unknown_ids = als::UnknownIds::add});
        CHECK(movies.matrix.rows() == 9742);
        CHECK(movies.ids.size() > ratings.items.size());
        const auto tags = als::read_features<float>(*folder / "tags.csv", ratings.items,
                                                    {.columns = {{.name = "tag"}},
                                                     .id = "movieId",
                                                     .duplicates = als::Duplicates::sum,
                                                     .unknown_ids = als::UnknownIds::skip});
        CHECK(tags.matrix.rows() == ratings.items.size());
        CHECK(tags.matrix.nonZeros() > 3000);
    }
}
