// SPDX-License-Identifier: MIT
// Reads numbers independently of the locale, with exact rounding.
#pragma once

#include <als/version.hpp>

#include <charconv>
#include <concepts>
#include <system_error>
#include <version>

// libc++ before version 20 has no std::from_chars for float and double; that of macOS has it since
// 26.
#if !defined(__cpp_lib_to_chars) || defined(__APPLE__) || defined(ALS_OWN_FROM_CHARS)
#include <als/detail/base/own_from_chars.hpp>
#define ALS_FROM_CHARS own::from_chars
#else
#define ALS_FROM_CHARS std::from_chars
#endif

namespace als {
inline namespace ALS_ABI {
namespace detail {

/// std::from_chars, for whole numbers and for those with decimals.
template <typename Number>
std::from_chars_result read_number(const char* first, const char* last, Number& number) {
    if constexpr (std::floating_point<Number>)
        return ALS_FROM_CHARS(first, last, number);
    else
        return std::from_chars(first, last, number);
}

}  // namespace detail
}  // inline namespace
}  // namespace als
