// Random operations, one after the other, on the services and on a model: both must say the same and come to the same.
// What differs is made as short as it still differs.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "tests/faults/drills.h"
#include "tests/faults/side_by_side.h"
#include "tests/faults/stage.h"

namespace equity::faults {
namespace {

constexpr int kStepsOfASequence = 40;
constexpr int kShrinkingTries = 150;

Step RandomStep(Random& random) {
  // Mostly what changes places; a session is rarely cancelled, or nothing is left to do.
  constexpr Step::Kind kLots[] = {Step::kBook,     Step::kBook,        Step::kBook,        Step::kBook,
                                  Step::kCancel,   Step::kCancel,      Step::kCancel,      Step::kSubstitute,
                                  Step::kRegister, Step::kRegister,    Step::kRegister,    Step::kValidate,
                                  Step::kLeave,    Step::kSetCapacity, Step::kSetCapacity, Step::kSetCapacity};
  Step step{.kind = OneIn(random, 60) ? Step::kCancelSession : kLots[Below(random, std::size(kLots))]};
  step.a = static_cast<int>(Below(random, 1'000));
  step.b = static_cast<int>(Below(random, 1'000));
  step.c = static_cast<int>(Below(random, 1'000));
  if (step.kind != Step::kRegister && step.kind != Step::kValidate) return step;
  std::vector<int> people(kPersonsOfAModel);
  for (int i = 0; i < kPersonsOfAModel; ++i) people[static_cast<size_t>(i)] = i;
  std::shuffle(people.begin(), people.end(), random);
  people.resize(1 + Below(random, 4));
  for (const int person : people) {
    step.rows.push_back({.person = person,
                         .session = static_cast<int>(Below(random, kSessionsOfAModel + 1)) - 1,
                         .on_full = static_cast<ModelOnFull>(Below(random, 3))});
  }
  return step;
}

class Sequences {
 public:
  explicit Sequences(Stage& stage) : stage_(stage) {}

  // What differs, or empty.
  absl::StatusOr<std::string> Play(const std::vector<Step>& steps) {
    SideBySide both({Connect(stage_.port()), stage_.calls(), stage_.scene().sessions.back()}, ++number_);
    RETURN_IF_ERROR(both.Open());
    for (const Step& step : steps) {
      std::string wrong = both.Do(step);
      if (wrong.empty()) wrong = both.Compare();
      if (!wrong.empty()) return absl::StrCat(step.Text(), ": ", wrong);
    }
    return std::string();
  }

  // Leaves out what can be left out so that something still differs, large pieces first.
  absl::StatusOr<std::string> Shrink(std::vector<Step>& steps, std::string wrong) {
    int tries = 0;
    for (size_t piece = steps.size() / 2; piece > 0; piece /= 2) {
      for (size_t from = 0; from + piece <= steps.size() && tries < kShrinkingTries;) {
        std::vector<Step> fewer = steps;
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(from),
                    fewer.begin() + static_cast<std::ptrdiff_t>(from + piece));
        ++tries;
        ASSIGN_OR_RETURN(std::string still, Play(fewer));
        if (still.empty()) {
          from += piece;
        } else {
          steps = std::move(fewer);
          wrong = std::move(still);
        }
      }
    }
    return wrong;
  }

 private:
  Stage& stage_;
  int number_ = 0;
};

}  // namespace

absl::StatusOr<ModelResult> ModelDrill(const DrillOptions& options) {
  ModelResult result;
  ServerProcess* server = nullptr;
  Stage stage(options, options.serves_itself ? StartSelf(options, server) : StartProcess(options, server));
  RETURN_IF_ERROR(stage.Open());
  Sequences sequences(stage);
  Random random(options.seed);
  for (; result.sequences < options.count && result.verdict.ok(); ++result.sequences) {
    // Everybody is known in most of them, so that the first step can already matter.
    std::vector<Step> steps;
    for (int i = 0; i < kStepsOfASequence; ++i) steps.push_back(RandomStep(random));
    result.steps += kStepsOfASequence;
    ASSIGN_OR_RETURN(std::string wrong, sequences.Play(steps));
    if (wrong.empty()) continue;
    ASSIGN_OR_RETURN(wrong, sequences.Shrink(steps, std::move(wrong)));
    for (const Step& step : steps) result.verdict.broken.push_back(step.Text());
    result.verdict.broken.push_back("and then " + wrong);
  }
  return result;
}

}  // namespace equity::faults
