// SPDX-License-Identifier: MIT
// read_ratings: the dialect, every refusal with its message, hostile bytes, and the layouts of real
// data.
#include "catch.hpp"
#include "data.hpp"
#include "ratings_text.hpp"
#include <als/ratings_file.hpp>

#include <algorithm>
#include <clocale>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ios>
#include <istream>
#include <limits>
#include <locale>
#include <random>
#include <sstream>
#include <streambuf>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using als::Duplicates;
using als::FormatError;
using als::Header;
using als::InputError;
using als::IoError;
using als::Item;
using als::Ratings;
using als::RatingsOptions;
using als::read_ratings;
using als::User;
using als_test::contains;
using als_test::content;
using als_test::data_folder;
using als_test::read_content;
using als_test::read_text;
using als_test::refusal;
using als_test::says;
using als_test::StartsWith;

using namespace std::string_view_literals;

namespace {

const std::string twice =
    "; a quote in a quoted field is written twice, and .quotes = false reads quotes as text";

const RatingsOptions skipping_bad_lines{.delimiter = ",", .bad_lines = als::BadLines::skip};

const std::string not_a_number =
    " is not a number; expected one such as 4, 3.5 or -1e2, without decimal comma, nan or inf "
    "(.value_column says where it stands)";

std::string missing(const std::string& line, const std::string& found, int expected,
                    const std::string& delimiter) {
    return "the line \"" + line + "\" ends after " + found + "; expected at least " +
           std::to_string(expected) + ", separated by " + delimiter +
           " (.delimiter and the column options say otherwise)";
}

/// A file with this text, which is removed after the test.
class TemporaryFile {
public:
    explicit TemporaryFile(std::string_view text) { als_test::write_bytes(path(), text); }
    [[nodiscard]] std::filesystem::path path() const { return folder_ / "ratings.txt"; }

private:
    als_test::Folder folder_;
};

/// A gigabyte of one letter after a first line, generated while it is read.
class EndlessLine : public std::streambuf {
public:
    std::int64_t given = 0;

protected:
    int_type underflow() override {
        constexpr std::int64_t gigabyte = std::int64_t{1} << 30;
        if (given >= gigabyte) return traits_type::eof();
        block_.assign(given == 0 ? "1,2,3\n" : std::string(1 << 16, 'x'));
        given += static_cast<std::int64_t>(block_.size());
        setg(block_.data(), block_.data(), block_.data() + block_.size());
        return traits_type::to_int_type(block_[0]);
    }

private:
    std::string block_;
};

/// Gives one line and then fails like a broken disk.
class FailingBuffer : public std::streambuf {
protected:
    int_type underflow() override {
        if (std::exchange(has_failed_, true)) throw std::ios_base::failure("the disk is on fire");
        setg(line_.data(), line_.data(), line_.data() + line_.size());
        return traits_type::to_int_type(line_[0]);
    }

private:
    std::string line_ = "1,2,3\n";
    bool has_failed_ = false;
};

/// Makes the whole program use the decimal comma, in C and C++, during its lifetime.
class CommaLocale {
public:
    CommaLocale() : before_(std::locale::global(std::locale(std::locale::classic(), new Comma))) {
        for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "pl_PL.UTF-8"})
            if (std::setlocale(LC_ALL, name)) break;
    }
    CommaLocale(const CommaLocale&) = delete;
    CommaLocale& operator=(const CommaLocale&) = delete;
    ~CommaLocale() {
        std::locale::global(before_);
        std::setlocale(LC_ALL, "C");
    }

private:
    class Comma : public std::numpunct<char> {
        char do_decimal_point() const override { return ','; }
        char do_thousands_sep() const override { return '.'; }
        std::string do_grouping() const override { return "\3"; }
    };
    std::locale before_;
};

}  // namespace

namespace {

/// A text and the ratings that are read from it, as read_content() writes them.
struct Dialect {
    const char* what;
    std::string text;
    std::string expected;
    RatingsOptions options = {};
};

void read_each(const std::vector<Dialect>& snippets) {
    for (const auto& [what, text, expected, options] : snippets) {
        INFO(what);
        CHECK(read_content(text, options) == expected);
    }
}

}  // namespace

TEST_CASE("ratings_file: columns are found between every usual delimiter") {
    read_each({
        {"tabs, as ml-100k", "196\t242\t3\t881250949\n186\t302\t4\t891717742\n",
         "196>242=3 186>302=4"},
        {"two colons, as ml-1m", "1::1193::5::978300760\n", "1>1193=5"},
        {"commas and header, as ml-latest", "userId,movieId,rating,timestamp\n1,31,2.5,12\n",
         "1>31=2.5"},
        {"semicolons", "a;b;1\n", "a>b=1"},
        {"bars", "a|b|1\n", "a>b=1"},
        {"blanks", "a b 1\n", "a>b=1"},
        {"runs of blanks", "  a   b \t 1  \n", "a>b=1", {.delimiter = " "}},
        {"a comma within a field, where semicolons separate", "a,b;c;1\n", "a,b>c=1"},
        {"blanks within a field, where tabs separate", "a b\tc\t1\n", "a b>c=1"},
        {"tabs that stand where commas separate", "\ta\t,\tb,\t1\t\n", "a>b=1", {.delimiter = ","}},
        {"one colon within a field", "a:b::c::1\n", "a:b>c=1"},
        {"a delimiter of one's own", "a<->b<->1\n", "a>b=1", {.delimiter = "<->"}},
    });
}

TEST_CASE("ratings_file: lines may end, be blank and be comments in every usual way") {
    read_each({
        {"CRLF", "1,2,3\r\n4,5,6\r\n", "1>2=3 4>5=6"},
        {"LF and CRLF mixed", "1,2,3\n4,5,6\r\n", "1>2=3 4>5=6"},
        {"no newline at the end", "1,2,3\n4,5,6", "1>2=3 4>5=6"},
        {"CR without LF at the end", "1,2,3\r", "1>2=3"},
        {"byte order mark",
         "\xEF\xBB\xBF"
         "1,2,3\n",
         "1>2=3"},
        {"byte order mark and header", "\xEF\xBB\xBFuser,item,value\r\n1,2,3\r\n", "1>2=3"},
        {"a byte order mark further down is text",
         "1,2,3\n\xEF\xBB\xBF"
         "1,2,4\n",
         "1>2=3 \xEF\xBB\xBF"
         "1>2=4"},
        {"blank lines", "\n\r\n1,2,3\n \t \n\n4,5,6\n\n", "1>2=3 4>5=6"},
        {"comments",
         "# made by hand\n1,2,3\n  # more\n4,5,6 # not one\n",
         "1>2=1 4>5=1",
         {.value_column = -1}},
        {"comments of another kind", "% matrix\n#1,2,3\n", "#1>2=3", {.comment = '%'}},
        {"no comments", "#1,2,3\n", "#1>2=3", {.comment = '\0'}},
    });
}

TEST_CASE("ratings_file: quotes keep delimiters, blanks and quotes") {
    read_each({
        {"a quoted id is no comment", "\"#1\",2,3\n", "#1>2=3"},
        {"quotes", "\"a\",\"b, c\",\"1\"\n", "a>b, c=1"},
        {"doubled quotes", "\"a \"\"b\"\"\",\"\"\"\",1\n", "a \"b\">\"=1"},
        {"blanks around quotes", " \"a\" ,\t\"b\"\t, 1\n", "a>b=1"},
        {"blanks within quotes", "\" a \",b,1\n", " a >b=1"},
        {"quotes between blanks", "\"a b\" c 1\n", "a b>c=1", {.delimiter = " "}},
        {"quotes between tabs", "\"a\tb\"\tc\t1\n", "a\tb>c=1"},
        {"a quote within a field is text", "a\"b\",c,1\n", "a\"b\">c=1"},
        {"quotes are text where the delimiter is longer", "\"a\"::b::1\n", "\"a\">b=1"},
        {"quotes in ignored columns", "1,2,3,\"a,\"\n", "1>2=3"},
    });
}

TEST_CASE("ratings_file: options name the columns") {
    read_each({
        {"other columns",
         "x,3,y,7,z,9\n",
         "9>7=3",
         {.user_column = 5, .item_column = 3, .value_column = 1}},
        {"quotes before the columns that matter",
         "\"x,\"\"y\",1,2,3\n",
         "1>2=3",
         {.user_column = 1, .item_column = 2, .value_column = 3}},
        {"no value column", "1,2\n1,3\n", "1>2=1 1>3=1", {.value_column = -1}},
    });
}

TEST_CASE("ratings_file: a value is a number in any usual form") {
    read_each({
        {"numbers in many forms",
         "1,1,+1\n1,2,-2\n1,3,.5\n1,4,5.\n1,5,1e2\n1,6,1E-2\n1,7,-0.25e+1\n1,8,007\n",
         "1>1=1 1>2=-2 1>3=0.5 1>4=5 1>5=100 1>6=0.01 1>7=-2.5 1>8=7"},
    });
}

TEST_CASE("ratings_file: a header is found, or as the options say") {
    read_each({
        {"header said",
         "1,2,3\n4,5,6\n",
         "4>5=6",
         {.user_column = 0, .item_column = 1, .value_column = 2, .header = Header::present}},
        {"header denied", "ann,book,3\n", "ann>book=3", {.header = Header::absent}},
        {"no header, as the value is a number", "ann,book,3\n", "ann>book=3"},
        {"no header, as one id is a number",
         "ann,7\nbob,8\n",
         "ann>7=1 bob>8=1",
         {.value_column = -1}},
        {"header after comments", "# x\n\nuser,item,value\n1,2,3\n", "1>2=3"},
    });
}

TEST_CASE("ratings_file: only ratings of the minimum or more are kept") {
    read_each({
        {"minimum", "1,1,3\n1,2,4\n2,1,3.9\n3,3,5\n", "1>2=4 3>3=5", {.minimum = 4}},
    });
}

TEST_CASE("ratings_file: ids are kept byte for byte") {
    read_each({
        {"an id is kept as given", "07,2147483648,1\n7,99999999999999999999,2\n",
         "07>2147483648=1 7>99999999999999999999=2"},
        {"UTF-8", "Zo\xC3\xAB,\xE6\x98\xA0\xE7\x94\xBB,4\n",
         "Zo\xC3\xAB>\xE6\x98\xA0\xE7\x94\xBB=4"},
        {"Latin-1", "Zo\xEB,x,4\n", "Zo\xEB>x=4"},
    });
}

namespace {

/// A text and the message that refuses it.
struct Refusal {
    std::string text;
    std::string message;
    RatingsOptions options = {};
};

void refuse_each(const std::vector<Refusal>& snippets) {
    for (const auto& [text, message, options] : snippets) CHECK(refusal(text, options) == message);
}

}  // namespace

TEST_CASE("ratings_file: a value that is no number is refused, and named") {
    refuse_each({
        {"1,2,3\n1,3,abc\n", "f:2:5: the value \"abc\"" + not_a_number},
        {"1,2,\n", "f:1:5: the value \"\"" + not_a_number},
        {"1,2,3.5abc\n", "f:1:5: the value \"3.5abc\"" + not_a_number},
        {"1,2,nan\n", "f:1:5: the value \"nan\"" + not_a_number},
        {"1,2,NaN\n", "f:1:5: the value \"NaN\"" + not_a_number},
        {"1,2,inf\n", "f:1:5: the value \"inf\"" + not_a_number},
        {"1,2,-Infinity\n", "f:1:5: the value \"-Infinity\"" + not_a_number},
        {"1,2,0x10\n", "f:1:5: the value \"0x10\"" + not_a_number},
        {"1,2,+-3\n", "f:1:5: the value \"+-3\"" + not_a_number},
        {"1,2,++3\n", "f:1:5: the value \"++3\"" + not_a_number},
        {"1,2,1 000\n", "f:1:5: the value \"1 000\"" + not_a_number},
        {"1,2,1e\n", "f:1:5: the value \"1e\"" + not_a_number},
        {"1,2,\" 3\"\n", "f:1:5: the value \" 3\"" + not_a_number},
        {"1,2,\xD9\xA3\n", "f:1:5: the value \"\xD9\xA3\"" + not_a_number},
        {"1;2;3,5\n", "f:1:5: the value \"3,5\"" + not_a_number},
        {"1\t2\t3,5\n", "f:1:5: the value \"3,5\"" + not_a_number},
        {"1,2,\"3,5\"\n", "f:1:5: the value \"3,5\"" + not_a_number},
        {"ann,book,nan\n1,2,3\n", "f:1:10: the value \"nan\"" + not_a_number},
    });
}

TEST_CASE("ratings_file: a number beyond the range of double is refused") {
    refuse_each({
        {"1,2,1e400\n", "f:1:5: the value \"1e400\" is too large or too small for a double"},
        {"1,2,-1e400\n", "f:1:5: the value \"-1e400\" is too large or too small for a double"},
        {"1,2,1e-400\n", "f:1:5: the value \"1e-400\" is too large or too small for a double"},
    });
}

TEST_CASE("ratings_file: a line with too few columns is refused, and says where it ends") {
    refuse_each({
        {"1,2,3\n\n#\n1,2\n", "f:4:4: " + missing("1,2", "2 columns", 3, "\",\"")},
        {"1\n", "f:1:2: " + missing("1", "1 column", 3, "blanks")},
        {"1,2\n", "f:1:4: " + missing("1,2", "2 columns", 3, "\",\"")},
        {"1\t2\t\n1\t2", "f:1:5: the value \"\"" + not_a_number},
        {"1\t2\t3\n1\t3", "f:2:4: " + missing("1\\x093", "2 columns", 3, "tabs")},
        {"1 2 \n", "f:1:5: " + missing("1 2 ", "2 columns", 3, "blanks")},
        {"userId,movieId\n1,2\n",
         "f:1:1: the header has 2 columns; expected at least 3, separated by \",\" (.value_column "
         "= "
         "-1 says that there are no values)"},
        {"1,2,3\n", "f:1:6: " + missing("1,2,3", "1 column", 3, "\"::\""), {.delimiter = "::"}},
        {"1,2,3\n", "f:1:6: " + missing("1,2,3", "3 columns", 8, "\",\""), {.item_column = 7}},
    });
}

TEST_CASE("ratings_file: an empty id is refused") {
    refuse_each({
        {"1,2,3\n,2,3\n",
         "f:2:1: the user id is empty; expected a name or a number (.user_column says where it "
         "stands, .missing = {\"\"} leaves such lines out)"},
        {"1, ,3\n",
         "f:1:4: the item id is empty; expected a name or a number (.item_column says where it "
         "stands, .missing = {\"\"} leaves such lines out)"},
        {"\"\",2,3\n",
         "f:1:1: the user id is empty; expected a name or a number (.user_column says where it "
         "stands, .missing = {\"\"} leaves such lines out)"},
    });
}

TEST_CASE("ratings_file: quotes that are not closed, or closed too early, are refused") {
    const std::string unclosed = "a quote is opened here and not closed on this line: ";
    const std::string trailing = "text follows the closing quote of this field: ";
    refuse_each({
        {"1,2,3\n1,\"x,4\n", "f:2:3: " + unclosed + "\"\"x,4\"" + twice},
        {"1,\"x\"y,4\n", "f:1:3: " + trailing + "\"\"x\"y,4\"" + twice},
        {"\"x\"\n\",2,3\n", "f:1:4: " + missing("\"x\"", "1 column", 3, "blanks")},
        {"\"a b\"c 1 2\n", "f:1:1: " + trailing + "\"\"a b\"c 1 2\"" + twice, {.delimiter = " "}},
    });
}

TEST_CASE("ratings_file: a NUL byte is refused") {
    const std::string nul =
        "found a NUL byte; expected text (compressed and UTF-16 files have to be converted first)";
    refuse_each({
        {std::string("1,2,3\n1,\0,3\n", 12), "f:2:3: " + nul},
        {std::string("#\0\n1,2,3\n", 9), "f:1:2: " + nul},
    });
}

TEST_CASE("ratings_file: a file without ratings is refused, and says what was left out") {
    refuse_each({
        {"", "f: there is no rating in the file; expected one on each line"},
        {"\xEF\xBB\xBF", "f: there is no rating in the file; expected one on each line"},
        {"\n\n# nothing\n",
         "f: there is no rating in the file; expected one on each line (1 comment lines were left "
         "out: "
         ".comment)"},
        {"userId,movieId,rating\n",
         "f: there is no rating in the file after the header (or .header = als::Header::absent, if "
         "there "
         "is none); expected one on each line"},
        {"1,2,3\n",
         "f: there is no rating in the file with a value of at least 4; expected one on each line",
         {.minimum = 4}},
        {"1,2,3\n1,2,x\n", "f:2:5: the value \"x\"" + not_a_number, {.minimum = 4}},
    });
}

TEST_CASE("ratings_file: an excerpt is short, and control characters are visible") {
    refuse_each({
        {"1,2,aaaaaaaaaabbbbbbbbbbccccccccccdddddddddde\n",
         "f:1:5: the value \"aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd...\"" + not_a_number},
        {"1,2,a\x1B[31m\n", "f:1:5: the value \"a\\x1b[31m\"" + not_a_number},
    });
}

TEST_CASE("ratings_file: a value has to fit the scalar") {
    CHECK(refusal<float>("1,2,1e39\n") ==
          "f:1:5: the value \"1e39\" is too large or too small for a float");
    CHECK(refusal<float>("1,2,-3.5e38\n") ==
          "f:1:5: the value \"-3.5e38\" is too large or too small for a float");
    CHECK(refusal<float>("1,2,1e-60\n") ==
          "f:1:5: the value \"1e-60\" is too large or too small for a float");
    CHECK(read_text<float>("1,2,3.4e38\n").interactions[User{0}].values()[0] == 3.4e38F);
    CHECK(read_text<float>("1,2,0e0\n").interactions[User{0}].values()[0] == 0);
    CHECK(read_text<double>("1,2,1e39\n").interactions[User{0}].values()[0] == 1e39);
}

TEST_CASE(
    "ratings_file: the minimum is compared with the number in the file, not with its rounding") {
    const auto kept =
        read_text<float>("1,1,3.3\n1,2,3.2999999999\n1,3,3.3000000001\n", {.minimum = 3.3});
    CHECK(content(kept) == "1>1=3.3 1>3=3.3");
}

TEST_CASE("ratings_file: indices follow the first appearance among the lines kept") {
    const auto ratings = read_text("30,b,1\n20,a,5\n10,b,5\n20,c,5\n30,a,5\n", {.minimum = 2});
    REQUIRE(ratings.users.size() == 3);
    CHECK(ratings.users.name(User{0}) == "20");
    CHECK(ratings.users.name(User{1}) == "10");
    CHECK(ratings.users.name(User{2}) == "30");
    REQUIRE(ratings.items.size() == 3);
    CHECK(ratings.items.name(Item{0}) == "a");
    CHECK(ratings.items.name(Item{1}) == "b");
    CHECK(ratings.items.name(Item{2}) == "c");
}

TEST_CASE("ratings_file: a repeated pair follows the policy") {
    const std::string text = "1,2,3\n5,2,1\n1,2,9\n1,2,6\n";
    CHECK(read_content(text, {.duplicates = Duplicates::sum}) == "1>2=18 5>2=1");
    CHECK(read_content(text, {.duplicates = Duplicates::last}) == "1>2=6 5>2=1");
    CHECK(read_content(text, {.duplicates = Duplicates::mean}) == "1>2=6 5>2=1");
    CHECK(read_content(text, {.duplicates = Duplicates::max}) == "1>2=9 5>2=1");
}

TEST_CASE("ratings_file: a repeated pair is refused with its ids and both lines") {
    const std::string remedy =
        "; say what a repeated pair means with .duplicates = als::Duplicates::sum, last, mean or "
        "max";
    CHECK(refusal("user,item,rating\n\n12,7,1\n# x\n1,7,1\n12,8,1\n12,7,2\n12,7,3\n1,7,1\n") ==
          "f:7:1: user \"12\" and item \"7\" occur more than once (lines 3 and 7)" + remedy);
    // The pair with the smaller indices is repeated later.
    CHECK(refusal("a,x,1\nb,y,1\nb,y,1\na,x,1\n") ==
          "f:3:1: user \"b\" and item \"y\" occur more than once (lines 2 and 3)" + remedy);
    // Lines that are left out count as lines, but not as repetitions.
    CHECK(refusal("a,x,1\na,x,5\nb,x,1\na,x,2\nb,x,5\na,x,5\n", {.minimum = 3}) ==
          "f:6:1: user \"a\" and item \"x\" occur more than once (lines 2 and 6)" + remedy);
    CHECK(read_content("a,x,1\na,x,5\n", {.minimum = 3}) == "a>x=5");
}

TEST_CASE("ratings_file: illegal options are refused before the file is opened") {
    const auto refused = [](const RatingsOptions& options, const std::string& message) {
        REQUIRE_THROWS_MATCHES(read_ratings<float>("/no/such/file", options), InputError,
                               Catch::Matchers::Message("als::RatingsOptions::" + message));
    };
    refused({.user_column = -1}, "user_column is -1; columns are counted from 0");
    refused({.item_column = -1}, "item_column is -1; columns are counted from 0");
    refused({.value_column = -2},
            "value_column is -2; columns are counted from 0, -1 means that there is none");
    const std::string differ = "; they have to differ";
    refused({.user_column = 1, .item_column = 1},
            "user_column and item_column are both 1" + differ);
    refused({.user_column = 2, .value_column = 2},
            "user_column and value_column are both 2" + differ);
    refused({.item_column = 3, .time_column = 3},
            "item_column and time_column are both 3" + differ);
    refused({.threads = -1}, "threads is -1; it has to be finite and >= 0");
    refused({.minimum = std::numeric_limits<double>::quiet_NaN()},
            "minimum is nan; it has to be a number");
    const std::string no_delimiter = "; it cannot have a line end, a quote or a NUL byte in it";
    refused({.delimiter = "\n"}, "delimiter is \"\\x0a\"" + no_delimiter);
    refused({.delimiter = ",\""}, "delimiter is \",\"\"" + no_delimiter);
    refused({.delimiter = std::string(1, '\0')}, "delimiter is \"\\x00\"" + no_delimiter);
    const std::string no_comment =
        "; it cannot be a blank, a line end, a quote or the beginning of the delimiter";
    refused({.comment = ' '}, "comment is \" \"" + no_comment);
    refused({.delimiter = ";", .comment = ';'}, "comment is \";\"" + no_comment);
}

TEST_CASE("ratings_file: the last column that an int can name is only missing") {
    CHECK_THAT(refusal("1,2,3\n", {.value_column = std::numeric_limits<int>::max()}),
               als_test::contains("expected at least 2147483648"));
}

TEST_CASE("ratings_file: a file and a stream give the same") {
    const std::string text = "\xEF\xBB\xBFuser,item,value\r\n1,\"a,b\",3\r\n2,c,4";
    const TemporaryFile file(text);
    const auto from_file = read_ratings<float>(file.path());
    const auto from_stream = read_text<float>(text);
    CHECK(from_file.interactions == from_stream.interactions);
    CHECK(from_file.users == from_stream.users);
    CHECK(from_file.items == from_stream.items);
    CHECK(content(from_file) == "1>a,b=3 2>c=4");

    const TemporaryFile broken("1,2,3\n1,2\n");
    REQUIRE_THROWS_MATCHES(
        read_ratings<float>(broken.path()), FormatError,
        says(broken.path().string() + ":2:4: the line \"1,2\" ends after 2 columns"));
}

TEST_CASE(
    "ratings_file: a file that cannot be opened or read is an IoError with the system's reason") {
    REQUIRE_THROWS_MATCHES(
        read_ratings<float>("/no/such/file"), IoError,
        Catch::Matchers::Message(
            "als::read_ratings: cannot open /no/such/file: No such file or directory"));
    REQUIRE_THROWS_MATCHES(read_ratings<float>(""), IoError, says("cannot open"));
    const std::string folder = std::filesystem::temp_directory_path().string();
    REQUIRE_THROWS_MATCHES(read_ratings<float>(folder), IoError, says(folder + ": Is a directory"));
    REQUIRE_THROWS_MATCHES(read_ratings<float>("/dev/null"), FormatError,
                           says("/dev/null: there is no rating in the file"));
}

TEST_CASE("ratings_file: a stream that has failed or fails is an IoError") {
    std::ifstream unopened("/no/such/file");
    REQUIRE_THROWS_MATCHES(
        read_ratings<float>(unopened, "x"), IoError,
        Catch::Matchers::Message("als::read_ratings: the stream x cannot be read"));
    FailingBuffer buffer;
    std::istream failing(&buffer);
    REQUIRE_THROWS_MATCHES(read_ratings<float>(failing, "x"), IoError,
                           says("als::read_ratings: cannot read x: the disk is on fire"));
    std::istream nothing(nullptr);
    REQUIRE_THROWS_AS(read_ratings<float>(nothing, "x"), IoError);
}

TEST_CASE("ratings_file: a stream that throws at its end is read all the same") {
    std::istringstream stream("1,2,3\n");
    stream.exceptions(std::ios_base::failbit | std::ios_base::eofbit | std::ios_base::badbit);
    CHECK(content(read_ratings<double>(stream, "x")) == "1>2=3");
}

TEST_CASE("ratings_file: the locale does not matter") {
    const CommaLocale comma;
    CHECK(std::use_facet<std::numpunct<char>>(std::locale()).decimal_point() == ',');
    const TemporaryFile file("1\t2\t3.5\n");
    const auto ratings = read_ratings<double>(file.path(), {.minimum = 1234.5 - 1233});
    CHECK(ratings.interactions[User{0}].values()[0] == 3.5);
    CHECK(refusal("1\t2\t3,5\n") == "f:1:5: the value \"3,5\"" + not_a_number);
    CHECK(refusal("1\t2\t1.000,5\n") == "f:1:5: the value \"1.000,5\"" + not_a_number);
    CHECK_THAT(refusal("1\t2\t1\n", {.minimum = 1234.5}), als_test::contains("at least 1234.5;"));
}

TEST_CASE("ratings_file: a line may have a MiB and not a byte more") {
    const std::size_t longest = std::size_t{1} << 20;
    const std::string bom = "\xEF\xBB\xBF";
    const auto line = [](std::size_t size) { return "1,2,3," + std::string(size - 6, 'x'); };
    for (const std::string before : {"", "8,8,8\n"})
        for (const std::string& mark : {std::string(), bom})
            for (const std::string end : {"", "\n", "\r\n"}) {
                const std::string number = before.empty() ? "1" : "2";
                const std::string first = mark + before;
                CHECK(
                    read_text(first + line(longest) + end, {.ragged = true}).interactions.size() ==
                    (before.empty() ? 1 : 2));
                CHECK(refusal(first + line(longest + 1) + end) ==
                      "f:" + number +
                          ":1048577: the line is longer than 1048576 bytes; expected a text file "
                          "with one rating on each line");
            }
    CHECK_THAT(refusal(line(longest + 100'000) + "\n1,2,3\n"), als_test::contains("f:1:1048577: "));
}

TEST_CASE("ratings_file: a line of a gigabyte is refused after a few MiB of it") {
    EndlessLine buffer;
    std::istream stream(&buffer);
    REQUIRE_THROWS_MATCHES(read_ratings<float>(stream, "f"), FormatError,
                           says("f:2:1048577: the line is longer than 1048576 bytes"));
    CHECK(buffer.given < 4'000'000);
}

TEST_CASE("ratings_file: lines that straddle the blocks of reading are whole") {
    std::string text;
    const int lines = 200'000;
    for (int i = 0; i < lines; ++i)
        text += std::to_string(i * 7919) + ",item" + std::to_string(i % 1000) + ',' +
                std::to_string(i) + "\r\n";
    REQUIRE(text.size() > 4'000'000);
    const auto ratings = read_text(text);
    REQUIRE(ratings.users.size() == lines);
    REQUIRE(ratings.items.size() == 1000);
    for (int i = 0; i < lines; ++i) {
        REQUIRE(ratings.users.name(User{i}) == std::to_string(i * 7919));
        const auto row = ratings.interactions[User{i}];
        REQUIRE(row.ids()[0].index == i % 1000);
        REQUIRE(row.values()[0] == i);
    }
}

namespace {

/// Reads texts, checks the result of each, and counts.
class Attempts {
public:
    int read = 0;
    int refused = 0;

    void attempt(const std::string& text, const RatingsOptions& options) {
        try {
            const auto ratings = read_text<float>(text, options);
            REQUIRE(ratings.interactions.user_count() == ratings.users.size());
            REQUIRE(ratings.interactions.item_count() == ratings.items.size());
            REQUIRE_FALSE(ratings.interactions.empty());
            for (const auto& entry : ratings.interactions.entries())
                REQUIRE(std::isfinite(entry.value));
            ++read;
        } catch (const als::Error&) {
            ++refused;
        }
    }
};

/// A text with everything that the dialect has.
const std::string valid_text =
    "\xEF\xBB\xBF# comment\r\nuser,item,rating,time\r\n\r\n1,\"a, \"\"b\"\"\",3.5,1\r\n"
    "22,7,+4e0,\"x\"\n1, c ,-.5,\n333,\"d\",2,\n\"4\",e,1e1,7\n";

const std::vector<RatingsOptions> variants{
    {},
    {.delimiter = ","},
    {.delimiter = "::"},
    {.delimiter = " "},
    {.value_column = -1, .duplicates = Duplicates::sum},
    {.user_column = 3, .header = Header::absent},
    {.header = Header::present, .minimum = 3, .duplicates = Duplicates::mean, .comment = '\0'},
};

}  // namespace

TEST_CASE("ratings_file: every prefix of a text gives ratings or an als::Error") {
    Attempts attempts;
    for (std::size_t length = 0; length <= valid_text.size(); ++length)
        for (const auto& options : variants)
            attempts.attempt(valid_text.substr(0, length), options);
    CHECK(attempts.read > 30);
    CHECK(attempts.refused > 100);
}

TEST_CASE("ratings_file: any bytes give ratings or an als::Error") {
    Attempts attempts;
    std::mt19937_64 engine(1);
    const auto below = [&](std::size_t bound) {
        return static_cast<std::size_t>(engine() % bound);
    };
    constexpr auto spice = "\"\"\",,::\t ;|\r\n\n#+-.e0123456789naif\0\xFF\xEF\xBB\xBF"sv;
    for (int round = 0; round < 5000; ++round) {
        std::string text = valid_text;
        for (std::size_t changes = 1 + below(8); changes > 0 && !text.empty(); --changes) {
            const std::size_t at = below(text.size());
            switch (below(5)) {
                case 0:
                    text[at] = static_cast<char>(below(256));
                    break;
                case 1:
                    text[at] = spice[below(spice.size())];
                    break;
                case 2:
                    text.insert(at, 1, spice[below(spice.size())]);
                    break;
                case 3:
                    text.erase(at, 1 + below(4));
                    break;
                default:
                    text.insert(at, text.substr(below(text.size()), below(30)));
                    break;
            }
        }
        attempts.attempt(text, variants[below(variants.size())]);
    }
    // Both outcomes have to be common, or the test shows little.
    CHECK(attempts.read > 150);
    CHECK(attempts.refused > 500);
}

TEST_CASE("ratings_file: MovieLens 100K as it comes") {
    const auto folder = data_folder("ml-100k");
    if (!folder) return;
    const auto all = read_ratings<float>(*folder / "u.data");
    CHECK(all.users.size() == 943);
    CHECK(all.items.size() == 1682);
    CHECK(all.interactions.size() == 100'000);
    CHECK(all.users.name(User{0}) == "196");
    CHECK(all.items.name(Item{0}) == "242");
    const auto row = all.interactions[all.users.at("22")];
    const auto place = std::find(row.ids().begin(), row.ids().end(), all.items.at("377"));
    REQUIRE(place != row.ids().end());
    CHECK(row.values()[static_cast<std::size_t>(place - row.ids().begin())] == 1);
}

TEST_CASE("ratings_file: MovieLens 100K from 4 stars up has the size that is published") {
    const auto folder = data_folder("ml-100k");
    if (!folder) return;
    const auto ratings = read_ratings<float>(*folder / "u.data", {.minimum = 4});
    const als::Interactions<float>& likes = ratings.interactions;
    REQUIRE(ratings.users.size() == 942);
    REQUIRE(ratings.items.size() == 1447);
    REQUIRE(likes.size() == 55'375);
    const auto lengths = [&](auto index, std::int32_t count) {
        std::vector<std::int64_t> sizes;
        for (index.index = 0; index.index < count; ++index.index)
            sizes.push_back(likes[index].size());
        std::sort(sizes.begin(), sizes.end());
        return sizes;
    };
    const auto of_users = lengths(User{}, 942);
    const auto of_items = lengths(Item{}, 1447);
    CHECK(of_users.front() == 3);
    CHECK(of_users.back() == 378);
    CHECK(of_items.front() == 1);
    CHECK(of_items.back() == 501);
    CHECK_THAT(55'375 / 942.0, als_test::WithinAbs(58.784501, 5e-7));
    CHECK_THAT(55'375 / 1447.0, als_test::WithinAbs(38.268832, 5e-7));
}

TEST_CASE("ratings_file: MovieLens latest-small as it comes") {
    const auto folder = data_folder("ml-latest-small");
    if (!folder) return;
    const auto ratings = read_ratings<double>(*folder / "ratings.csv");
    CHECK(ratings.users.size() == 610);
    CHECK(ratings.items.size() == 9724);
    CHECK(ratings.interactions.size() == 100'836);
    const auto row = ratings.interactions[ratings.users.at("1")];
    CHECK(*std::min_element(row.values().begin(), row.values().end()) >= 0.5);
}

TEST_CASE("ratings_file: Last.fm's play counts as they come") {
    const auto folder = data_folder("lastfm-hetrec2011");
    if (!folder) return;
    const auto plays = read_ratings<double>(*folder / "user_artists.dat");
    CHECK(plays.users.size() == 1892);
    CHECK(plays.items.size() == 17'632);
    CHECK(plays.interactions.size() == 92'834);
    double total = 0;
    double most = 0;
    for (const auto& entry : plays.interactions.entries()) {
        total += entry.value;
        most = std::max(most, entry.value);
    }
    CHECK(total == 69'183'975);
    CHECK(most == 352'698);
}

TEST_CASE("ratings_file: FilmTrust has three pairs that are repeated") {
    const auto folder = data_folder("filmtrust");
    if (!folder) return;
    REQUIRE_THROWS_MATCHES(
        read_ratings<float>(*folder / "ratings.txt"), FormatError,
        says("ratings.txt:7437:1: user \"308\" and item \"207\" occur more than once "
             "(lines 7411 and 7437)"));
    const auto ratings =
        read_ratings<float>(*folder / "ratings.txt", {.duplicates = Duplicates::last});
    CHECK(ratings.users.size() == 1508);
    CHECK(ratings.items.size() == 2071);
    CHECK(ratings.interactions.size() == 35'494);
}

TEST_CASE("ratings_file: Spark's sample, whose last line has no newline") {
    const auto folder = data_folder("spark-sample");
    if (!folder) return;
    const auto ratings = read_ratings<float>(*folder / "sample_movielens_ratings.txt");
    CHECK(ratings.users.size() == 30);
    CHECK(ratings.items.size() == 100);
    CHECK(ratings.interactions.size() == 1501);
    const auto entries = ratings.interactions.entries();
    CHECK(std::count_if(entries.begin(), entries.end(),
                        [](const auto& e) { return e.value == 1; }) == 941);
}

TEST_CASE("ratings_file: bad lines can be skipped, and are all reported") {
    const std::string text =
        "1,2,3\nx\n1,,4\n\"7,8,9\n4,5,nan\n4,5,1e400\n1,3,2\n# a comment\n\n9,9,2.5\n";
    CHECK_THAT(refusal(text, {.delimiter = ","}),
               StartsWith("f:2:2: the line \"x\" ends after 1 column"));
    const auto ratings = read_text(text, skipping_bad_lines);
    CHECK(ratings.interactions.size() == 3);
    CHECK(ratings.users.size() == 2);  // ids of bad lines are not kept
    CHECK_FALSE(ratings.users.find("4").has_value());
    REQUIRE(ratings.bad_lines.size() == 5);
    CHECK_THAT(ratings.bad_lines[0], StartsWith("f:2:2: the line \"x\" ends after 1 column"));
    CHECK_THAT(ratings.bad_lines[1], StartsWith("f:3:3: the item id is empty"));
    CHECK_THAT(ratings.bad_lines[2], StartsWith("f:4:1: a quote is opened here"));
    CHECK_THAT(ratings.bad_lines[3], StartsWith("f:5:5: the value \"nan\" is not a number"));
    CHECK_THAT(ratings.bad_lines[4], StartsWith("f:6:5: the value \"1e400\" is too large"));
}

TEST_CASE("ratings_file: a file of bad lines alone is refused, with the first of them") {
    CHECK_THAT(refusal("x\ny\n", skipping_bad_lines),
               contains("(2 bad lines were skipped, the first: f:1:2: the line \"x\" ends"));
}

TEST_CASE("ratings_file: a repeated pair is named by its own line, whatever was skipped before") {
    CHECK_THAT(refusal("1,2,3\nx\n1,2,4\n", skipping_bad_lines),
               contains("f:3:1: user \"1\" and item \"2\" occur"));
}

TEST_CASE("ratings_file: a NUL byte is refused even where bad lines are skipped") {
    CHECK_THAT(refusal(std::string("1,2,3\n1,\0,4\n", 12), skipping_bad_lines),
               contains("f:2:3: found a NUL byte"));
}

TEST_CASE("ratings_file: lines longer than the first buffer are read whole") {
    for (const std::size_t length : {65530U, 65536U, 70000U, 131072U, 400000U}) {
        const std::string id(length, 'x');
        std::istringstream stream("1\t2\t3\n1\t" + id + "\t4\n" + id + "\t2\t5\n");
        const auto ratings = als::read_ratings<float>(stream, "f");
        CHECK(ratings.interactions.size() == 3);
        CHECK(ratings.items.name(als::Item{1}) == id);
        CHECK(ratings.users.name(als::User{1}) == id);
    }
}

TEST_CASE("ratings_file: times are kept, of a repeated pair the latest") {
    const auto data = read_text<float>("a,x,5,300\na,x,4,100\nb,y,1,2e3\n",
                                       {.time_column = 3, .duplicates = Duplicates::sum});
    CHECK(data.times[User{0}].values()[0] == 300);
    CHECK(data.times[User{1}].values()[0] == 2000);
    CHECK(read_text<float>("a,x,5,300\n").times.empty());
}

TEST_CASE(
    "ratings_file: a time that is no number, and columns of times that cannot be, are refused") {
    CHECK_THAT(refusal("a,x,5,1\na,y,5,soon\n", {.time_column = 3}),
               contains("f:2:7: the time \"soon\" cannot be read; expected a number"));
    CHECK_THAT(refusal("a,x,5,1\n", {.time_column = 2}),
               contains("column 2 would be the value and the time"));
    REQUIRE_THROWS_MATCHES(read_text("a,x,5,1\n", {.time_column = -2}), InputError,
                           says("time_column is -2"));
}
