#pragma once

namespace cornu::kernels {

/// Keeps OpenBLAS from starting threads of its own: the one pool is OpenMP's. To be called before using CBLAS or
/// LAPACK; costs nothing after the first time.
void keep_openblas_single_threaded();

}  // namespace cornu::kernels
