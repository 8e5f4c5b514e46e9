// A convolution chosen once and run many times: include/rdna1conv/convolution.h.
#include <miopen/miopen.h>
#include <rdna1conv/convolution.h>

#include <string>

#include "api/device_arguments.h"
#include "api/guard.h"
#include "core/tensor_match.h"
#include "dispatch/prepared_convolution.h"

// What an rdna1convConvolution_t points to.
struct rdna1convConvolution {
  rdna1conv::PreparedConvolution prepared;
};

using namespace rdna1conv;

namespace {

const PreparedConvolution& object(rdna1convConvolution_t convolution) {
  return require(convolution, "convolution").prepared;
}

Activation activation_of(miopenActivationMode_t mode) {
  require_enumerator(mode, {miopenActivationPASTHRU, miopenActivationCLAMP},
                     "epilogue's activation", "miopenActivationMode_t");
  return static_cast<Activation>(mode);
}

void set_epilogue(const rdna1convEpilogue_t& epilogue, ConvProblem& problem,
                  EpilogueScalars& scalars) {
  problem.epilogue = {.adds_z = epilogue.addsZ != 0,
                      .adds_bias = epilogue.addsBias != 0,
                      .activation = activation_of(epilogue.activation)};
  scalars.z_scale = epilogue.zScale;
  scalars.activation_alpha = epilogue.activationAlpha;
  scalars.activation_beta = epilogue.activationBeta;
  scalars.activation_gamma = epilogue.activationGamma;
}

}  // namespace

extern "C" {

miopenStatus_t rdna1convCreateConvolution(miopenHandle_t handle, miopenTensorDescriptor_t xDesc,
                                          miopenTensorDescriptor_t wDesc,
                                          miopenConvolutionDescriptor_t convDesc,
                                          miopenTensorDescriptor_t yDesc,
                                          const rdna1convEpilogue_t* epilogue, int preparesWeights,
                                          rdna1convConvolution_t* convolution) {
  return guard({__func__,
                {{"handle", handle},
                 {"xDesc", xDesc},
                 {"wDesc", wDesc},
                 {"convDesc", convDesc},
                 {"yDesc", yDesc},
                 {"epilogue", epilogue},
                 {"preparesWeights", preparesWeights},
                 {"convolution", convolution}}},
               [&, function = __func__] {
                 rdna1convConvolution_t& result = require(convolution, "convolution");
                 Handle& owner = object(handle);
                 const ConvolutionDescriptor& descriptor = object(convDesc);
                 ConvProblem problem =
                     make_problem(descriptor, Direction::kForward, object(xDesc, "xDesc"),
                                  object(wDesc, "wDesc"), object(yDesc, "yDesc"));
                 EpilogueScalars scalars;
                 if (epilogue != nullptr) set_epilogue(*epilogue, problem, scalars);
                 const ConvolutionCall call = make_call(function, owner, descriptor, problem);
                 result = new rdna1convConvolution{{owner, call, preparesWeights != 0, scalars}};
               });
}

miopenStatus_t rdna1convDestroyConvolution(rdna1convConvolution_t convolution) {
  return guard({__func__, {{"convolution", convolution}}},
               [&] { delete &require(convolution, "convolution"); });
}

miopenStatus_t rdna1convGetConvolutionSizes(rdna1convConvolution_t convolution,
                                            size_t* workspaceBytes, size_t* preparedWeightsBytes) {
  return guard({__func__,
                {{"convolution", convolution},
                 {"workspaceBytes", workspaceBytes},
                 {"preparedWeightsBytes", preparedWeightsBytes}}},
               [&] {
                 const PreparedConvolution& prepared = object(convolution);
                 if (workspaceBytes != nullptr) *workspaceBytes = prepared.workspace_bytes();
                 if (preparedWeightsBytes != nullptr) {
                   *preparedWeightsBytes = prepared.weights_bytes();
                 }
               });
}

miopenStatus_t rdna1convGetConvolutionKernel(rdna1convConvolution_t convolution,
                                             const char** solver, const char** instance) {
  return guard(
      {__func__, {{"convolution", convolution}, {"solver", solver}, {"instance", instance}}}, [&] {
        const PreparedConvolution& prepared = object(convolution);
        require(solver, "solver") = prepared.solver().name.data();
        require(instance, "instance") = prepared.instance().name.data();
      });
}

miopenStatus_t rdna1convPrepareWeights(rdna1convConvolution_t convolution, const void* w,
                                       void* prepared) {
  return guard({__func__, {{"convolution", convolution}, {"w", w}, {"prepared", prepared}}}, [&] {
    const PreparedConvolution& c = object(convolution);
    if (c.weights_bytes() == 0) {
      throw Error(Status::kBadParm,
                  "convolution takes its weights as they are, nothing is to be "
                  "prepared");
    }
    Buffers buffers;
    buffers.w = device_argument(c.handle(), w, "w", c.problem().w_type);
    buffers.prepared_weights =
        device_argument(c.handle(), prepared, "prepared", c.problem().w_type);
    c.prepare_weights(buffers);
  });
}

miopenStatus_t rdna1convRunConvolution(rdna1convConvolution_t convolution, const void* x,
                                       const void* weights, const void* bias, const void* z,
                                       void* y, void* workspace, size_t workspaceBytes) {
  return guard(
      {__func__,
       {{"convolution", convolution},
        {"x", x},
        {"weights", weights},
        {"bias", bias},
        {"z", z},
        {"y", y},
        {"workspace", workspace},
        {"workspaceBytes", workspaceBytes}}},
      [&] {
        const PreparedConvolution& c = object(convolution);
        const ConvProblem& problem = c.problem();
        Buffers buffers;
        buffers.x = device_argument(c.handle(), x, "x", problem.x_type);
        buffers.y = device_argument(c.handle(), y, "y", problem.y_type);
        void* const w = device_argument(c.handle(), weights, "weights", problem.w_type);
        (c.weights_bytes() == 0 ? buffers.w : buffers.prepared_weights) = w;
        if (problem.epilogue.adds_bias) {
          buffers.bias = device_argument(c.handle(), bias, "bias", problem.y_type);
        }
        if (problem.epilogue.adds_z) {
          buffers.z = device_argument(c.handle(), z, "z", problem.y_type);
        }
        require_size(workspaceBytes, c.workspace_bytes(), "workspaceBytes", Status::kBadParm);
        if (c.workspace_bytes() != 0) {
          buffers.workspace = workspace_argument(c.handle(), workspace, "workspace");
          static_cast<void>(require(static_cast<std::byte*>(buffers.workspace), "workspace"));
        }
        c.run(buffers);
      });
}

}  // extern "C"
