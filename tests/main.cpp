// The one main() of the tests: Catch's own.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

// LLVM's OpenMP keeps what it knows of a thread that is gone. Asked by the leak sanitizer, where there is one.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libomp.so\n"; }
