// equityctl bookings explain, equityctl participants erase
#include <memory>
#include <ostream>
#include <string>

#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "equity/participants/v1/participants.pb.h"
#include "equity/workshops/v1/bookings.pb.h"

namespace equity::cli {
namespace {

// In a table it is for people: a sentence a line.
absl::StatusOr<ExitCode> Explain(Context& context, const std::string& name) {
  workshops::v1::ExplainDecisionRequest request;
  request.set_name(name);
  workshops::v1::ExplainDecisionResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  if (context.format() == Format::kTable) {
    for (const std::string& sentence : response.sentences()) context.streams().out << sentence << std::endl;
    return kDone;
  }
  const auto report = context.NewReport(Shape::kOne, {"booking", "state", "rule", "policy_version", "seen_capacity",
                                                      "seen_taken", "seen_waiting", "explanation"});
  report->Add(response,
              {response.booking().name(), EnumName(response.booking().state()), EnumName(response.rule()),
               int64_t{response.policy_version()}, int64_t{response.seen_capacity()}, int64_t{response.seen_taken()},
               int64_t{response.seen_waiting()}, absl::StrJoin(response.sentences(), " ")});
  report->Finish();
  return kDone;
}

absl::StatusOr<ExitCode> Erase(Context& context, const std::string& name) {
  participants::v1::EraseParticipantRequest request;
  request.set_name(name);
  participants::v1::EraseParticipantResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  const auto report = context.NewReport(Shape::kOne, {"participant", "state"});
  report->Add(response, {response.participant().name(), EnumName(response.participant().state())});
  report->Finish();
  return kDone;
}

}  // namespace

void AddExplain(CLI::App& app, Context& context) {
  auto booking = std::make_shared<std::string>();
  auto* explain = app.get_subcommand("bookings")->add_subcommand("explain", "Why a booking was decided as it was");
  explain->add_option("booking", *booking, "organisations/{id}/bookings/{uuid}")->required();
  context.On(explain, [&context, booking] { return Explain(context, *booking); });

  auto person = std::make_shared<std::string>();
  auto* erase = app.get_subcommand("participants")
                    ->add_subcommand("erase", "Erase what is known of a person, for good; counts stay");
  erase->add_option("participant", *person, "organisations/{id}/participants/{uuid}")->required();
  context.On(erase, [&context, person] { return Erase(context, *person); });
}

}  // namespace equity::cli
