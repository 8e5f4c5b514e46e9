// Arguments of the operators beyond MIOpen's stable API, wrong in each way: MIOpen's status, and a
// sentence that names the argument.
#include <gtest/gtest.h>
#include <hip/hip_runtime_api.h>

#include <functional>

#define MIOPEN_BETA_API 1
#include <miopen/miopen.h>

#include "api/expect_failure.h"
#include "operators/cases.h"

namespace rdna1conv {
namespace {

using Descriptor = client::TensorDescriptor;
using D = miopenTensorDescriptor_t;

// What every call here takes; a row spoils some of it.
struct Arguments {
  miopenHandle_t handle;
  D x, y, row, one, index;
  std::byte *a, *b, *c, *d;
  int mode = 0, dim = 1;
  std::size_t number = 2;
};

class BetaBadInput : public testing::Test {
 protected:
  struct Row {
    const char* what;
    miopenStatus_t status;
    const char* text;
    std::function<void(Arguments&)> spoil;
  };
  Arguments good() const {
    return {handle_, x_,           x_,           row_,         one_,
            index_,  a_.address(), b_.address(), c_.address(), d_.address()};
  }
  void expect_refused(std::initializer_list<Row> rows,
                      const std::function<miopenStatus_t(const Arguments&)>& call) const {
    for (const Row& row : rows) {
      Arguments a = good();
      row.spoil(a);
      expect_failure(row.what, row.status, row.text, [&] { return call(a); });
    }
    EXPECT_EQ(hipDeviceSynchronize(), hipSuccess);
    for (const GuardedTensor* tensor : {&a_, &b_, &c_, &d_}) EXPECT_TRUE(tensor->is_unchanged());
  }
  static GuardedTensor tensor() {
    constexpr std::int64_t kCount = 288;
    return {{DataType::kFloat, {1, 1, 1, 1, kCount}, {kCount, kCount, kCount, kCount, 1}},
            GuardedTensor::Use::kWrite,
            std::vector<float>(kCount, 1)};
  }

  const client::MiopenHandle handle_;
  const Descriptor x_{miopenFloat, {2, 4, 6, 6}}, row_{miopenFloat, {6}}, one_{miopenFloat, {1}};
  const Descriptor index_{miopenInt32, {2, 6, 6}}, half_{miopenHalf, {2, 4, 6, 6}};
  const Descriptor small_{miopenFloat, {2, 4, 3, 3}}, integer_{miopenInt32, {2, 4, 6, 6}};
  const Descriptor without_{miopenFloat, {2, 6, 6}}, odd_{miopenFloat, {2, 3, 6, 6}};
  const Descriptor flat_{miopenFloat, {2, 4}}, target_{miopenInt64, {2}}, four_{miopenFloat, {4}};
  const Descriptor gaps_{miopenFloat, {2, 4, 6, 6}, {200, 40, 6, 1}};
  const GuardedTensor a_ = tensor(), b_ = tensor(), c_ = tensor(), d_ = tensor();
};

TEST_F(BetaBadInput, LayerNorm) {
  expect_refused(
      {{"handle", miopenStatusBadParm, "handle is null", [](auto& a) { a.handle = nullptr; }},
       {"xDesc", miopenStatusBadParm, "xDesc is null", [](auto& a) { a.x = nullptr; }},
       {"x", miopenStatusBadParm, "x is null", [](auto& a) { a.a = nullptr; }},
       {"y", miopenStatusBadParm, "y is null", [](auto& a) { a.b = nullptr; }},
       {"weight", miopenStatusBadParm, "weight is null", [](auto& a) { a.c = nullptr; }},
       {"mode", miopenStatusBadParm, "mode 2 is not 0 or 1", [](auto& a) { a.mode = 1; }},
       {"dimension", miopenStatusBadParm, "normalized_dim is 5", [](auto& a) { a.dim = 5; }},
       {"weights", miopenStatusBadParm, "weightDesc is fp32 [6], needs packed fp32 of 36",
        [](auto& a) { a.dim = 2; }},
       {"types", miopenStatusBadParm, "yDesc", [&](auto& a) { a.y = half_; }},
       {"lengths", miopenStatusBadParm, "yDesc", [&](auto& a) { a.y = small_; }},
       {"int32", miopenStatusNotImplemented, "tensors are int32",
        [&](auto& a) {
          a.x = a.y = integer_;
          a.mode = -1;
        }}},
      [](const Arguments& a) {
        return miopenLayerNormForward(a.handle, static_cast<miopenNormMode_t>(a.mode + 1), a.x, a.a,
                                      a.row, a.c, a.row, a.c, 1e-5f, a.dim == 1 ? 3 : a.dim, a.y,
                                      a.b, nullptr, nullptr, nullptr, nullptr);
      });
}

TEST_F(BetaBadInput, GroupNorm) {
  expect_refused(
      {{"groups", miopenStatusBadParm, "num_groups 3 does not divide",
        [](auto& a) { a.number = 3; }},
       {"rank", miopenStatusBadParm, "xDesc has 2 dimensions", [&](auto& a) { a.x = flat_; }}},
      [](const Arguments& a) {
        return miopenGroupNormForward(a.handle, MIOPEN_ELEMENTWISE_AFFINE, a.x, a.a, nullptr,
                                      nullptr, nullptr, nullptr, a.number, 1e-5f, a.y, a.b, nullptr,
                                      nullptr, nullptr, nullptr);
      });
}

TEST_F(BetaBadInput, AlongADimension) {
  const std::initializer_list<Row> rows{
      {"dim", miopenStatusBadParm, "dim is 4", [](auto& a) { a.dim = 4; }},
      {"x", miopenStatusBadParm, "x is null", [](auto& a) { a.a = nullptr; }}};
  expect_refused(rows, [&](const Arguments& a) {
    return miopenReduceCalculationForward(a.handle, MIOPEN_REDUCE_CALCULATION_PROPAGATE_NAN,
                                          nullptr, 0, a.x, a.a, a.dim,
                                          MIOPEN_REDUCE_CALCULATION_SUM, without_, a.b);
  });
  expect_refused(rows, [&](const Arguments& a) {
    return miopenReduceExtremeForward(a.handle, a.x, a.a, a.dim, MIOPEN_REDUCE_EXTREME_MAX,
                                      without_, a.b, a.index, a.c);
  });
  expect_refused({{"y", miopenStatusBadParm, "reduceDesc is fp32 [2, 4, 6, 6], needs fp32 of xDesc",
                   [](auto&) {}}},
                 [](const Arguments& a) {
                   return miopenReduceCalculationForward(
                       a.handle, MIOPEN_REDUCE_CALCULATION_PROPAGATE_NAN, nullptr, 0, a.x, a.a,
                       a.dim, MIOPEN_REDUCE_CALCULATION_SUM, a.y, a.b);
                 });
  expect_refused({{"k", miopenStatusBadParm, "k is 5", [](auto& a) { a.number = 5; }},
                  {"no k", miopenStatusBadParm, "k is 0", [](auto& a) { a.number = 0; }}},
                 [&](const Arguments& a) {
                   return miopenKthvalueForward(a.handle, a.x, a.a, without_, a.b, a.index,
                                                reinterpret_cast<std::size_t*>(a.c), a.number,
                                                a.dim, false);
                 });
  expect_refused(
      {{"sum", miopenStatusBadParm, "yDesc has length 4 along 1", [](auto&) {}},
       {"types", miopenStatusBadParm, "xDescs[0] is fp16", [&](auto& a) { a.x = half_; }},
       {"count", miopenStatusBadParm, "xCount is 0", [](auto& a) { a.number = 0; }}},
      [](const Arguments& a) {
        const D descs[] = {a.x, a.x};
        const void* const data[] = {a.a, a.b};
        return miopenCatForward(a.handle, static_cast<std::int32_t>(a.number), descs, data, a.y,
                                a.c, a.dim);
      });
}

TEST_F(BetaBadInput, Gates) {
  expect_refused({{"half", miopenStatusBadParm,
                   "outputDesc is fp32 [2, 4, 6, 6], needs half of inputDesc", [](auto&) {}},
                  {"dim", miopenStatusBadParm, "dim is 4", [](auto& a) { a.dim = 4; }}},
                 [](const Arguments& a) {
                   return miopenGLUForward(a.handle, a.x, a.a, a.y, a.b,
                                           static_cast<std::uint32_t>(a.dim));
                 });
  expect_refused({{"angles", miopenStatusBadParm, "cosDesc is fp32 [2, 3, 6, 6]",
                   [&](auto& a) { a.row = odd_; }},
                  {"gaps", miopenStatusNotImplemented, "xDesc is not packed",
                   [&](auto& a) { a.x = a.y = gaps_; }},
                  {"y", miopenStatusBadParm, "yDesc is", [&](auto& a) { a.y = small_; }}},
                 [](const Arguments& a) {
                   return miopenRoPEForward(a.handle, a.x, a.a, a.row, a.b, a.row, a.c, a.y, a.d);
                 });
}

TEST_F(BetaBadInput, Losses) {
  expect_refused(
      {{"workspace", miopenStatusBadParm, "workspace has 0 bytes", [](auto& a) { a.d = nullptr; }},
       {"reduction", miopenStatusBadParm, "reduction 7", [](auto& a) { a.mode = 6; }},
       {"sum", miopenStatusBadParm, "outputDesc is fp32 [6], needs one element",
        [](auto& a) { a.one = a.row; }},
       {"target", miopenStatusBadParm, "targetDesc is", [&](auto& a) { a.y = small_; }}},
      [](const Arguments& a) {
        return miopenSoftMarginLossForward(a.handle, a.x, a.a, a.y, a.b, a.one, a.c,
                                           static_cast<miopenLossReductionMode_t>(a.mode + 1), a.d,
                                           a.d == nullptr ? 0 : 4096);
      });
  expect_refused(
      {{"p", miopenStatusBadParm, "p is 3", [](auto& a) { a.number = 3; }},
       {"target", miopenStatusBadParm, "targetDesc is fp32 [6], needs int64 [2]",
        [](auto& a) { a.index = a.row; }},
       {"rank", miopenStatusBadParm, "inputDesc has 4 dimensions", [&](auto& a) { a.y = x_; }}},
      [&](const Arguments& a) {
        const D x = a.y == static_cast<D>(x_) && a.number == 2 && a.index != a.row
                        ? a.y
                        : static_cast<D>(flat_);
        const D target = a.index == a.row ? a.row : static_cast<D>(target_);
        return miopenMultiMarginLossForward(a.handle, x, a.a, target, a.b, four_, a.c, a.one, a.d,
                                            static_cast<long>(a.number), 1,
                                            MIOPEN_LOSS_REDUCTION_SUM, a.d, 4096);
      });
  expect_refused({{"weights", miopenStatusBadParm, "weightDesc is fp32 [6]", [](auto&) {}},
                  {"nothing", miopenStatusBadParm, "dinput and dweight are both null",
                   [](auto& a) {
                     a.row = a.one;
                     a.c = nullptr;
                   }}},
                 [](const Arguments& a) {
                   return miopenPReLUBackward(a.handle, nullptr, 0, a.x, a.a, a.row, a.b, a.y, a.d,
                                              a.x, a.c, a.row, nullptr);
                 });
}

TEST_F(BetaBadInput, Adam) {
  expect_refused(
      {{"param", miopenStatusBadParm, "param is null", [](auto& a) { a.a = nullptr; }},
       {"grad", miopenStatusBadParm, "gradDesc is fp32 [2, 4, 3, 3]",
        [&](auto& a) { a.y = small_; }},
       {"step", miopenStatusBadParm, "state_step is 0", [](auto& a) { a.number = 0; }},
       {"gaps", miopenStatusBadParm, "paramDesc is fp32", [&](auto& a) { a.x = gaps_; }}},
      [](const Arguments& a) {
        return miopenFusedAdam(a.handle, a.x, a.a, a.y, a.b, a.x, a.c, a.x, a.d, nullptr, nullptr,
                               nullptr, nullptr, static_cast<unsigned>(a.number), 0.1f, 0.9f, 0.99f,
                               0, 1e-8f, false, false, false, nullptr, nullptr, nullptr, nullptr);
      });
}

TEST_F(BetaBadInput, Getitem) {
  expect_refused(
      {{"dims", miopenStatusBadParm, "dims has 4", [](auto& a) { a.dim = 4; }},
       {"dy", miopenStatusBadParm, "dyDesc is fp32 [2, 4, 6, 6], which is not what indices",
        [](auto&) {}},
       {"index", miopenStatusBadParm, "indexDescs[0] is fp32", [](auto& a) { a.index = a.row; }},
       {"error", miopenStatusBadParm, "error is null",
        [&](auto& a) {
          a.y = odd_;
          a.d = nullptr;
        }}},
      [](const Arguments& a) {
        const Descriptor three(miopenInt32, {3});
        const D index = a.index == a.row ? a.row : static_cast<D>(three);
        const void* const data = a.c;
        const std::int32_t dims[] = {a.dim};
        return miopenGetitemBackward(a.handle, nullptr, 0, a.y, a.a, 1, &index, &data, a.x, a.b,
                                     a.row, a.d, 1, dims, 0, nullptr, 0);
      });
}

}  // namespace
}  // namespace rdna1conv
