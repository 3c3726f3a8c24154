#pragma once
/// \file
/// All of Cornu: every public header but <cornu/xtensor.h>.
#include <cornu/core/error.h>
#include <cornu/core/tensor/dtype.h>
#include <cornu/core/tensor/shape.h>
