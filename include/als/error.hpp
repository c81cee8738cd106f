// SPDX-License-Identifier: MIT
// The exceptions of the library. Every error that a public function reports is one of these. Its
// message names the function, the place, the value received, and what is allowed.
#pragma once

#include <als/detail/base/compiler.hpp>
#include <als/version.hpp>

#include <stdexcept>

namespace als {
inline namespace ALS_ABI {

/// The base of all exceptions that this library throws.
class ALS_EXPORTED Error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// An argument is outside its legal range: a bad option, index, value or size.
class ALS_EXPORTED InputError : public Error {
public:
    using Error::Error;
};

/// The arithmetic broke down although the input was legal: the solution of a row is not finite.
class ALS_EXPORTED NumericError : public Error {
public:
    using Error::Error;
};

/// The content of a file violates its format; the message gives file:line:column.
class ALS_EXPORTED FormatError : public Error {
public:
    using Error::Error;
};

/// The operating system refused to open, read or write a file.
class ALS_EXPORTED IoError : public Error {
public:
    using Error::Error;
};

/// The caller requested a stop through `Training::cancel`. Nothing was changed.
class ALS_EXPORTED Cancelled : public Error {
public:
    using Error::Error;
};

}  // inline namespace
}  // namespace als
