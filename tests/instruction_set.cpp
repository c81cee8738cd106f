// SPDX-License-Identifier: MIT
// Instruction sets: names, and which of them this processor has.
#include "catch.hpp"
#include "samples.hpp"

#include <algorithm>
#include <string>

using namespace als_test;
using als::InstructionSet;

TEST_CASE("instruction set: each has its name") {
    STATIC_REQUIRE(als::name_of(InstructionSet::automatic) == "automatic");
    STATIC_REQUIRE(als::name_of(InstructionSet::portable) == "portable");
    STATIC_REQUIRE(als::name_of(InstructionSet::avx2) == "avx2");
    STATIC_REQUIRE(als::name_of(InstructionSet::avx512) == "avx512");
    STATIC_REQUIRE(als::name_of(InstructionSet::avx512_bf16) == "avx512_bf16");
}

TEST_CASE("instruction set: every processor has the portable one, listed last") {
    const auto sets = als::supported_instruction_sets();
    CHECK(sets.back() == InstructionSet::portable);
    for (const auto set : sets) CHECK(als::is_supported(set));
    const auto automatic = als::automatic_instruction_set();
    CHECK(std::find(sets.begin(), sets.end(), automatic) != sets.end());
}

TEST_CASE("instruction set: one that the processor lacks is refused by name") {
    const auto data = sample_data<float>();
    for (const auto set : {InstructionSet::avx2, InstructionSet::avx512,
                           InstructionSet::avx512_bf16, InstructionSet::neon})
        if (!als::is_supported(set))
            REQUIRE_THROWS_MATCHES(
                als::fit(data, als::Implicit{}, {.factors = 2, .instruction_set = set}),
                als::InputError,
                says("als::Training::instruction_set is " + std::string(als::name_of(set))));
}
