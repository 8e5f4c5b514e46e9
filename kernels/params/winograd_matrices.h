#pragma once

// The matrices of F(m, 3): y = A^T [(G w) * (B^T d)] is the correlation of d (m + 2 values) with w
// (3 values). Cook-Toom with the points a_j and infinity (Blahut, "Fast Algorithms for Signal
// Processing", chapter 5; Lavin and Gray, arXiv:1509.09308):
//   A^T[i][j] = a_j^i;  G[j][i] = a_j^i / N_j with N_j the product of a_j - a_l over l != j;
//   row j of B^T holds the coefficients of the product of x - a_l over l != j, its last row those
//   of the product over all l; infinity adds a 1 in the last entries of A^T and G.
// Points 0, 1, -1 for m = 2. For m = 4 also 2 and -1/2: all entries of A and B stay exact in fp32
// and the error is two thirds of that of the usual 0, 1, -1, 2, -2.

namespace rdna1conv {

template <class Real, int M>
struct WinogradMatrices;

template <class Real>
struct WinogradMatrices<Real, 2> {
  static constexpr int kTile = 4;
  static constexpr Real kBT[4][4] = {  // (frequency, d)
      {-1, 0, 1, 0},
      {0, 1, 1, 0},
      {0, -1, 1, 0},
      {0, -1, 0, 1}};
  static constexpr Real kG[4][3] = {  // (frequency, w)
      {-1, 0, 0},
      {Real(1) / 2, Real(1) / 2, Real(1) / 2},
      {Real(1) / 2, Real(-1) / 2, Real(1) / 2},
      {0, 0, 1}};
  static constexpr Real kAT[2][4] = {  // (y, frequency)
      {1, 1, 1, 0},
      {0, 1, -1, 1}};
};

template <class Real>
struct WinogradMatrices<Real, 4> {
  static constexpr int kTile = 6;
  static constexpr Real kBT[6][6] = {  // (frequency, d)
      {1, Real(3) / 2, -2, Real(-3) / 2, 1, 0},
      {0, -1, Real(-5) / 2, Real(-1) / 2, 1, 0},
      {0, 1, Real(1) / 2, Real(-5) / 2, 1, 0},
      {0, Real(-1) / 2, -1, Real(1) / 2, 1, 0},
      {0, 2, -1, -2, 1, 0},
      {0, 1, Real(3) / 2, -2, Real(-3) / 2, 1}};
  static constexpr Real kG[6][3] = {  // (frequency, w)
      {1, 0, 0},
      {Real(-1) / 3, Real(-1) / 3, Real(-1) / 3},
      {Real(1) / 3, Real(-1) / 3, Real(1) / 3},
      {Real(1) / 15, Real(2) / 15, Real(4) / 15},
      {Real(-16) / 15, Real(8) / 15, Real(-4) / 15},
      {0, 0, 1}};
  static constexpr Real kAT[4][6] = {  // (y, frequency)
      {1, 1, 1, 1, 1, 0},
      {0, 1, -1, 2, Real(-1) / 2, 0},
      {0, 1, 1, 4, Real(1) / 4, 0},
      {0, 1, -1, 8, Real(-1) / 8, 1}};
};

}  // namespace rdna1conv
