#pragma once

// The table that people read.

#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "bench/device.h"
#include "bench/measurement.h"
#include "bench/terminal.h"
#include "bench/workload.h"

namespace rdna1conv::bench {

struct TableRow {
  const Layer* layer = nullptr;
  const Measurement* measurement = nullptr;
};

// What the table shows beside layers and solvers.
struct TableOptions {
  bool cpu = true;          // oneDNN's times
  bool range = false;       // how sure modelled times are
  bool times_only = false;  // no errors and no instruction counts: nothing was executed whole
};

class Table {
 public:
  // The workload's layers are those that may come, for the width of the columns. Where a terminal
  // is too narrow, columns are left out, those that matter least first, and names cut.
  Table(std::ostream& out, const BenchDevice& device, const Workload& workload,
        TableOptions options, const Terminal& terminal = {});

  void head();
  void row(const TableRow& row);
  // Totals weighted by the layers' counts, then how many were verified and, for each that was not,
  // why and the line that reproduces it.
  void total(std::span<const TableRow> rows);

 private:
  void line(const std::vector<std::string>& cells, Style style = Style::kPlain);
  std::size_t line_width() const;
  void fit();

  std::ostream& out_;
  const BenchDevice& device_;
  const Workload& workload_;
  TableOptions options_;
  Terminal terminal_;
  struct Column {
    std::string title;
    int width;                 // negative: flush left
    int rank = kNeverLeftOut;  // where there is no room, the highest goes first
    int narrowest = 0;         // to which a column that is never left out may be cut; 0: it may not
    Style style = Style::kPlain;
    bool shown = true;
  };
  static constexpr int kNeverLeftOut = 0;
  std::vector<Column> columns_;
};

// Two lines on what runs where; the first says whether the device is a card.
std::string device_lines(const BenchDevice& device, const std::string& cpu);

}  // namespace rdna1conv::bench
