// SPDX-License-Identifier: MIT
// Model files: nothing is lost, nothing is let in.
#include "catch.hpp"
#include "data.hpp"
#include "samples.hpp"
#include <als/detail/io/model_reader.hpp>

#include <cstring>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace als_test;
using als::Item;
using als::User;
namespace fs = std::filesystem;

namespace {

/// Reads a file's bytes without the file.
template <typename Scalar>
als::ModelFile<Scalar> read_bytes(const std::string& bytes) {
    const auto read = [&](std::uint64_t offset, void* to, std::size_t count) {
        REQUIRE(offset <= bytes.size());
        REQUIRE(count <= bytes.size() - offset);
        std::memcpy(to, bytes.data() + offset, count);
    };
    return als::detail::ModelReader<Scalar>("a file", bytes.size(), read).file();
}

const std::vector<std::string> three_names{"7", "07", "Zoë \"x\"\n"};
const std::vector<std::string> four_numbers{"10", "-3", "0", "9223372036854775807"};

als::Interactions<float> seen_by_three() {
    return {3, 4, std::vector<als::Entry<float>>{{User{0}, Item{1}, 2.5F}, {User{2}, Item{3}, -1}}};
}

/// Two features, of 2 factors and a bias.
template <als::Id Index>
als::FeatureMap<Index, float> map_by_formula(std::vector<std::string> names = {}) {
    als::FeatureMapParts<float> parts;
    parts.weights.factors.resize(3, 2);
    parts.weights.factors << 0.5F, -1, 2, 0.25F, -3, 4;
    parts.weights.biases = als::BiasVector<float>::LinSpaced(3, -3, 5);
    parts.names = std::move(names);
    return als::FeatureMap<Index, float>(parts);
}

template <als::Id Index>
void check_same(const std::optional<als::FeatureMap<Index, float>>& found,
                const als::FeatureMap<Index, float>& saved) {
    REQUIRE(found.has_value());
    CHECK(same_bits(found->parts().weights.factors, saved.parts().weights.factors));
    CHECK(same_bits(found->parts().weights.biases, saved.parts().weights.biases));
    CHECK(found->names() == saved.names());
    CHECK(found->parts().non_negative == saved.parts().non_negative);
}

/// A file with everything that it can hold, for 3 users, 4 items and 2 factors.
std::string whole_file() {
    const Folder folder;
    const auto users = ids_of<User>(three_names);
    const auto items = ids_of<Item>(four_numbers);
    const auto seen = seen_by_three();
    const als::Training training{.factors = 2};
    const auto map = map_by_formula<Item>({"a", "b=1"});
    als::save(model_by_formula<float>(
                  als::Explicit{.regularization = 0.1, .item_regularization = 0.25}, 3, 4, 2),
              folder / "whole",
              {.users = &users,
               .items = &items,
               .seen = &seen,
               .training = &training,
               .item_features = &map});
    return bytes_of(folder / "whole");
}

/// The file with another header, whose length and checksum are corrected.
std::string with_header(const std::string& file, std::string json) {
    while (!json.empty() && json.back() == ' ') json.pop_back();
    while ((8 + json.size()) % 64 != 0) json += ' ';
    if (const auto place = als::detail::place_of_checksum(json); place != std::string::npos)
        json.replace(place, 8, als::detail::header_checksum(json));
    std::uint64_t length = 0;
    std::memcpy(&length, file.data(), sizeof length);
    const std::string data = file.substr(8 + static_cast<std::size_t>(length));
    length = json.size();
    std::string start(sizeof length, '\0');
    std::memcpy(start.data(), &length, sizeof length);
    return start + json + data;
}

std::string header_of(const std::string& file) {
    std::uint64_t length = 0;
    std::memcpy(&length, file.data(), sizeof length);
    return file.substr(8, static_cast<std::size_t>(length));
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    INFO("to be replaced: " << from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

/// The file with other bytes at the beginning of a tensor, whose checksum is corrected.
std::string with_tensor(const std::string& file, const std::string& name,
                        const std::string& bytes) {
    const auto header = als::detail::TensorHeaderParser("a file", header_of(file)).parse();
    const auto& place = header.tensors.at(name);
    const std::size_t data = 8 + header_of(file).size();
    std::string changed = file;
    changed.replace(data + static_cast<std::size_t>(place.begin), bytes.size(), bytes);
    const std::string sum = als::detail::checksum_text(
        als::detail::crc32c(changed.data() + data + static_cast<std::size_t>(place.begin),
                            static_cast<std::size_t>(place.end - place.begin)));
    return with_header(changed, replaced(header_of(file), header.texts.at("crc32c." + name), sum));
}

template <typename Number>
std::string raw(const std::vector<Number>& numbers) {
    return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)};
}

}  // namespace

TEMPLATE_TEST_CASE("save: what is loaded equals what was saved, bit for bit", "", float, double) {
    const Folder folder;
    const auto data = random_table(61, {.users = 30, .items = 20, .density = 0.3, .dislikes = 0.1})
                          .template interactions<TestType>();
    const auto check = [&](const auto& objective) {
        const auto model = als::fit(data, objective, {.factors = 5, .iterations = 2});
        als::save(model, folder / "model");
        const auto again = als::load<TestType>(folder / "model");
        CHECK(same_bits(again, model));
        CHECK(als::recommend(again, User{3}) == als::recommend(model, User{3}));
        CHECK(als::fold_in(again, data[User{4}]).factors ==
              als::fold_in(model, data[User{4}]).factors);
        CHECK(folder.files() == 1);
    };
    check(als::Implicit{});
    check(als::Implicit{.alpha = 0.1,
                        .regularization = 1e-3,
                        .item_regularization = 0.7,
                        .regularization_exponent = 0,
                        .row_weight = als::RowWeight::confidence,
                        .confidence = als::Confidence::logarithmic,
                        .epsilon = 0.3,
                        .non_negative = true});
    check(als::Explicit{});
    check(als::Explicit{.biases = false, .non_negative = true});
}

TEST_CASE("save: ids, what was seen and how it was trained come back") {
    const Folder folder;
    const auto model = model_by_formula<float>(als::Implicit{}, 3, 4, 2);
    const auto seen = seen_by_three();
    const als::Training training{.factors = 2,
                                 .seed = 18446744073709551615U,
                                 .solver = als::Solver::subspace,
                                 .subspace_factors = 48,
                                 .instruction_set = als::InstructionSet::avx2};
    const auto items = ids_of<Item>(four_numbers);
    for (const std::vector<std::string>& names : {three_names,
                                                  {"1", "2", "3"},
                                                  {"", "a", "b"},
                                                  {"1", "2", "03"},
                                                  {"1", "2", "-0"},
                                                  {"1", "2", "9223372036854775808"},
                                                  {std::string("\0\xFF", 2), "x", "1"}}) {
        const auto users = ids_of<User>(names);
        als::save(model, folder / "model",
                  {.users = &users, .items = &items, .seen = &seen, .training = &training});
        const auto file = als::load_all<float>(folder / "model");
        CHECK(same_bits(file.model, model));
        CHECK(file.users == users);
        CHECK(file.items == items);
        CHECK(file.users.at(names[2]) == User{2});
        REQUIRE(file.seen.has_value());
        CHECK(*file.seen == seen);
        REQUIRE(file.training.has_value());
        CHECK(file.training->seed == training.seed);
        CHECK(file.training->solver == training.solver);
        CHECK(file.training->subspace_factors == 48);
        CHECK(file.training->instruction_set == als::InstructionSet::avx2);
    }
}

TEST_CASE("save: feature maps come back, with the names of their features") {
    const Folder folder;
    const auto model = model_by_formula<float>(als::Explicit{}, 3, 4, 2);
    const auto users = map_by_formula<User>();
    for (const std::vector<std::string>& names :
         {std::vector<std::string>{"genre=Zoë", ""}, {"1", "2"}, {"1", "02"}, {}}) {
        const auto items = map_by_formula<Item>(names);
        als::save(model, folder / "model", {.user_features = &users, .item_features = &items});
        const auto file = als::load_all<float>(folder / "model");
        CHECK(same_bits(file.model, model));
        check_same(file.user_features, users);
        check_same(file.item_features, items);
        CHECK(same_bits(als::load<float>(folder / "model"), model));
    }
    als::save(model, folder / "model", {.user_features = &users});
    CHECK_FALSE(als::load_all<float>(folder / "model").item_features.has_value());

    const auto data =
        random_table(61, {.users = 30, .items = 20, .density = 0.3}).interactions<float>();
    const auto positive =
        als::fit(data, als::Implicit{.non_negative = true}, {.factors = 3, .iterations = 1});
    als::FeatureMatrix<float> features(20, 2);
    for (int i = 0; i < 20; ++i) features.insert(i, i % 2) = 1;
    const auto map = als::fit_feature_map<Item>(positive, features);
    als::save(positive, folder / "model", {.item_features = &map});
    check_same(als::load_all<float>(folder / "model").item_features, map);
}

TEST_CASE("save: what was not given is not there when it is loaded") {
    const Folder folder;
    als::save(model_by_formula<float>(als::Implicit{}, 3, 4, 2), folder / "bare");
    const auto bare = als::load_all<float>(folder / "bare");
    CHECK(bare.users.empty());
    CHECK(bare.items.empty());
    CHECK_FALSE(bare.seen.has_value());
    CHECK_FALSE(bare.training.has_value());
}

TEST_CASE("save: what does not belong to the model is refused") {
    const Folder folder;
    const auto model = model_by_formula<float>(als::Implicit{}, 3, 4, 2);
    const auto items = ids_of<Item>({"1"});
    REQUIRE_THROWS_MATCHES(als::save(model, folder / "model", {.items = &items}), als::InputError,
                           says("als::save: there are 1 ids for 4 items"));
    const als::Interactions<float> other(4, 3, std::vector<als::Entry<float>>{});
    REQUIRE_THROWS_MATCHES(als::save(model, folder / "model", {.seen = &other}), als::InputError,
                           says("als::save: seen: the interactions have 4 users and 3 items"));
    const auto map = map_by_formula<User>();
    REQUIRE_THROWS_MATCHES(als::save(model, folder / "model", {.user_features = &map}),
                           als::InputError,
                           says("als::save: the feature map of the users does not fit the model") &&
                               says("learn the map from this model"));
    CHECK(folder.files() == 0);
}

TEST_CASE("save: places that cannot be written are refused with the system's reason") {
    const Folder folder;
    const auto model = model_by_formula<float>(als::Implicit{}, 3, 4, 2);
    REQUIRE_THROWS_MATCHES(als::save(model, folder / "no/such/folder"), als::IoError,
                           says("No such file or directory"));
    fs::create_directory(folder / "folder");
    REQUIRE_THROWS_MATCHES(als::save(model, folder / "folder"), als::IoError,
                           says("is not a regular file"));
}

TEST_CASE("load: what is no file, or not there, is refused with the system's reason") {
    const Folder folder;
    REQUIRE_THROWS_MATCHES(als::load<float>(folder.path()), als::IoError,
                           says("is not a regular file") || says("Is a directory"));
    REQUIRE_THROWS_MATCHES(als::load<float>(folder / "nothing"), als::IoError,
                           says("als::load: cannot open"));
}

TEST_CASE("load: the scalar has to be the file's") {
    const Folder folder;
    als::save(model_by_formula<float>(als::Implicit{}, 3, 4, 2), folder / "single");
    als::save(model_by_formula<double>(als::Implicit{}, 3, 4, 2), folder / "double");
    REQUIRE_THROWS_MATCHES(als::load<double>(folder / "single"), als::FormatError,
                           says("the model is one of float; load it with als::load<float>"));
    REQUIRE_THROWS_MATCHES(als::load<float>(folder / "double"), als::FormatError,
                           says("the model is one of double; load it with als::load<double>"));
}

TEST_CASE("load: tensors begin at multiples of what they are made of") {
    const std::string file = whole_file();
    const auto header = als::detail::TensorHeaderParser("a file", header_of(file)).parse();
    CHECK((8 + header_of(file).size()) % 64 == 0);
    CHECK(header.tensors.size() == 15 - 1);  // item ids are numbers and have no ends
    for (const auto& [name, place] : header.tensors)
        CHECK(place.begin % als::detail::size_of_tensor_type(place.type) == 0);
}

TEST_CASE("MappedModel: the factors where they lie") {
    const Folder folder;
    const auto model = model_by_formula<double>(als::Explicit{}, 30, 4, 5);
    als::save(model, folder / "model");
    const als::MappedModel<double> mapped(folder / "model");
    CHECK(mapped.user_factors() == model.user_factors());
    CHECK(mapped.item_factors() == model.item_factors());
}

TEST_CASE("MappedModel: a model of another scalar and an empty file are refused") {
    const Folder folder;
    als::save(model_by_formula<double>(als::Explicit{}, 30, 4, 5), folder / "model");
    REQUIRE_THROWS_MATCHES(als::MappedModel<float>(folder / "model"), als::FormatError,
                           says("als::MappedModel: "));
    write_bytes(folder / "empty", "");
    REQUIRE_THROWS_MATCHES(als::MappedModel<float>(folder / "empty"), als::FormatError,
                           says("the file has 0 bytes"));
}

TEST_CASE("load: every prefix of a file is refused") {
    const std::string file = whole_file();
    CHECK(read_bytes<float>(file).users.size() == 3);
    for (std::size_t size = 0; size < file.size(); ++size) {
        CAPTURE(size);
        CHECK_THROWS_AS(read_bytes<float>(file.substr(0, size)), als::FormatError);
    }
    CHECK_THROWS_AS(read_bytes<float>(file + '\0'), als::FormatError);
}

TEST_CASE("load: every byte that is flipped is found") {
    const std::string file = whole_file();
    for (std::size_t at = 0; at < file.size(); ++at)
        for (const int flip : {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF}) {
            std::string changed = file;
            changed[at] = static_cast<char>(changed[at] ^ flip);
            CAPTURE(at, flip);
            CHECK_THROWS_AS(read_bytes<float>(changed), als::FormatError);
        }
}

namespace {

/// The whole file with a header in which `from` is replaced.
std::string edit(const std::string& from, const std::string& to) {
    static const std::string good = whole_file();
    return with_header(good, replaced(header_of(good), from, to));
}

/// A file that breaks one rule.
struct Hostile {
    const char* rule;
    std::string bytes;
    const char* says;
};

void refuse_each(const std::vector<Hostile>& files) {
    for (const auto& [rule, bytes, expected] : files) {
        CAPTURE(rule);
        REQUIRE_THROWS_MATCHES(read_bytes<float>(bytes), als::FormatError, says(expected));
    }
}

}  // namespace

TEST_CASE("load: the file that the hostile ones are made of is read") {
    const std::string good = whole_file();
    CHECK(read_bytes<float>(with_header(good, header_of(good))).items.size() == 4);
}

TEST_CASE("load: a file that is too short for its header is refused") {
    const std::string good = whole_file();
    refuse_each({
        {"nothing", "", "the file has 0 bytes"},
        {"seven bytes", good.substr(0, 7), "the file has 7 bytes"},
        {"length beyond the file", std::string("\xFF\xFF\0\0\0\0\0\0{}", 10), "given as 65535"},
        {"length of 2^64 - 1", std::string(8, '\xFF') + "{}", "given as 18446744073709551615"},
        {"length above 1 MiB", std::string("\x01\0\x10\0\0\0\0\0", 8).append(1 << 21, ' '),
         "a header at most 1048576"},
        {"length of 0", std::string(8, '\0'), "expected '{'"},
    });
}

TEST_CASE("load: a header that is not the stated JSON is refused") {
    const std::string good = whole_file();
    const std::string header = header_of(good);
    const auto raw_header = [&](const std::string& json) { return with_header(good, json); };
    refuse_each({
        {"an empty object", raw_header("{}"), "the tensors end at 0"},
        {"no object", raw_header("[]"), "expected '{'"},
        {"no end", raw_header("{\"a\":{"), "expected '\"'"},
        {"a string without an end", raw_header("{\"a"), "a string has no end"},
        {"a control character", raw_header("{\"a\n\":1}"), "not printable ASCII"},
        {"bytes beyond ASCII", raw_header("{\"\xC3\xA9\":1}"), "not printable ASCII"},
        {"an escape of unicode", raw_header("{\"\\u0041\":1}"), "an escape in a string"},
        {"deep nesting", raw_header("{\"a\":" + std::string(100000, '[')), "expected '{'"},
        {"a trailing comma", edit("}}", "},}"), "expected '\"'"},
        {"text behind the object", raw_header(header + "x"), "text follows"},
        {"metadata twice", edit("},\"", "},\"__metadata__\":{\"a\":\"b\"},\""),
         "__metadata__ occurs twice"},
        {"a text twice", edit("\"mean\":", "\"mean\":\"1\",\"mean\":"),
         "the text mean occurs twice"},
        {"a text that is a number", edit("\"mean\":\"3.5\"", "\"mean\":3.5"), "expected '\"'"},
        {"a tensor twice", edit("\"item_ids\":{", "\"user_ids\":{"),
         "the tensor user_ids occurs twice"},
        {"dtype twice", edit("{\"dtype\":\"F32\"", "{\"dtype\":\"F32\",\"dtype\":\"F32\""),
         "dtype occurs twice"},
        {"shape twice", edit("\"shape\":", "\"shape\":[1],\"shape\":"), "shape occurs twice"},
        {"offsets twice", edit("\"data_offsets\":", "\"data_offsets\":[0,1],\"data_offsets\":"),
         "data_offsets occurs twice"},
    });
}

TEST_CASE("load: a tensor whose description is not right is refused") {
    const std::string good = whole_file();
    refuse_each({
        {"no shape", edit("\"shape\":[4],", ""), "lacks one of dtype, shape"},
        {"an unknown member", edit("\"shape\":", "\"strides\":"), "found strides"},
        {"an unknown dtype", edit("\"F32\"", "\"F31\""), "unknown dtype F31"},
        {"a negative extent", edit("\"shape\":[4]", "\"shape\":[-4]"), "expected a whole number"},
        {"a fractional extent", edit("\"shape\":[4]", "\"shape\":[4.0]"), "expected ']'"},
        {"an extent beyond 2^64", edit("\"shape\":[4]", "\"shape\":[18446744073709551616]"),
         "expected a whole number below 2^64"},
        {"a leading zero", edit("\"shape\":[4]", "\"shape\":[04]"), "expected a whole number"},
        {"nine dimensions", edit("\"shape\":[4]", "\"shape\":[1,1,1,1,1,1,1,1,4]"),
         "more than 8 dimensions"},
        {"a shape whose size overflows", edit("\"shape\":[4]", "\"shape\":[4294967296,4294967296]"),
         "is not what its shape needs"},
        {"a shape whose size overflows to the right one",
         edit("\"shape\":[4,2]", "\"shape\":[4611686018427387912]"), "is not what its shape needs"},
        {"a shape larger than its bytes", edit("\"shape\":[4,2]", "\"shape\":[4,3]"),
         "is not what its shape needs"},
        {"an end before the beginning", edit("\"data_offsets\":[0,", "\"data_offsets\":[999,"),
         "is not what its shape needs"},
        {"a gap", edit("\"data_offsets\":[0,24]", "\"data_offsets\":[8,32]"),
         "a gap or an overlap"},
        {"bytes behind the tensors", good + "x", "something follows"},
    });
}

TEST_CASE("load: metadata that do not describe a model are refused") {
    const std::string good = whole_file();
    refuse_each({
        {"another format", edit("als model", "als_model"), "the format is als_model"},
        {"a later version", edit("\"format_version\":\"1\"", "\"format_version\":\"2\""),
         "reads version 1"},
        {"no objective", edit("\"objective\":", "\"objektive\":"), "there is no objective"},
        {"an unknown objective", edit("\"objective\":\"explicit\"", "\"objective\":\"logistic\""),
         "expected implicit or explicit"},
        {"a regularization below 0", edit("regularization\":\"0.1\"", "regularization\":\"-1\""),
         "als::Explicit::regularization is -1"},
        {"a regularization that is none",
         edit("regularization\":\"0.1\"", "regularization\":\"0,1\""),
         "the value of objective.regularization is 0,1"},
        {"a flag that is none", edit("biases\":\"true\"", "biases\":\"yes\""),
         "the value of objective.biases is yes"},
        {"biases of a model without", edit("biases\":\"true\"", "biases\":\"false\""),
         "there are 3 user and 4 item biases"},
        {"a mean that is nan", edit("\"mean\":\"3.5\"", "\"mean\":\"nan\""), "is nan"},
    });
}

TEST_CASE("load: tensors that do not make a model are refused") {
    const std::string good = whole_file();
    const float nan = std::numeric_limits<float>::quiet_NaN();
    refuse_each({
        {"an unknown tensor", edit("\"seen_items\"", "\"seen_atoms\""),
         "does not belong to a model"},
        {"no factors of items", edit("\"item_factors\":{", "\"item_biases_\":{"),
         "does not belong to a model"},
        {"no checksum of the header", edit("\"crc32c\":", "\"crc32d\":"), "there is no crc32c"},
        {"no checksum of a tensor", edit("crc32c.user_ids", "crc32c.user_idz"),
         "there is no crc32c.user_ids"},
        {"factors of integers",
         edit("\"user_factors\":{\"dtype\":\"F32\"", "\"user_factors\":{\"dtype\":\"I32\""),
         "is of I32"},
        {"factors without rows and columns", edit("\"shape\":[3,2]", "\"shape\":[6]"),
         "is not that of factors"},
        {"sides of different size", edit("\"shape\":[3,2]", "\"shape\":[2,3]"),
         "the users have 3 biases for 2 rows"},
        {"weights of features without their factors",
         edit("\"item_feature_biases\":{", "\"user_feature_biases\":{"),
         "there is a tensor user_feature_biases, but no user_feature_factors"},
        {"weights of features of another shape",
         edit("\"item_feature_factors\":{\"dtype\":\"F32\",\"shape\":[3,2]",
              "\"item_feature_factors\":{\"dtype\":\"F32\",\"shape\":[2,3]"),
         "the item_features have 3 biases for 2 rows"},
        {"nan in the weights of features",
         with_tensor(good, "item_feature_factors", raw<float>({nan})), "a weight is not finite"},
        {"names of features that end too early",
         with_tensor(good, "item_feature_id_ends", raw<std::int64_t>({1, 2})),
         "the tensor item_feature_ids goes on after the last id"},
        {"nan in factors", with_tensor(good, "item_factors", raw<float>({nan})), "not finite"},
        {"infinity in biases",
         with_tensor(good, "user_biases", raw<float>({std::numeric_limits<float>::infinity()})),
         "a bias of the users is not finite"},
        {"an id twice", with_tensor(good, "item_ids", raw<std::int64_t>({-3})),
         "the item id \"-3\" occurs twice"},
        {"an id that ends before it begins",
         with_tensor(good, "user_id_ends", raw<std::int64_t>({3, 1})), "has 1 after 3"},
        {"an id that ends behind all", with_tensor(good, "user_id_ends", raw<std::int64_t>({999})),
         "has 999 after 0"},
        {"an end below 0", with_tensor(good, "user_id_ends", raw<std::int64_t>({-1})),
         "has -1 after 0"},
        {"rows that do not ascend", with_tensor(good, "seen_offsets", raw<std::int64_t>({0, 9})),
         "do not make 3 rows"},
        {"rows that begin late", with_tensor(good, "seen_offsets", raw<std::int64_t>({1})),
         "do not make 3 rows"},
        {"an item that is not there", with_tensor(good, "seen_items", raw<std::int32_t>({4})),
         "item 4 is out of range"},
        {"a value that is nan", with_tensor(good, "seen_values", raw<float>({nan})),
         "values have to be finite"},
        {"factors below 0", edit("non_negative\":\"false\"", "non_negative\":\"true\""),
         "the objective is non_negative"},
        {"a training without factors", edit("training.factors\":\"2\"", "training.factors\":\"0\""),
         "als::Training::factors is 0"},
    });
}

TEST_CASE("load: more factors than there are users and items, and many, are refused") {
    // The model's matrices would be far larger than the file.
    als::ModelParts<float> parameters;
    parameters.users.factors.setZero(1, 1025);
    parameters.items.factors.setZero(1, 1025);
    const Folder folder;
    als::save(als::Model<float>(parameters, als::Explicit{.biases = false}), folder / "model");
    REQUIRE_THROWS_MATCHES(als::load<float>(folder / "model"), als::FormatError,
                           says("there are 1025 factors for 1 users and 1 items"));
}

TEST_CASE("load: the golden files of version 1") {
    const fs::path folder = ALS_TEST_FILES_DIR;
    const auto implicit = als::load_all<float>(folder / "golden_v1_implicit.safetensors");
    CHECK(same_bits(implicit.model, model_by_formula<float>(
                                        als::Implicit{.alpha = 40,
                                                      .regularization = 0.01,
                                                      .item_regularization = 0.25,
                                                      .regularization_exponent = 0,
                                                      .row_weight = als::RowWeight::confidence,
                                                      .confidence = als::Confidence::logarithmic,
                                                      .epsilon = 0.5},
                                        3, 4, 2)));
    CHECK(implicit.users == ids_of<User>(three_names));
    CHECK(implicit.items == ids_of<Item>(four_numbers));
    REQUIRE(implicit.seen.has_value());
    CHECK(*implicit.seen == seen_by_three());
    REQUIRE(implicit.training.has_value());
    CHECK(implicit.training->seed == 7);
    const auto ratings = als::load_all<double>(folder / "golden_v1_explicit.safetensors");
    CHECK(same_bits(ratings.model,
                    model_by_formula<double>(als::Explicit{.regularization = 0.1,
                                                           .regularization_exponent = 0.5,
                                                           .bias_regularization = 0.03},
                                             3, 4, 2)));
    CHECK(ratings.users.empty());
}
