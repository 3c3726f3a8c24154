// The one main() of the tests: Catch's own.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
