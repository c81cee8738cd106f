# SPDX-License-Identifier: MIT
# Installs als and moves it to PREFIX: nothing installed may remember where it was first put.
file(REMOVE_RECURSE "${PREFIX}" "${PREFIX}.first")
execute_process(COMMAND ${CMAKE_COMMAND} --install "${ALS_BINARY_DIR}" --prefix "${PREFIX}.first"
    COMMAND_ERROR_IS_FATAL ANY)
file(RENAME "${PREFIX}.first" "${PREFIX}")
