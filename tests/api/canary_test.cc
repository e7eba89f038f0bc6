// A thousand texts that are nowhere else go through every text field of every RPC, one at a time and all together, so
// that validators and handlers see them as they should be and as they should not: none of them comes back in an error,
// and none is in the log or the metrics. What a successful answer says is another matter.
#include <unistd.h>

#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/ids/uuid.h"
#include "common/rpc/method.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/api/any_rpc.h"
#include "tests/api/environment.h"

namespace equity::api {
namespace {

using google::protobuf::Descriptor;

// Every canary has one of these in it; the second is for where only hexadecimal digits may stand.
constexpr char kMark[] = "qanary";
constexpr char kHexMark[] = "ca9a4ca9";

bool HasCanary(const std::string& text) {
  const std::string lower = absl::AsciiStrToLower(text);
  return absl::StrContains(lower, kMark) || absl::StrContains(lower, kHexMark);
}

using Path = std::vector<const FieldDescriptor*>;

// The text fields of a message and of those below, but for the names of requests, which are in the log by contract.
void CollectTexts(const Descriptor* type, Path path, std::vector<Path>& paths) {
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    path.push_back(field);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && field->name() != "request_id") paths.push_back(path);
    if (field->message_type() != nullptr && path.size() < 4) CollectTexts(field->message_type(), path, paths);
    path.pop_back();
  }
}

enum class Shape { kValid, kControl, kTooLong };

class CanaryTest : public testing::Test {
 protected:
  CanaryTest() {
    environment_.AddOrganisations({"rde"});
    const std::string session = environment_.AddSession("2021-08-12", "09:00", 100);
    const std::string id = NewUuidV7(absl::Now());
    for (const char* collection : {"challenges", "cards", "facilitators", "advice", "knowledge", "members", "consents",
                                   "flags", "reveals", "advice/*/contributions", "knowledge/*/comments"}) {
      names_[absl::StrCat(collection, "/*")] = absl::StrReplaceAll(absl::StrCat(collection, "/*"), {{"*", id}});
    }
    for (const char* part : {"bookings", "plans", "plans/*/benefits", "plans/*/activities", "plans/*/measures",
                             "plans/*/partners", "plans/*/engagements", "plans/*/barriers"}) {
      names_[absl::StrCat("organisations/*/", part, "/*")] =
          absl::StrReplaceAll(absl::StrCat("organisations/rde/", part, "/*"), {{"*", id}});
    }
    names_["organisations/*"] = "organisations/rde";
    names_["organisations/*/participants/*"] = environment_.AddParticipant("rde", "ref-1");
    names_["workshops/*"] = "workshops/health-equity-challenge";
    names_["workshops/*/sessions/*"] = session;
    names_["workshops/*/sessions/*/quizzes/*"] = session + "/quizzes/1";
  }

  std::string Canary(const FieldDescriptor& field, Shape shape) {
    const auto& rules = field.options().GetExtension(common::v1::rules);
    const std::string canary = absl::StrCat(kMark, "-", ++canaries_);
    if (shape == Shape::kControl) return canary + "\x01";
    if (shape == Shape::kTooLong) {
      return canary + std::string(static_cast<size_t>(rules.max_length() > 0 ? rules.max_length() : 1'000), 'a');
    }
    if (!rules.resource().empty()) return absl::StrReplaceAll(rules.resource(), {{"*", canary}});
    if (rules.format() == common::v1::FORMAT_UUID)
      return absl::StrFormat("%s-0000-7000-8000-%012x", kHexMark, canaries_);
    if (rules.format() == common::v1::FORMAT_EMAIL || field.name() == "email") return canary + "@example.org";
    return canary;
  }

  // Puts a canary where the path leads.
  void Put(Message& message, const Path& path, size_t step, Shape shape) {
    const FieldDescriptor& field = *path[step];
    const auto* reflection = message.GetReflection();
    if (step + 1 < path.size()) {
      Message* below = nullptr;
      if (!field.is_repeated()) {
        const bool is_there = reflection->HasField(message, &field);
        below = reflection->MutableMessage(&message, &field);
        if (!is_there) Fill(*below, names_);
      } else if (reflection->FieldSize(message, &field) > 0) {
        below = reflection->MutableRepeatedMessage(&message, &field, 0);
      } else {
        below = reflection->AddMessage(&message, &field);
        Fill(*below, names_);
      }
      return Put(*below, path, step + 1, shape);
    }
    if (!field.is_repeated()) {
      reflection->SetString(&message, &field, Canary(field, shape));
    } else if (reflection->FieldSize(message, &field) > 0) {
      reflection->SetRepeatedString(&message, &field, 0, Canary(field, shape));
    } else {
      reflection->AddString(&message, &field, Canary(field, shape));
    }
  }

  void Send(const MethodDescriptor& method, const Message& request, const std::string& token) {
    const Answer answer = CallGeneric(environment_.ChannelTo(method.service()->full_name()), method, request, token);
    ++calls_;
    if (answer.status.ok()) {
      answers_with_canaries_ += HasCanary(answer.body) ? 1 : 0;
      return;
    }
    ++errors_;
    EXPECT_FALSE(HasCanary(answer.status.error_message() + answer.status.error_details()))
        << method.full_name() << ": " << answer.status.error_message() << " " << answer.status.error_details();
  }

  // Somebody who may call it.
  std::string TokenFor(const rpc::Method& method) {
    for (const char* role :
         {"central_team", "partner", "service", "reference_group", "facilitator", "analyst", "safeguarding"}) {
      common::v1::Scope scope = common::v1::SCOPE_UNSPECIFIED;
      common::v1::Scope_Parse("SCOPE_" + absl::AsciiStrToUpper(role), &scope);
      if ((method.scopes & (1u << scope)) == 0) continue;
      return environment_.Token(role, role == std::string("partner") ? "rde" : "");
    }
    return "";
  }

  Environment environment_;
  Names names_;
  int canaries_ = 0, calls_ = 0, errors_ = 0, answers_with_canaries_ = 0;
};

TEST_F(CanaryTest, NoTextOfARequestIsInAnErrorTheLogOrTheMetrics) {
  for (const MethodDescriptor* method : AllMethods()) {
    const std::string token = TokenFor(rpc::Method(method));
    std::vector<Path> paths;
    CollectTexts(method->input_type(), {}, paths);
    const std::unique_ptr<Message> full = NewRequest(*method);
    Fill(*full, names_);
    for (const Path& path : paths) {
      Put(*full, path, 0, Shape::kValid);
      for (const Shape shape : {Shape::kValid, Shape::kControl, Shape::kTooLong}) {
        const std::unique_ptr<Message> request = NewRequest(*method);
        Fill(*request, names_);
        Put(*request, path, 0, shape);
        Send(*method, *request, token);
      }
    }
    if (!paths.empty()) Send(*method, *full, token);
  }
  EXPECT_GE(canaries_, 1'000);
  // They get as far as into answers, so that they could get elsewhere.
  EXPECT_GT(answers_with_canaries_, 20);
  EXPECT_GT(errors_, canaries_ / 3);

  const std::string metrics = environment_.Metrics();
  EXPECT_EQ(absl::StrContains(metrics, "equity_"), environment_.host() != nullptr);
  EXPECT_FALSE(HasCanary(metrics));
  int lines = 0;
  for (const std::string& file : environment_.StopAndGetLogs()) {
    std::ifstream log(file);
    for (std::string line; std::getline(log, line); ++lines) EXPECT_FALSE(HasCanary(line)) << line;
  }
  EXPECT_GE(lines, calls_);
  if (!HasFailure())
    std::printf("CANARIES %d canaries in %d calls, %d of them refused: 0 in log, metrics and errors\n", canaries_,
                calls_, errors_);
}

}  // namespace
}  // namespace equity::api
