// One script of requests, again and again, and each time another call to the disk fails: the first, the second, the
// third, until there is none left to fail.
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "tests/faults/drills.h"
#include "tests/faults/hosted_server.h"
#include "tests/faults/stage.h"
#include "tests/faults/vfs_shim.h"

namespace equity::faults {
namespace {

constexpr int kRequests = 300;
// After each of so many runs the services start again, are sent everything again and asked for everything.
constexpr int kRunsForEachRecovery = 25;
constexpr absl::Duration kScriptTakes = absl::Seconds(20);
constexpr absl::Duration kAnswersArrive = absl::Milliseconds(3);
constexpr struct {
  Fault fault;
  const char* name;
} kSwept[] = {{Fault::kIoError, "EIO"}, {Fault::kDiskFull, "ENOSPC"}, {Fault::kShortWrite, "short write"}};

class Sweep {
 public:
  Sweep(const DrillOptions& options, SweepResult& result)
      : options_(options), folder_(options.folder + "/run"), port_(FreePort()), result_(result) {}

  // A server that has the scene and nothing else, to begin every run with.
  absl::Status Prepare() {
    ASSIGN_OR_RETURN(auto server, Start(""));
    ASSIGN_OR_RETURN(calls_, Credentials(data()));
    Ledger ledger;
    ASSIGN_OR_RETURN(scene_, SetScene(Connect(port_), calls_, ledger));
    server.reset();
    ledger_ = ledger.Take();
    std::filesystem::rename(folder_, options_.folder + "/scene");
    return absl::OkStatus();
  }

  // Whether there was a call number `nth`.
  absl::StatusOr<bool> Run(Fault fault, const char* name, int nth) {
    std::filesystem::remove_all(folder_);
    std::filesystem::copy(options_.folder + "/scene", folder_, std::filesystem::copy_options::recursive);
    Ledger ledger(ledger_);
    vfs_.Arm({.call = DiskCall::kAny, .fault = fault, .nth = nth});
    {
      const auto server = Start(vfs_.name());
      // One whose disk fails while it starts has answered nobody.
      if (server.ok()) {
        PlayScript(**server, ledger, static_cast<unsigned>(nth));
        if ((*server)->has_failed()) ++result_.stopped;
      }
    }
    vfs_.Disarm();
    if (vfs_.hits() == 0) return false;
    ++result_.runs;
    result_.acknowledged += ledger.acknowledged();
    RETURN_IF_ERROR(Inspect(ledger));
    if (result_.verdict.ok() && result_.runs % kRunsForEachRecovery == 0) RETURN_IF_ERROR(Recover(ledger));
    for (const std::string& scandal : ledger.scandals()) result_.verdict.broken.push_back("answered " + scandal);
    if (!result_.verdict.ok()) result_.verdict.broken.push_back(absl::StrCat("that was ", name, " at call ", nth));
    return true;
  }

 private:
  std::string data() const { return folder_ + "/data"; }

  // The two services that book.
  absl::StatusOr<std::unique_ptr<HostedServer>> Start(const std::string& vfs) {
    std::filesystem::create_directories(folder_);
    return HostedServer::StartWith({data(), folder_ + "/log", port_},
                                   [&](exec::StoreOptions& store) {
                                     store.vfs = vfs;
                                     store.checkpoint_pages = 300;
                                   },
                                   {"participants", "workshops"});
  }

  void PlayScript(const HostedServer& server, Ledger& ledger, unsigned seed) {
    Load load(scene_, ledger, calls_, port_,
              {.staff = 20,
               .pause = absl::Milliseconds(5),
               .seed = seed,
               .patience = absl::Milliseconds(200),
               .requests = kRequests,
               .lists = 2});
    const absl::Time until = absl::Now() + kScriptTakes;
    while (!server.has_failed() && load.is_running() && absl::Now() < until) absl::SleepFor(absl::Milliseconds(1));
    // Until its process would have ended it answers, and what it answers must be true.
    if (server.has_failed()) absl::SleepFor(kAnswersArrive);
  }

  absl::Status Inspect(const Ledger& ledger) {
    ASSIGN_OR_RETURN(const Stored stored, ReadStores(data(), folder_ + "/copy"));
    CheckRules(stored, result_.verdict);
    CheckLedger(ledger.Take(), stored, Moment::kUnderway, result_.verdict);
    return absl::OkStatus();
  }

  absl::Status Recover(Ledger& ledger) {
    ASSIGN_OR_RETURN(const auto server, HostedServer::StartWith({data(), folder_ + "/log", port_}, {}));
    RETURN_IF_ERROR(SendAllAgain(port_, calls_, ledger, kScriptTakes));
    RETURN_IF_ERROR(Conclude({*server, port_, data(), folder_ + "/copy"}, calls_, scene_, ledger, result_.verdict));
    ++result_.recovered;
    return absl::OkStatus();
  }

  const DrillOptions options_;
  const std::string folder_;
  const int port_;
  FaultyVfs vfs_{"swept"};
  client::CallOptions calls_;
  Scene scene_;
  Ledger::Snapshot ledger_;
  SweepResult& result_;
};

}  // namespace

absl::StatusOr<SweepResult> SweepDrill(const DrillOptions& options, int stride) {
  SweepResult result;
  Sweep sweep(options, result);
  RETURN_IF_ERROR(sweep.Prepare());
  for (const auto& [fault, name] : kSwept) {
    for (int nth = 1 + static_cast<int>(options.seed % static_cast<unsigned>(stride));; nth += stride) {
      ASSIGN_OR_RETURN(const bool is_hit, sweep.Run(fault, name, nth));
      if (!result.verdict.ok()) return result;
      if (!is_hit) break;
      result.calls = std::max(result.calls, nth);
    }
  }
  return result;
}

}  // namespace equity::faults
