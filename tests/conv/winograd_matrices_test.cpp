#include "params/winograd_matrices.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rdna1conv {
namespace {

// y_i = sum over f of A^T[i][f] (G w)_f (B^T d)_f is bilinear: it is a correlation for all d and w
// exactly if the coefficient of d_k w_l in y_i is 1 for k = i + l and 0 otherwise.
template <int M>
void expect_correlation() {
  using Output = WinogradOutputMatrix<double, M>;
  using Filter = WinogradFilterMatrix<double, M>;
  using Input = WinogradInputMatrix<double, M>;
  for (int i = 0; i < M; ++i) {
    for (int k = 0; k < M + 2; ++k) {
      for (int l = 0; l < 3; ++l) {
        double coefficient = 0;
        for (int f = 0; f < M + 2; ++f)
          coefficient += Output::entry(i, f) * Filter::entry(f, l) * Input::entry(f, k);
        EXPECT_NEAR(coefficient, k == i + l ? 1 : 0, 1e-15)
            << "F(" << M << ",3): d" << k << " w" << l << " in y" << i;
      }
    }
  }
}

TEST(WinogradMatrices, F2x3IsACorrelation) { expect_correlation<2>(); }
TEST(WinogradMatrices, F4x3IsACorrelation) { expect_correlation<4>(); }

// What fp32 multiplies with in the input and output transforms carries no rounding error.
template <int M>
void expect_exact() {
  for (int i = 0; i < M + 2; ++i)
    for (int j = 0; j < M + 2; ++j) {
      EXPECT_EQ((WinogradInputMatrix<float, M>::entry(i, j)),
                (WinogradInputMatrix<double, M>::entry(i, j)));
    }
  for (int i = 0; i < M; ++i)
    for (int j = 0; j < M + 2; ++j) {
      EXPECT_EQ((WinogradOutputMatrix<float, M>::entry(i, j)),
                (WinogradOutputMatrix<double, M>::entry(i, j)));
    }
}

TEST(WinogradMatrices, F2x3InputAndOutputAreExactInFp32) { expect_exact<2>(); }
TEST(WinogradMatrices, F4x3InputAndOutputAreExactInFp32) { expect_exact<4>(); }

}  // namespace
}  // namespace rdna1conv
