#include "bench/operator_bench.h"

#include <hip/hip_runtime_api.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <stdexcept>

#include "bench/device_memory.h"
#include "client/miopen_objects.h"
#include "core/driver_line.h"
#include "core/option_table.h"
#include "operators/operator_case.h"

namespace rdna1conv::bench {
namespace {

// `line *3 name` as its parts.
OperatorLine with_count(const std::string& text) {
  OperatorLine line{text, 1, {}};
  const std::size_t star = text.find(" *");
  if (star != std::string::npos) {
    const std::vector<std::string_view> words = split_at_blanks(text.substr(star));
    line.count = parse_integer("*COUNT", words.front().substr(1));
    for (std::size_t i = 1; i < words.size(); ++i)
      line.name.append(line.name.empty() ? "" : " ").append(words[i]);
  }
  return line;
}

std::string text_of(const char* format, double value) {
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

struct Measured {
  std::string line;
  double bytes = 0, flops = 0, seconds = 0, error = 0;
  std::string stall, fault, profile;
};

Measured measure(const BenchDevice& device, const OperatorLine& line, const Options& options,
                 miopenHandle_t handle) {
  Measured m{line.line};
  try {
    const OperatorCase c = make_operator_case(line.line, !options.times_only);
    m.line = c.line;
    m.bytes = c.bytes;
    m.flops = c.flops;
    OperatorRun run(c);
    client::check_miopen(run.prepare(handle), "preparing the operator");
    check_hip(hipDeviceSynchronize(), "hipDeviceSynchronize");
    // A card is timed over several warm runs, the software device is exact after one.
    const bool once = device.software || c.once;
    const int runs = once ? 1 : 20;
    if (!once) client::check_miopen(run.call(handle), "the operator");
    take_first_stall();
    capture_profile(options.profile);
    DeviceEvent start, stop;
    start.record();
    for (int i = 0; i < runs; ++i) client::check_miopen(run.call(handle), "the operator");
    stop.record();
    m.seconds = DeviceEvent::seconds_between(start, stop) / runs;
    m.stall = take_first_stall();
    if (options.profile) m.profile = take_profile();
    if (options.times_only) return m;
    m.error = run.error();
    if (const auto fault = run.fault()) m.fault = *fault;
  } catch (const std::exception& error) {
    m.fault = error.what();
  }
  return m;
}

}  // namespace

std::vector<OperatorLine> operator_lines_of(const Options& options) {
  std::vector<OperatorLine> lines;
  std::size_t others = 0;
  const auto add = [&](const std::string& text) {
    if (is_blank_line(text)) return;
    if (is_operator_line(text))
      lines.push_back(with_count(text));
    else
      ++others;
  };
  if (!options.driver_line.empty()) add(options.driver_line);
  for (const std::string& what : options.workloads) {
    if (!std::filesystem::is_regular_file(what)) {
      ++others;
      continue;
    }
    std::ifstream stream(what);
    for (std::string text; std::getline(stream, text);) add(text);
  }
  if (!lines.empty() && others > 0)
    throw std::runtime_error("convolutions and other operators are run apart");
  return lines;
}

bool bench_operators(const BenchDevice& device, const std::vector<OperatorLine>& lines,
                     const Options& options, std::ostream& out) {
  const client::MiopenHandle handle;
  const bool has_times = device.has_times();
  const double peak = device.dram_bytes_per_second;
  out << (device.software
              ? "operators on the software RX 5700 XT: times are modelled, of one run with cold "
                "caches"
              : "operators on " + device.facts.name)
      << "; bytes are those that must be moved";
  if (peak > 0) out << text_of(", %.0f GB/s the memory's", peak * 1e-9);
  out << '\n';
  std::printf("%9s %11s %8s %6s  %-14s %9s  %s\n", "MB", device.software ? "modelled ms" : "ms",
              "GB/s", "% peak", "held up by", "error", "line");
  bool all_right = true;
  for (const OperatorLine& line : lines) {
    const Measured m = measure(device, line, options, handle);
    all_right = all_right && m.fault.empty();
    const double rate = m.seconds > 0 ? m.bytes / m.seconds : 0;
    const bool shows_time = has_times && m.seconds > 0;
    const std::string products =
        shows_time && m.flops > 0 ? text_of("  (%.2f TFLOPS)", m.flops / m.seconds * 1e-12) : "";
    std::printf("%9.2f %11s %8s %6s  %-14s %9s  %s%s%s%s\n", m.bytes * 1e-6,
                shows_time ? text_of("%.4f", m.seconds * 1e3).c_str() : "-",
                shows_time ? text_of("%.1f", rate * 1e-9).c_str() : "-",
                shows_time && peak > 0 ? text_of("%.1f", rate / peak * 100).c_str() : "-",
                m.stall.c_str(), options.times_only ? "-" : text_of("%.1e", m.error).c_str(),
                m.line.c_str(), products.c_str(),
                m.fault.empty() ? "" : "  WRONG: ", m.fault.c_str());
    std::fflush(stdout);
    out << m.profile << std::flush;
  }
  return all_right;
}

}  // namespace rdna1conv::bench
