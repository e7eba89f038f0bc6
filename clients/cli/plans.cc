// equityctl plans: plans themselves. What belongs to them is in plan_parts.cc.
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/plan_parts.h"
#include "clients/cpp/benefit_plans.h"
#include "clients/cpp/workshops.h"

namespace equity::cli {
namespace {

using benefitplans::v1::Plan;

const std::vector<std::string> kPlanColumns = {"plan",
                                               "title",
                                               "state",
                                               "start_date",
                                               "day",
                                               "length_days",
                                               "health",
                                               "owner_left",
                                               "activities_delivered",
                                               "activities",
                                               "benefits_ended",
                                               "benefits",
                                               "measures_with_data",
                                               "measures"};

Cell DayCell(const Plan& plan) {
  return plan.progress().has_day() ? Cell(int64_t{plan.progress().day()}) : Cell(std::monostate());
}

std::vector<Cell> Cells(const Plan& plan) {
  const auto& progress = plan.progress();
  return {plan.name(),
          plan.title(),
          EnumName(plan.state()),
          plan.start_date(),
          DayCell(plan),
          int64_t{progress.length_days()},
          EnumName(plan.health()),
          plan.owner_left() ? "true" : "false",
          int64_t{progress.activities_delivered()},
          int64_t{progress.activities_total()},
          int64_t{progress.benefits_ended()},
          int64_t{progress.benefits_total()},
          int64_t{progress.measures_with_data()},
          int64_t{progress.measures_total()}};
}

ExitCode Show(Context& context, const Plan& plan) {
  const auto report = context.NewReport(Shape::kOne, kPlanColumns);
  report->Add(plan, Cells(plan));
  report->Finish();
  return kDone;
}

std::string ParentOf(Context& context, const std::string& organisation) {
  const std::string given = organisation.empty() ? context.options().as : organisation;
  return OrganisationName(given.empty() ? "-" : given);  // all, for those who may
}

struct PlanListArguments {
  std::string organisation;
  std::vector<std::string> states;
  bool owner_left = false;
};

absl::StatusOr<ExitCode> List(Context& context, const PlanListArguments& arguments) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::PlansClient>());
  benefitplans::v1::ListPlansRequest request;
  request.set_parent(ParentOf(context, arguments.organisation));
  request.set_owner_left(arguments.owner_left);
  for (const std::string& state : arguments.states) {
    ASSIGN_OR_RETURN(const auto value, ParseEnum<Plan::State>("--state", state));
    request.add_states(value);
  }
  const auto report = context.NewReport(Shape::kList, kPlanColumns);
  RETURN_IF_ERROR(client.ForEachPlan(request, [&](const Plan& plan) {
    report->Add(plan, Cells(plan));
    return absl::OkStatus();
  }));
  report->Finish();
  return kDone;
}

// A challenge that was not named is the only one there is.
absl::StatusOr<std::string> FindChallenge(Context& context, const std::string& challenge) {
  if (!challenge.empty()) return ChallengeName(challenge);
  ASSIGN_OR_RETURN(auto client, context.Connect<client::WorkshopsClient>());
  std::vector<std::string> names;
  RETURN_IF_ERROR(client.ForEachChallenge({}, [&](const workshops::v1::Challenge& each) {
    names.push_back(each.name());
    return absl::OkStatus();
  }));
  if (names.size() == 1) return names[0];
  return absl::InvalidArgumentError("There is not just one challenge: name it with --challenge.");
}

struct CreateArguments {
  std::string challenge;
  std::string scope;
  std::string goal;
  benefitplans::v1::CreatePlanRequest request;
};

absl::StatusOr<ExitCode> Create(Context& context, CreateArguments arguments) {
  auto& request = arguments.request;
  const std::string organisation = request.parent().empty() ? context.options().as : request.parent();
  if (organisation.empty()) return absl::InvalidArgumentError("Name the organisation with --organisation or --as.");
  request.set_parent(OrganisationName(organisation));
  Plan& plan = *request.mutable_plan();
  ASSIGN_OR_RETURN(*plan.mutable_challenge(), FindChallenge(context, arguments.challenge));
  if (!arguments.scope.empty()) {
    ASSIGN_OR_RETURN(const auto scope, ParseEnum<Plan::Scope>("--scope", arguments.scope));
    plan.set_scope(scope);
  }
  if (!arguments.goal.empty()) plan.mutable_goal()->set_statement(arguments.goal);
  ASSIGN_OR_RETURN(auto client, context.Connect<client::PlansClient>());
  ASSIGN_OR_RETURN(const auto response, client.CreatePlan(request));
  return Show(context, response.plan());
}

// A verb that takes a request and answers with the plan.
template <auto Method, class Request>
absl::StatusOr<ExitCode> Do(Context& context, const Request& request) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::PlansClient>());
  ASSIGN_OR_RETURN(const auto response, (client.*Method)(request, std::nullopt));
  return Show(context, response.plan());
}

absl::StatusOr<ExitCode> Close(Context& context, benefitplans::v1::ClosePlanRequest request,
                               const std::string& next_path, const std::vector<std::string>& learning) {
  if (!next_path.empty()) {
    ASSIGN_OR_RETURN(const auto value, ParseEnum<benefitplans::v1::NextPath>("--next-path", next_path));
    request.set_next_path(value);
  }
  for (const std::string& each : learning) request.add_learning(each);
  return Do<&client::PlansClient::ClosePlan>(context, request);
}

absl::StatusOr<ExitCode> Withdraw(Context& context, benefitplans::v1::WithdrawPlanRequest request,
                                  const std::string& reason) {
  ASSIGN_OR_RETURN(const auto value, ParseEnum<Plan::WithdrawalReason>("--reason", reason));
  request.set_reason(value);
  return Do<&client::PlansClient::WithdrawPlan>(context, request);
}

absl::StatusOr<ExitCode> Due(Context& context, const std::string& organisation, int within_days) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::PlansClient>());
  benefitplans::v1::ListDueRequest request;
  request.set_parent(ParentOf(context, organisation));
  request.set_within_days(within_days);
  const auto report = context.NewReport(Shape::kList, {"plan", "title", "kind", "due_date", "days_left", "subject"});
  RETURN_IF_ERROR(client.ForEachDueItem(request, [&](const benefitplans::v1::DueItem& item) {
    report->Add(item, {item.plan(), item.title(), EnumName(item.kind()), item.due_date(), int64_t{item.days_left()},
                       item.subject()});
    return absl::OkStatus();
  }));
  report->Finish();
  return kDone;
}

absl::StatusOr<ExitCode> Codes(Context& context) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::PlansClient>());
  ASSIGN_OR_RETURN(const auto response, client.ListCodes({}));
  const auto report = context.NewReport(Shape::kList, {"list", "version", "code", "parent", "label"});
  for (const auto& list : response.lists()) {
    for (const auto& code : list.codes()) {
      report->Add(code, {list.list(), int64_t{list.version()}, code.code(), code.parent(), code.label()});
    }
  }
  report->Finish();
  return kDone;
}

// What anyone may see; needs no credential.
absl::StatusOr<ExitCode> Cards(Context& context) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::CardsClient>());
  const auto report = context.NewReport(Shape::kList, {"card", "organisation", "title", "text", "partners", "day"});
  RETURN_IF_ERROR(client.ForEachCard({}, [&](const benefitplans::v1::Card& card) {
    report->Add(card, {card.name(), card.organisation(), card.title(), card.text(), absl::StrJoin(card.partners(), ";"),
                       card.has_day() ? Cell(int64_t{card.day()}) : Cell()});
    return absl::OkStatus();
  }));
  report->Finish();
  return kDone;
}

void AddLists(CLI::App& group, Context& context) {
  auto* list = group.add_subcommand("list", "Plans, oldest first");
  auto arguments = std::make_shared<PlanListArguments>();
  list->add_option("--organisation", arguments->organisation, "Only its; that of --as, or all, unless given");
  list->add_option("--state", arguments->states, "Only those in this state; may be repeated");
  list->add_flag("--owner-left", arguments->owner_left, "Only those whose owner left");
  context.On(list, [&context, arguments] { return List(context, *arguments); });

  auto organisation = std::make_shared<std::string>();
  auto within = std::make_shared<int>(14);
  auto* due = group.add_subcommand("due", "What needs somebody: reviews, closings, promises, silence, owners who left");
  due->add_option("--organisation", *organisation, "Only its; that of --as, or all, unless given");
  due->add_option("--within", *within, "Within so many days (14)")->check(CLI::Range(0, 400));
  context.On(due, [&context, organisation, within] { return Due(context, *organisation, *within); });

  context.On(group.add_subcommand("codes", "The code lists by which plans are classified"),
             [&context] { return Codes(context); });
  context.On(group.add_subcommand("cards", "The public challenge cards"), [&context] { return Cards(context); });
}

void AddPlanCreate(CLI::App& group, Context& context) {
  auto* create = group.add_subcommand("create", "Open a plan as a draft");
  auto arguments = std::make_shared<CreateArguments>();
  Plan* plan = arguments->request.mutable_plan();
  create->add_option("title", *plan->mutable_title(), "What it is called")->required();
  create->add_option("--organisation", *arguments->request.mutable_parent(), "Who leads it; that of --as unless given");
  create->add_option("--owner", *arguments->request.mutable_owner(), "organisations/{id}/participants/{uuid}");
  create->add_option("--challenge", arguments->challenge, "The only one there is, unless given");
  create->add_option("--scope", arguments->scope, "LOCAL_AREA, PROJECT or PROGRAMME");
  create->add_option("--programme", *plan->mutable_programme(), "A code of the list PROGRAMMES");
  create->add_option("--goal", arguments->goal, "What the team wants to reach");
  create->add_option("--start-date", *plan->mutable_start_date(), "YYYY-MM-DD; the day of the workshop unless given");
  context.On(create, [&context, arguments] { return Create(context, *arguments); });
}

void AddVerbs(CLI::App& group, Context& context) {
  using Client = client::PlansClient;
  auto get = std::make_shared<benefitplans::v1::GetPlanRequest>();
  context.On(AddPlanCommand(group, "show", "One plan; all of it with --output json", *get->mutable_name()),
             [&context, get] { return Do<&Client::GetPlan>(context, *get); });

  auto start = std::make_shared<benefitplans::v1::StartPlanRequest>();
  auto* start_command =
      AddPlanCommand(group, "start", "Start the 100 days, or hear what is missing", *start->mutable_name());
  start_command->add_option("--override-reason", *start->mutable_attendance_override_reason(),
                            "Of the central team: why it starts without the owner's workshop");
  context.On(start_command, [&context, start] { return Do<&Client::StartPlan>(context, *start); });

  auto pause = std::make_shared<benefitplans::v1::PausePlanRequest>();
  auto* pause_command = AddPlanCommand(group, "pause", "Pause a plan; the clock keeps running", *pause->mutable_name());
  pause_command->add_option("--reason", *pause->mutable_reason(), "Why")->required();
  context.On(pause_command, [&context, pause] { return Do<&Client::PausePlan>(context, *pause); });

  auto resume = std::make_shared<benefitplans::v1::ResumePlanRequest>();
  context.On(AddPlanCommand(group, "resume", "Go on with a plan", *resume->mutable_name()),
             [&context, resume] { return Do<&Client::ResumePlan>(context, *resume); });

  auto closing = std::make_shared<benefitplans::v1::BeginClosingRequest>();
  context.On(AddPlanCommand(group, "begin-closing", "Begin to close a plan, early or late", *closing->mutable_name()),
             [&context, closing] { return Do<&Client::BeginClosing>(context, *closing); });

  auto close = std::make_shared<benefitplans::v1::ClosePlanRequest>();
  auto next_path = std::make_shared<std::string>();
  auto learning = std::make_shared<std::vector<std::string>>();
  auto* close_command = AddPlanCommand(group, "close", "Close a plan, or hear what is missing", *close->mutable_name());
  close_command->add_option("--next-path", *next_path, "RESET, BUILD, SCALE, HAND_OVER or STOP");
  close_command->add_option("--learning", *learning, "What was learnt; may be repeated");
  context.On(close_command,
             [&context, close, next_path, learning] { return Close(context, *close, *next_path, *learning); });

  auto withdraw = std::make_shared<benefitplans::v1::WithdrawPlanRequest>();
  auto reason = std::make_shared<std::string>();
  auto* withdraw_command = AddPlanCommand(group, "withdraw", "Give a plan up", *withdraw->mutable_name());
  withdraw_command
      ->add_option("--reason", *reason, "CAPACITY, ROLE_CHANGE, COMMUNITY_DECLINED, MERGED, DUPLICATE or OTHER")
      ->required();
  withdraw_command->add_option("--note", *withdraw->mutable_note(), "More about it");
  withdraw_command->add_option("--merged-into", *withdraw->mutable_merged_into(), "For MERGED: the other plan");
  context.On(withdraw_command, [&context, withdraw, reason] { return Withdraw(context, *withdraw, *reason); });
}

}  // namespace

void AddPlans(CLI::App& app, Context& context) {
  auto* group = app.add_subcommand("plans", "Benefit plans")->require_subcommand(1);
  AddLists(*group, context);
  AddPlanCreate(*group, context);
  AddVerbs(*group, context);
  AddPlanParts(*group, context);
}

}  // namespace equity::cli
