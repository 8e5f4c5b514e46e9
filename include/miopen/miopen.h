/*
 * The C API of MIOpen 3.4.0, with the same types, values and signatures (taken from the ABI
 * of Debian's libmiopen1 6.4.3; own text), and what later versions added to it. What is beta in
 * MIOpen is declared with MIOPEN_BETA_API defined. Convolutions and their fusion plans are
 * implemented; a function that is not returns miopenStatusNotImplemented, and logs its name the
 * first time.
 *
 * Conventions
 *  - Every function returns a status and lets no exception out. Whatever fails prints one line to
 *    stderr (see MIOPEN_LOG_LEVEL in docs/environment.md), whose text rdna1convLastErrorText() of
 *    rdna1conv/error.h also gives.
 *  - A null handle, descriptor or required pointer is miopenStatusBadParm.
 *  - Objects from a miopenCreate... function belong to the caller, who passes each to the matching
 *    miopenDestroy... function once.
 *  - Lengths and strides are in elements, workspace sizes in bytes, times in milliseconds.
 *    Dimensions are in N, C, [D,] H, W order whatever the layout; the layout is in the strides.
 *  - Tensor data and workspace are device memory of the handle's device and belong to the caller.
 *    Work is queued on the handle's stream; functions do not wait for it unless they say so.
 *  - Different threads may use different handles at the same time. Descriptors may be read by
 *    several threads, not changed while another uses them.
 */
#ifndef MIOPEN_GUARD_MIOPEN_H_
#define MIOPEN_GUARD_MIOPEN_H_

#include <miopen/activation.h>
#include <miopen/batchnorm.h>
#include <miopen/convolution.h>
#include <miopen/convolution_find.h>
#include <miopen/convolution_immediate.h>
#include <miopen/ctc.h>
#include <miopen/dropout.h>
#include <miopen/find2.h>
#include <miopen/fusion.h>
#include <miopen/graph.h>
#include <miopen/handle.h>
#include <miopen/loss.h>
#include <miopen/lrn.h>
#include <miopen/normalization.h>
#include <miopen/optimizer.h>
#include <miopen/pooling.h>
#include <miopen/reduce.h>
#include <miopen/rnn.h>
#include <miopen/softmax.h>
#include <miopen/tensor.h>
#include <miopen/tensor_functions.h>

#endif
