#include "bench/tuner/samples.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string_view>

#include "bench/layer_plans.h"
#include "core/driver_line.h"

namespace rdna1conv::tuner {
namespace {

constexpr std::string_view kHeader = "# rdna1conv tuning samples 1: ";

std::string_view take(std::string_view& text) {
  const std::size_t at = std::min(text.find('\t'), text.size());
  const std::string_view front = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return front;
}

bool append(const std::filesystem::path& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0) return false;
  const ssize_t written = ::write(file, text.data(), text.size());
  return ::close(file) == 0 && written == static_cast<ssize_t>(text.size());
}

}  // namespace

decltype(Instance::parameters) parse_parameters(std::string_view text) {
  decltype(Instance::parameters) parameters{};
  for (std::uint32_t& each : parameters) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), each);
    if (error != std::errc{}) break;
    text.remove_prefix(std::min(text.size(), static_cast<std::size_t>(end - text.data()) + 1));
  }
  return parameters;
}

std::optional<double> milliseconds_of(const SampledProblem& sampled, std::string_view solver,
                                      const Instance& instance) {
  const std::string parameters = bench::parameters_of(instance);
  for (const Sample& sample : sampled.samples) {
    if (sample.solver == solver && sample.instance == instance.name &&
        sample.parameters == parameters)
      return sample.milliseconds;
  }
  return std::nullopt;
}

Samples read_samples(const std::filesystem::path& path) {
  Samples all;
  if (!std::filesystem::exists(path)) return all;
  std::ifstream stream(path);
  std::string line;
  if (!std::getline(stream, line) || !line.starts_with(kHeader))
    throw std::runtime_error(path.string() + " does not begin as a file of samples does");
  all.device = line.substr(kHeader.size());
  std::map<std::string, std::size_t, std::less<>> places;
  while (std::getline(stream, line)) {
    if (line.empty() || line.front() == '#') continue;
    std::string_view text = line;
    const std::string_view number = take(text);
    Sample sample;
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), sample.milliseconds);
    sample.solver = take(text);
    sample.instance = take(text);
    sample.parameters = take(text);
    if (error != std::errc{} || end != number.data() + number.size() ||
        !(sample.milliseconds > 0) || text.empty()) {
      ++all.bad_lines;
      continue;
    }
    auto place = places.find(text);
    if (place == places.end()) {
      try {
        all.problems.push_back({parse_driver_line(text).problem, {}});
      } catch (const std::exception&) {
        ++all.bad_lines;
        continue;
      }
      place = places.emplace(std::string(text), all.problems.size() - 1).first;
    }
    all.problems[place->second].samples.push_back(std::move(sample));
  }
  if (stream.bad()) throw std::runtime_error("cannot read " + path.string());
  return all;
}

void append_samples(const std::filesystem::path& path, const SampledProblem& sampled) {
  const std::string line = to_driver_line(sampled.problem);
  std::string text;
  for (const Sample& sample : sampled.samples) {
    char number[32];
    const auto end = std::to_chars(number, number + sizeof number, sample.milliseconds,
                                   std::chars_format::general, 6);
    text.append(number, end.ptr).append("\t").append(sample.solver).append("\t");
    text.append(sample.instance)
        .append("\t")
        .append(sample.parameters)
        .append("\t")
        .append(line)
        .append("\n");
  }
  if (!append(path, text)) throw std::runtime_error("cannot write " + path.string());
}

void open_samples(const std::filesystem::path& path, const std::string& device) {
  if (std::filesystem::exists(path)) {
    if (const std::string is = read_samples(path).device; is != device) {
      throw std::runtime_error(path.string() + " has times of '" + is + "', this is '" + device +
                               "'");
    }
  } else if (!append(path, std::string(kHeader) + device + "\n")) {
    throw std::runtime_error("cannot write " + path.string());
  }
}

}  // namespace rdna1conv::tuner
