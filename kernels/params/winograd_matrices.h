#pragma once

// The matrices of F(m, 3): y = A^T [(G w) * (B^T d)] is the correlation of d (m + 2 values) with w
// (3 values). Cook-Toom with the points a_j and infinity (Blahut, "Fast Algorithms for Signal
// Processing", chapter 5; Lavin and Gray, arXiv:1509.09308):
//   A^T[i][j] = a_j^i;  G[j][i] = a_j^i / N_j with N_j the product of a_j - a_l over l != j;
//   row j of B^T holds the coefficients of the product of x - a_l over l != j, its last row those
//   of the product over all l; infinity adds a 1 in the last entries of A^T and G.
// Points 0, 1, -1 for m = 2. For m = 4 those are 0, +-5/8 and +-3/2: all entries of A stay exact in
// fp32 and those of B in fp16, pairs of opposite points share operations, and the error is less than
// half of that of the usual 0, +-1, +-2: of 256 channels of random data, summed by sixteens, rms
// 4.3e-7 against 9.7e-7 of the results'.

namespace rdna1conv {

template <class Real, int M>
struct WinogradPoints;

template <class Real>
struct WinogradPoints<Real, 2> {
  static constexpr int kCount = 3;
  static constexpr Real at(int j) {
    constexpr Real kPoints[] = {0, 1, -1};
    return kPoints[j];
  }
};

template <class Real>
struct WinogradPoints<Real, 4> {
  static constexpr int kCount = 5;
  static constexpr Real at(int j) {
    constexpr Real kPoints[] = {0, Real(0.625), Real(-0.625), Real(1.5), Real(-1.5)};
    return kPoints[j];
  }
};

// What the three matrices share: entry(row, column) and the first column of a row that is not 0.
template <class Derived, int Rows, int Columns>
struct WinogradMatrix {
  static constexpr int kRows = Rows, kColumns = Columns;
  static constexpr int first_nonzero(int row) {
    int column = 0;
    while (Derived::entry(row, column) == 0) ++column;
    return column;
  }
};

// A^T, (y, frequency)
template <class Real, int M>
struct WinogradOutputMatrix : WinogradMatrix<WinogradOutputMatrix<Real, M>, M, M + 2> {
  static constexpr Real entry(int i, int j) {
    if (j == M + 1) return i == M - 1 ? 1 : 0;
    Real power = 1;
    for (int n = 0; n < i; ++n) power *= WinogradPoints<Real, M>::at(j);
    return power;
  }
};

// G, (frequency, w); computed in double, rounded once.
template <class Real, int M>
struct WinogradFilterMatrix : WinogradMatrix<WinogradFilterMatrix<Real, M>, M + 2, 3> {
  static constexpr Real entry(int j, int i) {
    using Points = WinogradPoints<double, M>;
    if (j == M + 1) return i == 2 ? 1 : 0;
    double value = 1;
    for (int n = 0; n < i; ++n) value *= Points::at(j);
    for (int l = 0; l < Points::kCount; ++l)
      if (l != j) value /= Points::at(j) - Points::at(l);
    return static_cast<Real>(value);
  }
};

// B^T, (frequency, d)
template <class Real, int M>
struct WinogradInputMatrix : WinogradMatrix<WinogradInputMatrix<Real, M>, M + 2, M + 2> {
  static constexpr Real entry(int j, int i) {
    using Points = WinogradPoints<Real, M>;
    Real coefficients[M + 2] = {1};  // of x^0, x^1, ...
    for (int l = 0; l < Points::kCount; ++l) {
      if (l == j) continue;
      for (int n = M + 1; n > 0; --n)
        coefficients[n] = coefficients[n - 1] - Points::at(l) * coefficients[n];
      coefficients[0] *= -Points::at(l);
    }
    return coefficients[i];
  }
};

}  // namespace rdna1conv
