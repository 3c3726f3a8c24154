#pragma once
/// \file
/// Exchange with xtensor. The only public header that includes it.
#include <xtensor/xarray.hpp>
