// v_cubeid, v_cubesc, v_cubetc, v_cubema: which face of a cube map a direction meets, and where.
// Ties go to z, then y (RDNA ISA, V_CUBEID_F32).
#pragma once

#include <cmath>

namespace emulator {

enum class CubeAxis { kX, kY, kZ };

inline CubeAxis major_axis(float x, float y, float z) {
  const float ax = std::fabs(x);
  const float ay = std::fabs(y);
  const float az = std::fabs(z);
  if (az >= ax && az >= ay) return CubeAxis::kZ;
  return ay >= ax ? CubeAxis::kY : CubeAxis::kX;
}

inline float cube_face(float x, float y, float z) {
  switch (major_axis(x, y, z)) {
    case CubeAxis::kZ:
      return z < 0 ? 5.0f : 4.0f;
    case CubeAxis::kY:
      return y < 0 ? 3.0f : 2.0f;
    default:
      return x < 0 ? 1.0f : 0.0f;
  }
}

inline float cube_s(float x, float y, float z) {
  switch (major_axis(x, y, z)) {
    case CubeAxis::kZ:
      return z < 0 ? -x : x;
    case CubeAxis::kY:
      return x;
    default:
      return x < 0 ? z : -z;
  }
}

inline float cube_t(float x, float y, float z) {
  if (major_axis(x, y, z) == CubeAxis::kY) return y < 0 ? -z : z;
  return -y;
}

inline float cube_major(float x, float y, float z) {
  switch (major_axis(x, y, z)) {
    case CubeAxis::kZ:
      return 2 * z;
    case CubeAxis::kY:
      return 2 * y;
    default:
      return 2 * x;
  }
}

}  // namespace emulator
