// SPDX-License-Identifier: MIT
// The table of instruction sets, and which kernels each set gets.
#include "kernel_data.hpp"

#include <set>
#include <string>
#include <string_view>

using namespace simd_test;

TEST_CASE("instruction sets: each has one name, and the names are those of the documentation") {
    std::set<std::string_view> names;
    for (const auto& [name, set] : als::detail::named_instruction_sets()) {
        CHECK(als::name_of(set) == name);
        names.insert(name);
    }
    CHECK(names == std::set<std::string_view>{"automatic", "portable", "avx2", "avx512",
                                              "avx512_bf16", "neon"});
    static_assert(als::name_of(InstructionSet::avx512_bf16) == "avx512_bf16");
}

TEST_CASE("instruction sets: a value outside the enumeration is not supported") {
    CHECK_FALSE(als::is_supported(static_cast<InstructionSet>(99)));
    CHECK(als::is_supported(InstructionSet::automatic));
    CHECK(als::is_supported(InstructionSet::portable));
}

TEMPLATE_TEST_CASE("kernels: every set has all of them, and its own where they differ", "", float,
                   double) {
    std::set<als::detail::AccumulateKernel<TestType>> functions;
    for (const InstructionSet set : als::supported_instruction_sets()) {
        CAPTURE(als::name_of(set));
        const auto& kernels = als::detail::training_kernels<TestType>(set);
        CHECK(kernels.product != nullptr);
        CHECK(als::detail::query_kernels<TestType>(set).gather_transposed != nullptr);
        functions.insert(kernels.accumulate);
        const bool rounds = std::same_as<TestType, float> && set == InstructionSet::avx512_bf16;
        const auto* const rounding_training = als::detail::rounding_training_kernels<TestType>(set);
        const auto* const rounding_query = als::detail::rounding_query_kernels<TestType>(set);
        CHECK((rounding_training != nullptr) == rounds);
        CHECK((rounding_query != nullptr) == rounds);
        if (!rounds) continue;
        // Kernels that need not round are shared, not compiled again.
        CHECK(rounding_training->accumulate != kernels.accumulate);
        CHECK(rounding_training->gather == kernels.gather);
        CHECK(rounding_query->dot == als::detail::query_kernels<TestType>(set).dot);
        CHECK(&kernels == &als::detail::training_kernels<TestType>(InstructionSet::avx512));
    }
    const auto sets = als::supported_instruction_sets();
    const bool shares = std::find(sets.begin(), sets.end(), InstructionSet::avx512_bf16) !=
                        sets.end();  // the plain kernels of avx512
    CHECK(functions.size() == sets.size() - (shares ? 1 : 0));
}
