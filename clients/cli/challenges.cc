// equityctl challenge, equityctl workshops
#include <memory>
#include <string>

#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "equity/workshops/v1/workshops.pb.h"

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
  return context.Show(message, columns, Cells(message));
}

struct ChallengeArguments {
  workshops::v1::CreateChallengeRequest create;
  int length_days = 0;
  std::string challenge;
};

absl::StatusOr<ExitCode> CreateChallenge(Context& context, const ChallengeArguments& arguments) {
  workshops::v1::CreateChallengeRequest request = arguments.create;
  request.mutable_challenge()->set_length_days(arguments.length_days);
  workshops::v1::CreateChallengeResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return Show(context, kChallengeColumns, response.challenge());
}

// One challenge, or all of them.
absl::StatusOr<ExitCode> ShowChallenge(Context& context, const ChallengeArguments& arguments) {
  if (!arguments.challenge.empty()) {
    workshops::v1::GetChallengeRequest request;
    request.set_name(ChallengeName(arguments.challenge));
    workshops::v1::GetChallengeResponse response;
    RETURN_IF_ERROR(context.Call(request, &response));
    return Show(context, kChallengeColumns, response.challenge());
  }
  workshops::v1::ListChallengesRequest request;
  workshops::v1::ListChallengesResponse page;
  return context.ShowPages(request, &page, kChallengeColumns, [&](Report& report) {
    for (const Challenge& each : page.challenges()) report.Add(each, Cells(each));
  });
}

struct WorkshopArguments {
  workshops::v1::CreateWorkshopRequest create;
  int duration_minutes = 0;
  std::string workshop;
};

absl::StatusOr<ExitCode> CreateWorkshop(Context& context, const WorkshopArguments& arguments) {
  workshops::v1::CreateWorkshopRequest request = arguments.create;
  request.mutable_workshop()->set_duration_minutes(arguments.duration_minutes);
  request.mutable_workshop()->set_challenge(ChallengeName(request.workshop().challenge()));
  workshops::v1::CreateWorkshopResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return Show(context, kWorkshopColumns, response.workshop());
}

absl::StatusOr<ExitCode> ListWorkshops(Context& context, const WorkshopArguments&) {
  workshops::v1::ListWorkshopsRequest request;
  workshops::v1::ListWorkshopsResponse page;
  return context.ShowPages(request, &page, kWorkshopColumns, [&](Report& report) {
    for (const Workshop& workshop : page.workshops()) report.Add(workshop, Cells(workshop));
  });
}

absl::StatusOr<ExitCode> ShowWorkshop(Context& context, const WorkshopArguments& arguments) {
  workshops::v1::GetWorkshopRequest request;
  request.set_name(WorkshopName(arguments.workshop));
  workshops::v1::GetWorkshopResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return Show(context, kWorkshopColumns, response.workshop());
}

}  // namespace

void AddChallenges(CLI::App& app, Context& context) {
  Group<ChallengeArguments> group(app, context, "challenge", "The challenge itself");
  ChallengeArguments& arguments = group.arguments();

  auto* create = group.New("create", "Open a challenge", CreateChallenge);
  Challenge* challenge = arguments.create.mutable_challenge();
  create->add_option("id", *arguments.create.mutable_challenge_id(), "The id to give it")->required();
  create->add_option("--name", *challenge->mutable_display_name(), "What it is called")->required();
  create->add_option("--launch-date", *challenge->mutable_launch_date(), "YYYY-MM-DD");
  create->add_option("--length-days", arguments.length_days, "100 unless given");
  create->add_option("--enquiry-contact", *challenge->mutable_enquiry_contact(), "A mailbox of the team");
  create->add_option("--cost-statement", *challenge->mutable_cost_statement(), "What is said about cost");

  group.New("show", "One challenge, or all of them", ShowChallenge)
      ->add_option("challenge", arguments.challenge, "Its id");
}

void AddWorkshops(CLI::App& app, Context& context) {
  Group<WorkshopArguments> group(app, context, "workshops", "Workshops of a challenge");
  WorkshopArguments& arguments = group.arguments();

  auto* create = group.New("create", "Add a workshop to a challenge", CreateWorkshop);
  Workshop* workshop = arguments.create.mutable_workshop();
  create->add_option("id", *arguments.create.mutable_workshop_id(), "The id to give it")->required();
  create->add_option("--challenge", *workshop->mutable_challenge(), "Its challenge")->required();
  create->add_option("--name", *workshop->mutable_display_name(), "What it is called")->required();
  create->add_option("--summary", *workshop->mutable_summary(), "What it is about");
  create->add_option("--duration-minutes", arguments.duration_minutes, "150 unless given");
  create->add_option("--enquiry-contact", *workshop->mutable_enquiry_contact(), "A mailbox of the team");

  group.New("list", "All workshops", ListWorkshops);
  group.New("show", "One workshop", ShowWorkshop)->add_option("workshop", arguments.workshop, "Its id")->required();
}

}  // namespace equity::cli
