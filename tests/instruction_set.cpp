// SPDX-License-Identifier: MIT
// Instruction sets: names, and which of them this processor has.
#include "catch.hpp"
#include "samples.hpp"

#include <string>

using namespace als_test;
using als::InstructionSet;

TEST_CASE("instruction set: names, what this processor has, and what it does not have") {
    CHECK(als::is_supported(InstructionSet::portable));
    CHECK(als::is_supported(als::automatic_instruction_set()));
    CHECK(als::supported_instruction_sets().back() == InstructionSet::portable);
    CHECK(als::name_of(InstructionSet::avx512_bf16) == "avx512_bf16");
    const auto data = random_table(1, {}).interactions<float>();
    for (const auto set :
         {InstructionSet::avx2, InstructionSet::avx512, InstructionSet::avx512_bf16})
        if (!als::is_supported(set))
            REQUIRE_THROWS_MATCHES(
                als::fit(data, als::Implicit{}, {.factors = 2, .instruction_set = set}),
                als::InputError,
                says("als::Training::instruction_set is " + std::string(als::name_of(set))));
}
