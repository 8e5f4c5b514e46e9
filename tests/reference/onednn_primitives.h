#pragma once

// What differs between oneDNN 2 and 3, which has no operation descriptors: what they took goes to
// the primitive's descriptor itself. The backward ones also take the forward one that they belong
// to.

#include <oneapi/dnnl/dnnl_version.h>
#include <oneapi/dnnl/dnnl.hpp>

namespace rdna1conv {

#if DNNL_VERSION_MAJOR >= 3
template <class Primitive, class... Operation>
auto describe_forward(const dnnl::engine& engine, const Operation&... operation) {
  return typename Primitive::primitive_desc(engine, operation...);
}
template <class Primitive, class ForwardDesc, class... Operation>
auto describe_backward(const dnnl::engine& engine, const ForwardDesc& forward,
                       const Operation&... operation) {
  return typename Primitive::primitive_desc(engine, operation..., forward);
}
#else
template <class Primitive, class... Operation>
auto describe_forward(const dnnl::engine& engine, const Operation&... operation) {
  return typename Primitive::primitive_desc(typename Primitive::desc(operation...), engine);
}
template <class Primitive, class ForwardDesc, class... Operation>
auto describe_backward(const dnnl::engine& engine, const ForwardDesc& forward,
                       const Operation&... operation) {
  return
      typename Primitive::primitive_desc(typename Primitive::desc(operation...), engine, forward);
}
#endif

}  // namespace rdna1conv
