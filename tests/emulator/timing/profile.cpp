#include "timing/profile.h"

#include <algorithm>
#include <cmath>

#include "isa/decode.h"
#include "machine/format.h"
#include "timing/time_spent.h"

namespace emulator::timing {
namespace {

double share(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

// Levels whose rate is of DRAM are given in GB/s as well.
double gb_per_s(double bytes_per_clock, const Constants& constants) {
  return bytes_per_clock * constants.core_mhz * 1e-3;
}

std::string shape(const std::array<std::uint32_t, 3>& size) {
  return format("%u x %u x %u", size[0], size[1], size[2]);
}

// SIMD-clocks without vector ALU work, by cause, the largest first.
struct Idle {
  std::string_view cause;
  double clocks;
};
std::vector<Idle> idle_causes(const ExecutionStatistics& s) {
  std::vector<Idle> causes{{kWithoutWaves, s.idle_without_waves}};
  for (std::size_t i = 0; i < kStalls; ++i) {
    causes.push_back({idle_cause(static_cast<Stall>(i)), s.idle[i]});
  }
  std::stable_sort(causes.begin(), causes.end(),
                   [](const Idle& a, const Idle& b) { return a.clocks > b.clocks; });
  return causes;
}

std::string occupancy_line(const LaunchTiming& t) {
  const unsigned waves = t.resident_workgroups * t.needs.waves;
  return format(
             "occupancy  %u of %u waves a SIMD, %u workgroup(s) of %u wave(s) a WGP; limited by ",
             (waves + kSimds - 1) / kSimds, kWaveSlotsPerSimd, t.resident_workgroups,
             t.needs.waves) +
         std::string(to_string(t.occupancy.limit)) +
         format(" (%u VGPRs, %u bytes of LDS, %s mode, wave%d)\n", t.needs.vgprs, t.needs.lds_bytes,
                t.needs.compute_unit_mode ? "CU" : "WGP", t.needs.wave64 ? 64 : 32);
}

std::string modelled_line(const LaunchTiming& t) {
  std::string text = format(
      "modelled   %llu of %llu workgroups in detail (%llu wave instructions of %llu), %llu more by "
      "their memory accesses",
      static_cast<unsigned long long>(t.modelled_workgroups),
      static_cast<unsigned long long>(t.workgroups),
      static_cast<unsigned long long>(t.modelled_instructions),
      static_cast<unsigned long long>(t.wave_instructions),
      static_cast<unsigned long long>(t.followed_workgroups));
  return text + (t.sampled ? "; the rest extrapolated\n" : "; one WGP stands for the others\n");
}

std::string issue_table(const ExecutionStatistics& s) {
  double all = 0;
  for (const std::uint64_t issued : s.issued) all += static_cast<double>(issued);
  std::string text = "issued          share of instructions   of the clocks of a SIMD\n";
  for (std::size_t i = 0; i < kIssueClasses; ++i) {
    if (s.issued[i] == 0) continue;
    const std::string_view name = to_string(static_cast<IssueClass>(i));
    text += format("  %-14.*s %8.1f %%  %18.1f %%\n", static_cast<int>(name.size()), name.data(),
                   share(static_cast<double>(s.issued[i]), all),
                   share(s.issue_clocks[i], s.simd_clocks));
  }
  return text;
}

std::string memory_table(const LaunchTiming& t, const Constants& constants) {
  std::string text = "memory      lines asked    hits     B/clk achieved     of peak\n";
  for (std::size_t i = 0; i < kMemoryLevels; ++i) {
    const LevelTraffic& level = t.traffic[i];
    const double rate = level.bytes / std::max(t.modelled_clocks, 1.0);
    const bool is_dram = static_cast<MemoryLevel>(i) == MemoryLevel::kDram;
    text +=
        format("  %-6s %14.0f  %s  %14.1f   %7.1f %%  of %.0f",
               std::string(to_string(static_cast<MemoryLevel>(i))).c_str(), level.requests,
               is_dram ? "      -" : format("%5.1f %%", share(level.hits, level.requests)).c_str(),
               rate, share(rate, t.peak_bytes_per_clock[i]), t.peak_bytes_per_clock[i]);
    text += is_dram ? format(" (%.0f GB/s)\n", gb_per_s(rate, constants)) : "\n";
  }
  return text;
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += format("\\u%04x", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

// Of all instructions: for what lengthens them, clocks of the vector ALU.
double stalled_by(const ExecutionStatistics& s, Stall stall) {
  double sum = 0;
  for (const InstructionStatistics& each : s.by_instruction) {
    sum += each.stall[static_cast<std::size_t>(stall)];
  }
  return sum;
}

std::string stalls_json(const std::array<double, kStalls>& stalls) {
  std::string text = "{";
  for (std::size_t i = 0; i < kStalls; ++i) {
    if (stalls[i] == 0) continue;
    text += (text.size() > 1 ? ", " : "") + json_string(to_string(static_cast<Stall>(i))) +
            format(": %.0f", stalls[i]);
  }
  return text + "}";
}

}  // namespace

std::string_view to_string(Stall stall) {
  constexpr std::string_view kNames[] = {"dependency", "vmem load", "vmem store", "lds",
                                         "smem",       "barrier",   "bank",       "return",
                                         "fetch",      "branch",    "pause",      "unit busy"};
  static_assert(std::size(kNames) == kStalls);
  return kNames[static_cast<std::size_t>(stall)];
}

std::string first_stall(const LaunchTiming& timing) {
  constexpr double kMostly = 85;
  const ExecutionStatistics& s = timing.statistics;
  if (share(s.valu_busy, s.simd_clocks) >= kMostly) return "vector ALU";
  return std::string(idle_causes(s).front().cause);
}

std::string profile_text(const KernelProfile& profile) {
  const LaunchTiming& t = profile.timing;
  const ExecutionStatistics& s = t.statistics;
  std::string text = "kernel     " + profile.name + "\n";
  text += "grid       " + shape(profile.grid) + " work-items in workgroups of " +
          shape(profile.workgroup) +
          format(", %llu launch(es), %.2f us in all\n",
                 static_cast<unsigned long long>(profile.launches), profile.total_us);
  text +=
      format("time       %.2f us modelled (clock %s, %.0f MHz), %.0f clk from the first wave on",
             t.duration_us, profile.clock.c_str(), profile.constants.core_mhz, t.clocks);
  if (!profile.sensitivities.empty()) {
    const Uncertainty off = uncertainty(profile.sensitivities, t.sampling_error);
    text += format("; %.2f to %.2f us (-%.0f %% to +%.0f %%) by what is unsure",
                   t.duration_us * (1 - off.down), t.duration_us * (1 + off.up), 100 * off.down,
                   100 * off.up);
  } else if (t.sampled) {
    text += format("; sampling error %.1f %%", 100 * t.sampling_error);
  }
  text += "\n" + modelled_line(t) + occupancy_line(t);
  text += format(
      "units      vector ALU busy %.1f %% (%.1f %% while LDS reads write registers, %.1f %% by "
      "register banks), LDS ports %.1f %%, address units %.1f %%\n",
      share(s.valu_busy, s.simd_clocks), share(stalled_by(s, Stall::kReturn), s.simd_clocks),
      share(stalled_by(s, Stall::kBank), s.simd_clocks),
      share(s.lds_busy * kSimdsPerComputeUnit, s.simd_clocks),
      share(s.address_busy * kSimdsPerComputeUnit, s.simd_clocks));
  text += "held up    ";
  for (const Idle& idle : idle_causes(s)) {
    if (share(idle.clocks, s.simd_clocks) < 0.5) break;
    text += format("%.*s %.1f %%  ", static_cast<int>(idle.cause.size()), idle.cause.data(),
                   share(idle.clocks, s.simd_clocks));
  }
  text += "(of the clocks of a SIMD)\n" + issue_table(s) + memory_table(t, profile.constants);
  if (!profile.sensitivities.empty()) {
    text += "unsure     what the ends of a constant's range would make of the time\n";
    constexpr std::size_t kShown = 6;
    for (std::size_t i = 0; i < std::min(kShown, profile.sensitivities.size()); ++i) {
      const Sensitivity& each = profile.sensitivities[i];
      const ConstantRow* row = find_constant(each.constant);
      text +=
          format("  %-26s %g (%g to %g %s): %+.1f %% to %+.1f %%\n",
                 std::string(each.constant).c_str(), profile.constants.*row->member, row->low,
                 row->high, std::string(row->unit).c_str(), 100 * each.at_low, 100 * each.at_high);
    }
  }
  return text;
}

std::string profile_json(const KernelProfile& profile, const Program& program) {
  const LaunchTiming& t = profile.timing;
  const ExecutionStatistics& s = t.statistics;
  const Uncertainty off = uncertainty(profile.sensitivities, t.sampling_error);
  std::string text = "{\n  \"kernel\": " + json_string(profile.name) +
                     ",\n  \"times\": \"modelled\",\n  \"clock\": " + json_string(profile.clock);
  text += format(",\n  \"core_mhz\": %g,\n  \"grid\": [%u, %u, %u],\n  \"workgroup\": [%u, %u, %u]",
                 profile.constants.core_mhz, profile.grid[0], profile.grid[1], profile.grid[2],
                 profile.workgroup[0], profile.workgroup[1], profile.workgroup[2]);
  text += format(
      ",\n  \"launches\": %llu,\n  \"duration_us\": %.4f,\n  \"duration_low_us\": %.4f,\n"
      "  \"duration_high_us\": %.4f,\n  \"clocks\": %.0f,\n"
      "  \"uncertainty\": [%.4f, %.4f],\n  \"sampling_error\": %.5f,\n  \"sampled\": %s",
      static_cast<unsigned long long>(profile.launches), t.duration_us,
      t.duration_us * (1 - off.down), t.duration_us * (1 + off.up), t.clocks, -off.down, off.up,
      t.sampling_error, t.sampled ? "true" : "false");
  text += format(
      ",\n  \"occupancy\": {\"waves_per_simd\": %u, \"workgroups_per_wgp\": %u, \"limit\": %s, "
      "\"vgprs\": %u, \"lds_bytes\": %u}",
      (t.resident_workgroups * t.needs.waves + kSimds - 1) / kSimds, t.resident_workgroups,
      json_string(to_string(t.occupancy.limit)).c_str(), t.needs.vgprs, t.needs.lds_bytes);
  text += format(
              ",\n  \"valu_busy\": %.5f,\n  \"valu_held_by_lds_reads\": %.5f"
              ",\n  \"valu_held_by_banks\": %.5f,\n  \"first_stall\": ",
              share(s.valu_busy, s.simd_clocks) / 100,
              share(stalled_by(s, Stall::kReturn), s.simd_clocks) / 100,
              share(stalled_by(s, Stall::kBank), s.simd_clocks) / 100) +
          json_string(first_stall(t));
  text += ",\n  \"idle\": {\"occupancy\": " + format("%.0f", s.idle_without_waves) +
          ", \"stalls\": " + stalls_json(s.idle) + "},\n  \"issued\": {";
  bool first = true;
  for (std::size_t i = 0; i < kIssueClasses; ++i) {
    if (s.issued[i] == 0) continue;
    text += (first ? "" : ", ") + json_string(to_string(static_cast<IssueClass>(i))) +
            format(": %llu", static_cast<unsigned long long>(s.issued[i]));
    first = false;
  }
  text += "},\n  \"memory\": {";
  for (std::size_t i = 0; i < kMemoryLevels; ++i) {
    const LevelTraffic& level = t.traffic[i];
    text += (i > 0 ? ",\n    " : "\n    ") + json_string(to_string(static_cast<MemoryLevel>(i))) +
            format(": {\"lines\": %.0f, \"hits\": %.0f, \"bytes_per_clock\": %.3f, \"peak\": %.1f}",
                   level.requests, level.hits, level.bytes / std::max(t.modelled_clocks, 1.0),
                   t.peak_bytes_per_clock[i]);
  }
  text += "\n  },\n  \"sensitivity\": {";
  for (std::size_t i = 0; i < profile.sensitivities.size(); ++i) {
    const Sensitivity& each = profile.sensitivities[i];
    text += (i > 0 ? ", " : "") + json_string(each.constant) +
            format(": [%.5f, %.5f]", each.at_low, each.at_high);
  }
  text += "},\n  \"instructions\": [";
  first = true;
  for (std::size_t i = 0; i < s.by_instruction.size(); ++i) {
    const InstructionStatistics& at = s.by_instruction[i];
    if (at.executed == 0) continue;
    const Instruction& instruction = program.instructions()[i];
    text += format("%s\n    {\"offset\": %u, \"executed\": %llu, \"stalls\": ", first ? "" : ",",
                   instruction.address, static_cast<unsigned long long>(at.executed)) +
            stalls_json(at.stall) +
            ", \"text\": " + json_string(disassemble(instruction, t.needs.wave64)) + "}";
    first = false;
  }
  return text + "\n  ]\n}\n";
}

std::string profile_listing(const KernelProfile& profile, const Program& program) {
  const ExecutionStatistics& s = profile.timing.statistics;
  double issued = 0;
  double stalled = 0;
  for (const InstructionStatistics& at : s.by_instruction) {
    issued += static_cast<double>(at.executed);
    stalled += at.stalled();
  }
  std::string text = profile_text(profile);
  text +=
      "\noffset    executed  issue %  stall %  clk each  waits for                instruction\n";
  std::size_t last = ~std::size_t{0};
  for (std::size_t i = 0; i < s.by_instruction.size(); ++i) {
    const InstructionStatistics& at = s.by_instruction[i];
    if (at.executed == 0) continue;
    if (last != ~std::size_t{0} && i != last + 1) text += "   ...\n";
    last = i;
    const auto largest = static_cast<std::size_t>(
        std::max_element(at.stall.begin(), at.stall.end()) - at.stall.begin());
    std::string reason;
    const double executed = static_cast<double>(at.executed);
    if (at.stall[largest] >= executed * 0.5) {
      reason = std::string(to_string(static_cast<Stall>(largest))) +
               format(" %.0f %%", share(at.stall[largest], at.stalled()));
    }
    text += format("%06x  %10llu  %7.2f  %7.2f  %8.1f  %-22s  ", program.instructions()[i].address,
                   static_cast<unsigned long long>(at.executed), share(executed, issued),
                   share(at.stalled(), stalled), at.stalled() / executed, reason.c_str()) +
            disassemble(program.instructions()[i], profile.timing.needs.wave64) + "\n";
  }
  return text;
}

}  // namespace emulator::timing
