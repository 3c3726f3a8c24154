#pragma once
#include <cornu/core/ops/axes.h>
#include <cornu/core/tensor/tensor.h>

/// Normalizations, and the parts that they and their gradients are made of. "Channels" are the parts along `axis`:
/// vectors [channels] hold a number for each.
namespace cornu {

/// x scaled to the L2 norm 1 over `axes`: x / max(norm, epsilon). This and the others throw ValueError for a negative
/// epsilon.
CORNU_API Tensor normalize(const Tensor& x, const Axes& axes = -1, double epsilon = 1e-7);

/// (x - center) * scale + shift, with vectors [channels], in one pass.
CORNU_API Tensor channel_affine(const Tensor& x, const Tensor& center, const Tensor& scale, const Tensor& shift,
                                int64_t axis = -1);
/// u * a + (v - center) * b + shift, with vectors [channels], in one pass.
CORNU_API Tensor channel_combine(const Tensor& u, const Tensor& v, const Tensor& center, const Tensor& a,
                                 const Tensor& b, const Tensor& shift, int64_t axis = -1);
/// sum(a) and sum(a * (b - center)) of each channel, in one pass: [2, channels].
CORNU_API Tensor channel_sums(const Tensor& a, const Tensor& b, const Tensor& center, int64_t axis = -1);

/// What was normalized, and the mean and biased variance that it was normalized by.
struct Normalized {
  Tensor y, mean, variance;
};
/// (x - mean) / sqrt(variance + epsilon) * gamma + beta with the mean and variance of each channel over all other axes
/// (Ioffe and Szegedy 2015): gamma, beta, mean and variance are [channels]. Throws ShapeError for other shapes and
/// ValueError over no element.
CORNU_API Normalized batch_normalization(const Tensor& x, const Tensor& gamma, const Tensor& beta, int64_t axis = -1,
                                         double epsilon = 1e-3);
/// The same with the mean and variance of each row of x [rows, columns] (Ba, Kiros and Hinton 2016): gamma and beta are
/// [columns], mean and variance [rows].
CORNU_API Normalized layer_normalization(const Tensor& x, const Tensor& gamma, const Tensor& beta,
                                         double epsilon = 1e-3);

}  // namespace cornu
