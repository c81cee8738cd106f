// SPDX-License-Identifier: MIT
// docs/parameters.md repeats the defaults of all options, and has those of the headers.
#include "catch.hpp"
#include <als/detail/io/option_texts.hpp>

#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <variant>

using als::detail::option_text;
using als::detail::Texts;

namespace {

/// The table below "## `als::<name>`": the first word of each default, by the name of the option.
Texts documented(const std::string& name) {
    std::ifstream page(std::string(ALS_TEST_FILES_DIR) + "/../../docs/parameters.md");
    REQUIRE(page);
    bool is_inside = false;
    Texts defaults;
    for (std::string line; std::getline(page, line);) {
        if (line.compare(0, 2, "##") == 0) is_inside = line == "## `als::" + name + "`";
        std::erase(line, '`');
        std::istringstream row(line);
        std::string bar, option, second_bar, value;
        if (is_inside && row >> bar >> option >> second_bar >> value && bar == "|" &&
            second_bar == "|")
            defaults[option] = value;
    }
    defaults.erase("parameter");  // the heading
    return defaults;
}

/// What the page says of a default: the value, or how it is found.
template <typename Value>
bool agrees(const Value& value, const std::string& text) {
    return option_text(value) == text;
}
bool agrees(const std::optional<double>& value, const std::string& text) {
    return !value && (text == "fitted" || text == "as");
}

/// Compares all rows of `page` with the options, except rows of options that no file keeps.
template <typename OptionsType>
void check(Texts page) {
    OptionsType defaults;
    for (const auto& option : als::detail::options_of(defaults)) {
        INFO(option.name << " is " << page[option.name] << " in docs/parameters.md");
        CHECK(std::visit([&](auto* value) { return agrees(*value, page[option.name]); },
                         option.place));
        page.erase(option.name);
    }
    for (const auto& [name, value] : page)
        FAIL_CHECK(name << " is in docs/parameters.md, but is no option");
}

}  // namespace

TEST_CASE("option texts: docs/parameters.md has the defaults of the headers") {
    check<als::Implicit>(documented("Implicit"));
    check<als::Explicit>(documented("Explicit"));
    Texts training = documented("Training");
    CHECK(training["threads"] == option_text(als::Training{}.threads));
    training.erase("threads");
    check<als::Training>(training);
}
