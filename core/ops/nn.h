#pragma once
#include <optional>

#include <cornu/core/tensor/tensor.h>

/// Activations and losses of neural networks. The one-argument forms are Keras's defaults and can be given to a layer
/// by name or as function: `Dense({.units = 10, .activation = relu})`.
namespace cornu {

CORNU_API Tensor linear(const Tensor& x);  ///< x
CORNU_API Tensor relu(const Tensor& x);    ///< max(x, 0); its gradient at 0 is 0
/// Keras's general relu: min(x, max_value) above `threshold`, negative_slope * (x - threshold) below it.
CORNU_API Tensor relu(const Tensor& x, double negative_slope, std::optional<double> max_value = {},
                      double threshold = 0);
CORNU_API Tensor relu6(const Tensor& x);                              ///< min(max(x, 0), 6)
CORNU_API Tensor leaky_relu(const Tensor& x);                         ///< x above 0, 0.2 x below
CORNU_API Tensor leaky_relu(const Tensor& x, double negative_slope);  ///< x above 0, negative_slope * x below
CORNU_API Tensor elu(const Tensor& x);                                ///< x above 0, e^x - 1 below
CORNU_API Tensor elu(const Tensor& x, double alpha);                  ///< x above 0, alpha (e^x - 1) below
CORNU_API Tensor selu(const Tensor& x);                               ///< scale * elu(x, alpha) (Klambauer et al. 2017)
CORNU_API Tensor celu(const Tensor& x);
CORNU_API Tensor celu(const Tensor& x, double alpha);      ///< max(x, 0) + min(0, alpha (e^(x / alpha) - 1))
CORNU_API Tensor gelu(const Tensor& x);                    ///< x Phi(x), exact (Hendrycks and Gimpel 2016)
CORNU_API Tensor gelu(const Tensor& x, bool approximate);  ///< the tanh approximation, if asked
CORNU_API Tensor silu(const Tensor& x);                    ///< x sigmoid(x), also called swish
CORNU_API Tensor sigmoid(const Tensor& x);                 ///< 1 / (1 + e^-x)
CORNU_API Tensor log_sigmoid(const Tensor& x);
CORNU_API Tensor hard_sigmoid(const Tensor& x);  ///< relu6(x + 3) / 6
CORNU_API Tensor hard_silu(const Tensor& x);     ///< x hard_sigmoid(x), also called hard_swish
CORNU_API Tensor hard_tanh(const Tensor& x);     ///< x clipped to [-1, 1]
CORNU_API Tensor hard_shrink(const Tensor& x);   ///< x where |x| > 0.5, else 0
CORNU_API Tensor hard_shrink(const Tensor& x, double threshold);
CORNU_API Tensor soft_shrink(const Tensor& x);  ///< x pulled toward 0 by 0.5
CORNU_API Tensor soft_shrink(const Tensor& x, double threshold);
CORNU_API Tensor tanh_shrink(const Tensor& x);                                ///< x - tanh(x)
CORNU_API Tensor threshold(const Tensor& x, double threshold, double value);  ///< x where x > threshold, else value
CORNU_API Tensor softplus(const Tensor& x);                                   ///< log(1 + e^x)
CORNU_API Tensor softsign(const Tensor& x);                                   ///< x / (1 + |x|)
CORNU_API Tensor sparse_plus(const Tensor& x);     ///< 0 up to -1, (x + 1)^2 / 4 up to 1, x above
CORNU_API Tensor sparse_sigmoid(const Tensor& x);  ///< x / 2 + 1 / 2 clipped to [0, 1]
CORNU_API Tensor squareplus(const Tensor& x);
CORNU_API Tensor squareplus(const Tensor& x, double b);   ///< (x + sqrt(x^2 + b)) / 2, b = 4 and at least 0
CORNU_API Tensor mish(const Tensor& x);                   ///< x tanh(softplus(x))
CORNU_API Tensor exponential(const Tensor& x);            ///< e^x
CORNU_API Tensor softmax(const Tensor& x);                ///< over the last axis
CORNU_API Tensor softmax(const Tensor& x, int64_t axis);  ///< e^x / sum(e^x) along `axis`
CORNU_API Tensor log_softmax(const Tensor& x);
CORNU_API Tensor log_softmax(const Tensor& x, int64_t axis);  ///< x - logsumexp(x) along `axis`
CORNU_API Tensor sparsemax(const Tensor& x);
CORNU_API Tensor sparsemax(const Tensor& x,
                           int64_t axis);  ///< the projection onto the simplex (Martins and Astudillo 2016)
CORNU_API Tensor glu(const Tensor& x);
CORNU_API Tensor glu(const Tensor& x, int64_t axis);  ///< a sigmoid(b) of the two halves along `axis`

/// -log(p[label]) for each row, where p is the row divided by its sum, clipped to [1e-7, 1 - 1e-7]: labels [...] of
/// integers, probabilities [..., classes] -> [...]. Throws ValueError naming a label out of range.
CORNU_API Tensor sparse_cross_entropy(const Tensor& labels, const Tensor& probabilities);
/// -log_softmax(logits)[label] for each row: labels [...] of integers, logits [..., classes] -> [...]. Fused and
/// stable. Throws ValueError naming a label out of range.
CORNU_API Tensor sparse_softmax_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits);
/// -sum(labels * log_softmax(logits)) over the last axis: both [..., classes] -> [...]. Fused and stable.
CORNU_API Tensor softmax_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits);
/// max(x, 0) - x z + log(1 + e^-|x|), elementwise: labels z in [0, 1].
CORNU_API Tensor sigmoid_cross_entropy_with_logits(const Tensor& labels, const Tensor& logits);

}  // namespace cornu
