// SPDX-License-Identifier: MIT
// Empty, because CMake precompiles headers only for a target that has sources.
