// equityctl watch: the change feed.
#include <memory>
#include <string>
#include <vector>

#include "clients/cli/commands.h"
#include "clients/cpp/changes.h"

namespace equity::cli {
namespace {

using changes::v1::Change;
using changes::v1::WatchChangesRequest;
using changes::v1::WatchChangesResponse;

struct Event {
  std::string name;      // such as BOOKING
  std::string resource;  // what it is about
  std::string detail;    // what happened to it
};

Event Describe(const Change& change) {
  switch (change.event_case()) {
    case Change::kOrganisationEvent:
      return {"ORGANISATION", change.organisation_event().organisation(), change.organisation_event().sector()};
    case Change::kParticipantEvent:
      return {"PARTICIPANT", change.participant_event().participant(), EnumName(change.participant_event().kind())};
    case Change::kWorkshopEvent:
      return {"WORKSHOP", change.workshop_event().workshop(), change.workshop_event().challenge()};
    case Change::kSessionEvent:
      return {"SESSION", change.session_event().session(), change.session_event().cancelled() ? "CANCELLED" : ""};
    case Change::kBookingEvent:
      return {"BOOKING", change.booking_event().booking(), EnumName(change.booking_event().state())};
    case Change::kAttendanceEvent:
      return {"ATTENDANCE", change.attendance_event().booking(),
              change.attendance_event().attended() ? "ATTENDED" : "ABSENT"};
    case Change::kPlanEvent:
      return {"PLAN", change.plan_event().plan(),
              change.plan_event().owner_left() ? "OWNER_LEFT" : EnumName(change.plan_event().state())};
    case Change::kBenefitEvent:
      return {"BENEFIT", change.benefit_event().benefit(), EnumName(change.benefit_event().state())};
    case Change::kPlanMemberEvent:
      return {"PLAN_MEMBER", change.plan_member_event().plan(), change.plan_member_event().role()};
    case Change::kAdviceEvent:
      return {"ADVICE", change.advice_event().request(), EnumName(change.advice_event().state())};
    case Change::kKnowledgeEvent:
      return {"KNOWLEDGE", change.knowledge_event().item(), EnumName(change.knowledge_event().state())};
    case Change::kAdoptionEvent:
      return {"ADOPTION", change.adoption_event().item(), change.adoption_event().plan()};
    case Change::kFlagEvent:
      return {"FLAG", change.flag_event().flag(), EnumName(change.flag_event().state())};
    case Change::kFacilitatorEvent:
      return {"FACILITATOR", change.facilitator_event().facilitator(), EnumName(change.facilitator_event().kind())};
    case Change::kFeedbackEvent:
      return {"FEEDBACK", change.feedback_event().session(), change.feedback_event().hidden() ? "HIDDEN" : "SHOWN"};
    case Change::kExerciseEvent:
      return {"EXERCISE", change.exercise_event().quiz(),
              EnumName(change.exercise_event().state()) + " " + std::to_string(change.exercise_event().question())};
    case Change::EVENT_NOT_SET:
      break;
  }
  return {};  // of a newer server
}

struct WatchArguments {
  std::string from;
  bool only_new = false;
  std::vector<std::string> services;
  std::vector<std::string> events;
  bool until_caught_up = false;
};

// The token stands with the last change of a message, as it resumes after that one.
absl::StatusOr<ExitCode> Watch(Context& context, const WatchArguments& arguments) {
  WatchChangesRequest request;
  request.set_resume_token(arguments.from);
  request.set_only_new(arguments.only_new);
  for (const std::string& service : arguments.services) request.add_services(service);
  for (const std::string& event : arguments.events) request.add_events(event);
  RETURN_IF_ERROR(context.EnsureConnected());
  client::ChangesClient client(context.channel(), context.call_options());
  const bool is_json = context.format() == Format::kJson;
  const auto report = context.NewReport(
      Shape::kStream, {"service", "sequence", "time", "organisation", "event", "resource", "detail", "resume_token"});
  const absl::Status status = client.WatchChanges(request, [&](const WatchChangesResponse& response) {
    if (response.changes().empty()) return !arguments.until_caught_up;
    if (is_json) report->Add(response, {});
    for (int i = 0; !is_json && i < response.changes_size(); ++i) {
      const Change& change = response.changes(i);
      const Event event = Describe(change);
      report->Add(change, {change.service(), change.sequence(), TimeCell(change.time(), change.has_time()),
                           FirstId(change.organisation()), event.name, event.resource, event.detail,
                           i + 1 == response.changes_size() ? response.resume_token() : ""});
    }
    return true;
  });
  RETURN_IF_ERROR(status);
  report->Finish();
  return kDone;
}

}  // namespace

void AddWatch(CLI::App& app, Context& context) {
  Group<WatchArguments> group(app, context);
  WatchArguments& arguments = group.arguments();
  auto* command = group.New("watch", "Changes as they happen, until you end it", Watch);
  command->add_option("--from", arguments.from, "Go on after the change with this resume token");
  command->add_flag("--new", arguments.only_new, "Only changes from now on");
  command->add_option("--service", arguments.services,
                      "Only those of this service, such as workshops; may be repeated");
  command->add_option("--event", arguments.events,
                      "Only changes with this event, such as booking_event; may be repeated");
  command->add_flag("--until-caught-up", arguments.until_caught_up, "End when everything there is has been shown");
}

}  // namespace equity::cli
