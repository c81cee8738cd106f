// SPDX-License-Identifier: MIT
// The version of the library, its requirements on compiler flags and Eigen, and the name of the
// inline namespace. Every other header includes this one first.
#pragma once

// CMake, pkg-config and the package's version file read these three numbers from here.
#define ALS_VERSION_MAJOR 0
#define ALS_VERSION_MINOR 1
#define ALS_VERSION_PATCH 0

#define ALS_DETAIL_QUOTE_EXPANDED(text) #text
#define ALS_DETAIL_QUOTE(text) ALS_DETAIL_QUOTE_EXPANDED(text)

/// "major.minor.patch"
#define ALS_VERSION_STRING              \
    ALS_DETAIL_QUOTE(ALS_VERSION_MAJOR) \
    "." ALS_DETAIL_QUOTE(ALS_VERSION_MINOR) "." ALS_DETAIL_QUOTE(ALS_VERSION_PATCH)

#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
#error "als: -ffast-math and -ffinite-math-only break all checks for NaN: add -fno-finite-math-only"
#endif

#if defined(_M_FP_FAST)
#error "als: /fp:fast breaks all checks for NaN: compile with /fp:precise"
#endif

#if defined(min) || defined(max)
#error \
    "als: min or max is a macro, which breaks the standard library: define NOMINMAX before <windows.h>"
#endif

#include <Eigen/Core>

#if !EIGEN_VERSION_AT_LEAST(3, 4, 0)
#error "als needs Eigen 3.4.0 or later."
#endif

// ALS_NO_EXTENSIONS restricts the library to standard C++ and to kernels that are plain loops. It
// is set for compilers other than GCC and clang; a program may define it too.
#if !defined(__GNUC__) && !defined(__clang__) && !defined(ALS_NO_EXTENSIONS)
#define ALS_NO_EXTENSIONS
#endif

// All names live in an inline namespace such as als::align_16. Eigen lays out and allocates its
// matrices by EIGEN_MAX_ALIGN_BYTES, which follows flags such as -mavx; objects that were compiled
// with different values corrupt memory when they exchange a matrix. With this name, such objects do
// not link. Nor do objects with and without ALS_NO_EXTENSIONS.
#define ALS_DETAIL_PASTE_EXPANDED(left, right) left##right
#define ALS_DETAIL_PASTE(left, right) ALS_DETAIL_PASTE_EXPANDED(left, right)
#ifdef ALS_NO_EXTENSIONS
#define ALS_ABI ALS_DETAIL_PASTE(plain_, EIGEN_MAX_ALIGN_BYTES)
#else
#define ALS_ABI ALS_DETAIL_PASTE(align_, EIGEN_MAX_ALIGN_BYTES)
#endif

// Header-only is the default. If ALS_COMPILED is defined, the headers only declare, and the files
// in src/ hold the implementations (CMake: als::compiled).
#ifdef ALS_COMPILED
#define ALS_INLINE
#else
#define ALS_INLINE inline
#endif

#include <als/detail/base/compiler.hpp>
