// What conv-bench --tune leaves, and that the library goes by it.
#include "bench/card/tune_card.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "api/guard.h"
#include "bench/card/speed.h"
#include "bench/gpu_convolution.h"
#include "bench/layer_plans.h"
#include "client/miopen_objects.h"
#include "core/driver_line.h"
#include "dispatch/find_db.h"

namespace rdna1conv::bench {
namespace {

namespace fs = std::filesystem;

class TuneCard : public testing::Test {
 protected:
  TuneCard() {
    std::string name = (fs::temp_directory_path() / "rdna1conv_tune_XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    setenv("MIOPEN_SYSTEM_DB_PATH", folder_.c_str(), 1);
    setenv("MIOPEN_USER_DB_PATH", (folder_ / "user").c_str(), 1);
    setenv("MIOPEN_DEBUG_DISABLE_FIND_DB", "0", 1);
    execute_modelled_only(true);
  }
  ~TuneCard() override { fs::remove_all(folder_); }

  fs::path file() const { return folder_ / find_db_file_name(device_.facts, "fdb"); }
  std::string text() const {
    std::ifstream stream(file());
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }
  ParsedFindDb content() const { return parse_find_db(text()); }
  void write(const FindRecords& records) const { std::ofstream(file()) << to_text(records); }
  // What the library runs.
  std::string choice() const {
    const GpuConvolution convolution(problem(), device_.facts, "");
    return convolution.solver() + "/" + convolution.instance();
  }
  const ConvProblem& problem() const { return workload_.layers.front().problem; }

  fs::path folder_;
  const BenchDevice device_ = open_device();
  const Workload workload_ =
      workload_of_line("conv -n 1 -c 64 -H 28 -W 28 -k 64 -y 3 -x 3 -p 1 -q 1 -F 1");
};

TEST_F(TuneCard, TheLibraryTakesWhatWasFound) {
  std::ostringstream out;
  tune_card(device_, {workload_}, folder_, out);
  const ParsedFindDb found = content();
  EXPECT_TRUE(found.complaints.empty());
  ASSERT_TRUE(found.records.contains(to_driver_line(problem()))) << out.str();
  const FindRecord& record = found.records.find(to_driver_line(problem()))->second;
  ASSERT_FALSE(record.entries.empty());
  EXPECT_EQ(choice(), record.entries.front().solver + "/" + record.entries.front().instance);
  EXPECT_NE(out.str().find("all by count"), std::string::npos) << out.str();
  // A further network is added to it.
  tune_card(device_, {workload_of_line("conv -n 1 -c 32 -H 7 -W 7 -k 32 -y 1 -x 1 -F 1")}, folder_,
            out);
  EXPECT_EQ(content().records.size(), 3u);  // and the card's speed
}

TEST_F(TuneCard, TheFileDecidesWhatEstimatesWouldNot) {
  const std::string estimated = choice();
  const std::string other = "DirectTiledFwd/k8h8r0s0";
  ASSERT_NE(estimated, other);
  FindRecord record{false, {{"DirectTiledFwd", "k8h8r0s0", 0.001f}}};
  for (const LayerPlan& plan : plans_of(device_, workload_.layers.front(), "").plans) {
    if (plan.solver != record.entries.back().solver && plan.solver != "DirectTiledFwd")
      record.entries.push_back({plan.solver, plan.instance, 1});
  }
  write({{to_driver_line(problem()), record}});
  EXPECT_EQ(choice(), other);
  write({{"card", record_of(CardSpeed{1700, 400})}});
  EXPECT_EQ(choice(), estimated);
  const client::MiopenHandle handle;
  const DeviceFacts& facts = object(handle).facts;
  EXPECT_NEAR(facts.clock_khz, 1700e3 * 2100 / 1950, 1);
  EXPECT_NEAR(facts.dram_gb_per_s, 400 / 0.989, 0.1);
}

TEST_F(TuneCard, RefusesFoldersAndFilesThatItCannotWrite) {
  std::ofstream(folder_ / "plain") << "a file";
  EXPECT_THROW(check_folder(folder_ / "plain" / "sub"), std::runtime_error);
  EXPECT_THROW(check_folder("/proc/none"), std::runtime_error);
  EXPECT_NO_THROW(check_folder(folder_ / "new" / "one"));
  // Nor does it lose what it does not understand.
  std::ofstream(file()) << "rdna1conv find-db 1\nconv = damag";
  std::ostringstream out;
  EXPECT_THROW(tune_card(device_, {workload_}, folder_, out), std::runtime_error);
  EXPECT_EQ(text(), "rdna1conv find-db 1\nconv = damag");
}

}  // namespace
}  // namespace rdna1conv::bench
