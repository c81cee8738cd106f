// SPDX-License-Identifier: MIT
// Nothing: CMake precompiles headers for a target that has sources.
