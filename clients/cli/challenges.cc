// equityctl challenge, equityctl workshops
#include <memory>
#include <string>

#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cpp/workshops.h"

namespace equity::cli {
namespace {

using workshops::v1::Challenge;
using workshops::v1::Theme;
using workshops::v1::Workshop;

const std::vector<std::string> kChallengeColumns = {"challenge",       "name",          "launch_date", "length_days",
                                                    "enquiry_contact", "cost_statement"};
const std::vector<std::string> kWorkshopColumns = {"workshop", "challenge",        "name",           "summary",
                                                   "themes",   "duration_minutes", "enquiry_contact"};

std::vector<Cell> Cells(const Challenge& challenge) {
  return {challenge.name(),
          challenge.display_name(),
          challenge.launch_date(),
          int64_t{challenge.length_days()},
          challenge.enquiry_contact(),
          challenge.cost_statement()};
}

std::vector<Cell> Cells(const Workshop& workshop) {
  const std::string themes = absl::StrJoin(
      workshop.themes(), ";", [](std::string* out, int theme) { out->append(EnumName(static_cast<Theme>(theme))); });
  return {workshop.name(),
          workshop.challenge(),
          workshop.display_name(),
          workshop.summary(),
          themes,
          int64_t{workshop.duration_minutes()},
          workshop.enquiry_contact()};
}

template <class Message>
ExitCode Show(Context& context, const std::vector<std::string>& columns, const Message& message) {
  const auto report = context.NewReport(Shape::kOne, columns);
  report->Add(message, Cells(message));
  report->Finish();
  return kDone;
}

absl::StatusOr<ExitCode> CreateChallenge(Context& context, workshops::v1::CreateChallengeRequest request) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::WorkshopsClient>());
  ASSIGN_OR_RETURN(const auto response, client.CreateChallenge(std::move(request)));
  return Show(context, kChallengeColumns, response.challenge());
}

// One challenge, or all of them.
absl::StatusOr<ExitCode> ShowChallenge(Context& context, const std::string& challenge) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::WorkshopsClient>());
  if (!challenge.empty()) {
    workshops::v1::GetChallengeRequest request;
    request.set_name(ChallengeName(challenge));
    ASSIGN_OR_RETURN(const auto response, client.GetChallenge(std::move(request)));
    return Show(context, kChallengeColumns, response.challenge());
  }
  const auto report = context.NewReport(Shape::kList, kChallengeColumns);
  RETURN_IF_ERROR(client.ForEachChallenge({}, [&](const Challenge& each) {
    report->Add(each, Cells(each));
    return absl::OkStatus();
  }));
  report->Finish();
  return kDone;
}

absl::StatusOr<ExitCode> CreateWorkshop(Context& context, workshops::v1::CreateWorkshopRequest request) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::WorkshopsClient>());
  request.mutable_workshop()->set_challenge(ChallengeName(request.workshop().challenge()));
  ASSIGN_OR_RETURN(const auto response, client.CreateWorkshop(std::move(request)));
  return Show(context, kWorkshopColumns, response.workshop());
}

absl::StatusOr<ExitCode> ListWorkshops(Context& context) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::WorkshopsClient>());
  const auto report = context.NewReport(Shape::kList, kWorkshopColumns);
  RETURN_IF_ERROR(client.ForEachWorkshop({}, [&](const Workshop& workshop) {
    report->Add(workshop, Cells(workshop));
    return absl::OkStatus();
  }));
  report->Finish();
  return kDone;
}

absl::StatusOr<ExitCode> ShowWorkshop(Context& context, const std::string& workshop) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::WorkshopsClient>());
  workshops::v1::GetWorkshopRequest request;
  request.set_name(WorkshopName(workshop));
  ASSIGN_OR_RETURN(const auto response, client.GetWorkshop(std::move(request)));
  return Show(context, kWorkshopColumns, response.workshop());
}

}  // namespace

void AddChallenges(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("challenge", "The challenge itself")->require_subcommand(1);

  auto* create = group->add_subcommand("create", "Open a challenge");
  auto request = std::make_shared<workshops::v1::CreateChallengeRequest>();
  auto length = std::make_shared<int>(0);
  Challenge* challenge = request->mutable_challenge();
  create->add_option("id", *request->mutable_challenge_id(), "The id to give it")->required();
  create->add_option("--name", *challenge->mutable_display_name(), "What it is called")->required();
  create->add_option("--launch-date", *challenge->mutable_launch_date(), "YYYY-MM-DD");
  create->add_option("--length-days", *length, "100 unless given");
  create->add_option("--enquiry-contact", *challenge->mutable_enquiry_contact(), "A mailbox of the team");
  create->add_option("--cost-statement", *challenge->mutable_cost_statement(), "What is said about cost");
  context.On(create, [&context, request, length] {
    request->mutable_challenge()->set_length_days(*length);
    return CreateChallenge(context, *request);
  });

  auto* show = group->add_subcommand("show", "One challenge, or all of them");
  auto id = std::make_shared<std::string>();
  show->add_option("challenge", *id, "Its id");
  context.On(show, [&context, id] { return ShowChallenge(context, *id); });
}

void AddWorkshops(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("workshops", "Workshops of a challenge")->require_subcommand(1);

  auto* create = group->add_subcommand("create", "Add a workshop to a challenge");
  auto request = std::make_shared<workshops::v1::CreateWorkshopRequest>();
  auto minutes = std::make_shared<int>(0);
  Workshop* workshop = request->mutable_workshop();
  create->add_option("id", *request->mutable_workshop_id(), "The id to give it")->required();
  create->add_option("--challenge", *workshop->mutable_challenge(), "Its challenge")->required();
  create->add_option("--name", *workshop->mutable_display_name(), "What it is called")->required();
  create->add_option("--summary", *workshop->mutable_summary(), "What it is about");
  create->add_option("--duration-minutes", *minutes, "150 unless given");
  create->add_option("--enquiry-contact", *workshop->mutable_enquiry_contact(), "A mailbox of the team");
  context.On(create, [&context, request, minutes] {
    request->mutable_workshop()->set_duration_minutes(*minutes);
    return CreateWorkshop(context, *request);
  });

  context.On(group->add_subcommand("list", "All workshops"), [&context] { return ListWorkshops(context); });

  auto* show = group->add_subcommand("show", "One workshop");
  auto id = std::make_shared<std::string>();
  show->add_option("workshop", *id, "Its id")->required();
  context.On(show, [&context, id] { return ShowWorkshop(context, *id); });
}

}  // namespace equity::cli
