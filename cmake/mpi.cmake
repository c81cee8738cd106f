# SPDX-License-Identifier: MIT
# als::mpi: als::als and an MPI library, for programs that include als/mpi.hpp. Both the build of
# als and the installed package include this file. CMake's FindMPI chooses the MPI library.
find_package(MPI REQUIRED COMPONENTS CXX)
if(NOT TARGET als_mpi)
    add_library(als_mpi INTERFACE IMPORTED GLOBAL)
    add_library(als::mpi ALIAS als_mpi)
    target_link_libraries(als_mpi INTERFACE als::als MPI::MPI_CXX)
endif()
