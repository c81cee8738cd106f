// expect: define NOMINMAX
// flags: -Dmax=MACRO
// The macros of <windows.h> break the standard library; the message says what to do.
#include <als/version.hpp>
