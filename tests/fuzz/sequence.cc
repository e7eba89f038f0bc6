// Bytes as a sequence of operations, on the services and on a model (tests/faults/side_by_side.h). Each sequence has a
// workshop of its own in a server that goes on, so that nothing has to be made anew.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "clients/cpp/participants.h"
#include "clients/cpp/workshops.h"
#include "tests/faults/side_by_side.h"
#include "tests/fuzz/server.h"

namespace equity::fuzz {
namespace {

using faults::ModelOnFull;
using faults::ModelRow;
using faults::SideBySide;
using faults::Step;

constexpr size_t kMostSteps = 24;
constexpr int kSequencesOfAServer = 3'000;

// A step is four bytes: the kind and three numbers; a list of staff has a byte more for each of its rows, of which the
// second number says how many there are.
std::vector<Step> Decode(const uint8_t* data, size_t size) {
  std::vector<Step> steps;
  while (size >= 4 && steps.size() < kMostSteps) {
    Step step{.kind = static_cast<Step::Kind>(data[0] % Step::kKinds), .a = data[1], .b = data[2], .c = data[3]};
    data += 4;
    size -= 4;
    if (step.kind == Step::kRegister || step.kind == Step::kValidate) {
      uint32_t seen = 0;
      for (int row = 0; row <= step.b % 4 && size > 0; ++row, ++data, --size) {
        const int person = *data % faults::kPersonsOfAModel, rest = *data / faults::kPersonsOfAModel;
        if ((seen >> person) % 2 == 1) continue;  // twice in a list is another matter
        seen |= 1u << person;
        step.rows.push_back({.person = person,
                             .session = rest % (faults::kSessionsOfAModel + 1) - 1,
                             .on_full = static_cast<ModelOnFull>(rest / (faults::kSessionsOfAModel + 1) % 3)});
      }
      if (step.rows.empty()) continue;
    }
    steps.push_back(std::move(step));
  }
  return steps;
}

class Bench {
 public:
  void Play(const std::vector<Step>& steps) {
    if (server_ == nullptr || played_ == kSequencesOfAServer) Start();
    SideBySide both(place_, ++played_);
    if (const absl::Status opened = both.Open(); !opened.ok()) Report(opened.ToString());
    size_t done = 0;
    for (const Step& step : steps) {
      ++done;
      ++steps_;
      std::string wrong = both.Do(step);
      if (wrong.empty() && (done % 4 == 0 || done == steps.size())) wrong = both.Compare();
      if (wrong.empty()) continue;
      for (size_t i = 0; i < done; ++i) absl::StrAppend(&wrong, "\n  ", i, ": ", steps[i].Text());
      Report(wrong);
    }
  }

 private:
  void Start() {
    server_.reset();
    server_ = std::make_unique<Server>(std::vector<std::string>{"participants", "workshops"});
    played_ = 0;
    place_ = {.channel = server_->channel(), .calls = server_->CentralTeam(), .spare_session = ""};
    participants::v1::ImportOrganisationsRequest organisations;
    for (const char* code : {"T0", "T1"}) {
      auto& row = *organisations.add_organisations();
      row.mutable_code()->set_scheme("LOCAL");
      row.mutable_code()->set_value(code);
      row.set_display_name(absl::StrCat("Trust ", code));
      row.set_sector(participants::v1::SECTOR_NHS_TRUST);
    }
    workshops::v1::ImportSessionsRequest sessions;
    auto& row = *sessions.add_sessions();
    row.set_workshop("spare");
    row.set_date("2021-12-01");
    row.set_start("09:00");
    row.set_platform("Zoom");
    row.set_capacity("1");
    const auto imported = client::OrganisationsClient(place_.channel, place_.calls).ImportOrganisations(organisations);
    const auto session = client::SessionsClient(place_.channel, place_.calls).ImportSessions(sessions);
    if (!imported.ok() || !session.ok()) Report("the scene cannot be set");
    place_.spare_session = session->results(0).session();
    StopAtExit(&Stop);
  }

  static void Stop() {
    if (server_ == nullptr) return;
    server_.reset();
    std::fprintf(stderr, "STEPS %lld\n", static_cast<long long>(steps_));
  }

  static inline int64_t steps_ = 0;
  static inline std::unique_ptr<Server> server_;
  SideBySide::Place place_;
  int played_ = 0;
};

}  // namespace
}  // namespace equity::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static auto* const bench = new equity::fuzz::Bench();
  const auto steps = equity::fuzz::Decode(data, size);
  if (!steps.empty()) bench->Play(steps);
  return 0;
}
