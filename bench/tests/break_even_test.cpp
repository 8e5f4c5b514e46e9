#include "bench/break_even.h"

#include <gtest/gtest.h>

#include <sstream>

namespace rdna1conv::bench {
namespace {

const BenchDevice kDevice{rx_5700_xt(), true, ModelledClock{"rx5700xt", 1950, 20, 448}, 448e9};

Workload small_layer() {
  return workload_of_line("conv -n 1 -c 16 -H 14 -W 14 -k 16 -y 1 -x 1 -p 0 -q 0 -F 1");
}

TEST(BreakEven, IsWhereTheCardHasCaughtUp) {
  const Layer layer = small_layer().layers.front();
  // At one image launches take most of the card's time, so that twice the batch costs little.
  EXPECT_EQ(break_even_batch(kDevice, layer, 10e-6, 10e-6), 1);
  const auto batch = break_even_batch(kDevice, layer, 10e-6, 3e-6);
  ASSERT_TRUE(batch.has_value());
  EXPECT_GE(*batch, 2);
  EXPECT_LE(*batch, 8);
  EXPECT_FALSE(break_even_batch(kDevice, layer, 10e-6, 1e-12).has_value());
}

TEST(BreakEven, IsToldOfLayersAndOfAll) {
  const Workload workload = small_layer();
  Measurement m;
  m.gpu_seconds = 10e-6;
  m.cpu_seconds = 3e-6;
  const std::vector<TableRow> rows{{&workload.layers.front(), &m}};
  std::ostringstream out;
  print_where_cpu_is_better(kDevice, rows, out);
  EXPECT_NE(out.str().find("against modelled 0.0100 of the card; by estimate the card is as fast "
                           "from batch "),
            std::string::npos)
      << out.str();
  EXPECT_NE(out.str().find("the CPU is faster for all of them: 0.0030 ms"), std::string::npos);
  m.cpu_seconds = 11e-6;
  std::ostringstream nothing;
  print_where_cpu_is_better(kDevice, rows, nothing);
  EXPECT_EQ(nothing.str(), "");
}

}  // namespace
}  // namespace rdna1conv::bench
