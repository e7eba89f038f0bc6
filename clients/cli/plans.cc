// equityctl plans: plans themselves. What belongs to them is in plan_parts.cc.
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/plan_parts.h"
#include "equity/benefitplans/v1/plans.pb.h"
#include "equity/workshops/v1/workshops.pb.h"

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

ExitCode Show(Context& context, const Plan& plan) { return context.Show(plan, kPlanColumns, Cells(plan)); }

std::string ParentOf(Context& context, const std::string& organisation) {
  const std::string given = organisation.empty() ? context.options().as : organisation;
  return OrganisationName(given.empty() ? "-" : given);  // all, for those who may
}

struct PlansArguments {
  std::string plan;
  std::string organisation;
  std::vector<std::string> states;
  bool owner_left = false;
  int within_days = 14;
  std::string challenge;
  std::string scope;
  std::string goal;
  benefitplans::v1::CreatePlanRequest create;
  std::string reason;
  std::string next_path;
  std::vector<std::string> learning;
  std::string note;
  std::string merged_into;
};

absl::StatusOr<ExitCode> List(Context& context, const PlansArguments& arguments) {
  benefitplans::v1::ListPlansRequest request;
  request.set_parent(ParentOf(context, arguments.organisation));
  request.set_owner_left(arguments.owner_left);
  for (const std::string& state : arguments.states) {
    ASSIGN_OR_RETURN(const auto value, ParseEnum<Plan::State>("--state", state));
    request.add_states(value);
  }
  benefitplans::v1::ListPlansResponse page;
  return context.ShowPages(request, &page, kPlanColumns, [&](Report& report) {
    for (const Plan& plan : page.plans()) report.Add(plan, Cells(plan));
  });
}

// A challenge that was not named is the only one there is.
absl::StatusOr<std::string> FindChallenge(Context& context, const std::string& challenge) {
  if (!challenge.empty()) return ChallengeName(challenge);
  std::vector<std::string> names;
  workshops::v1::ListChallengesRequest request;
  workshops::v1::ListChallengesResponse page;
  RETURN_IF_ERROR(context.ForEachPage(request, &page, [&] {
    for (const workshops::v1::Challenge& each : page.challenges()) {
      names.push_back(each.name());
    }
  }));
  if (names.size() == 1) return names[0];
  return absl::InvalidArgumentError("There is not just one challenge: name it with --challenge.");
}

absl::StatusOr<ExitCode> Create(Context& context, const PlansArguments& arguments) {
  benefitplans::v1::CreatePlanRequest request = arguments.create;
  const std::string& organisation = arguments.organisation.empty() ? context.options().as : arguments.organisation;
  if (organisation.empty()) return absl::InvalidArgumentError("Name the organisation with --organisation or --as.");
  request.set_parent(OrganisationName(organisation));
  Plan& plan = *request.mutable_plan();
  ASSIGN_OR_RETURN(*plan.mutable_challenge(), FindChallenge(context, arguments.challenge));
  if (!arguments.scope.empty()) {
    ASSIGN_OR_RETURN(const auto scope, ParseEnum<Plan::Scope>("--scope", arguments.scope));
    plan.set_scope(scope);
  }
  if (!arguments.goal.empty()) plan.mutable_goal()->set_statement(arguments.goal);
  benefitplans::v1::CreatePlanResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return Show(context, response.plan());
}

// Makes a call whose answer is the plan as it is then.
template <class Response>
absl::StatusOr<ExitCode> ShowAnswer(Context& context, google::protobuf::Message& request) {
  Response response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return Show(context, response.plan());
}

// A verb that needs the plan's name alone.
template <class Request, class Response>
absl::StatusOr<ExitCode> Do(Context& context, const PlansArguments& arguments) {
  Request request;
  request.set_name(arguments.plan);
  return ShowAnswer<Response>(context, request);
}

absl::StatusOr<ExitCode> Start(Context& context, const PlansArguments& arguments) {
  benefitplans::v1::StartPlanRequest request;
  request.set_name(arguments.plan);
  request.set_attendance_override_reason(arguments.reason);
  return ShowAnswer<benefitplans::v1::StartPlanResponse>(context, request);
}

absl::StatusOr<ExitCode> Pause(Context& context, const PlansArguments& arguments) {
  benefitplans::v1::PausePlanRequest request;
  request.set_name(arguments.plan);
  request.set_reason(arguments.reason);
  return ShowAnswer<benefitplans::v1::PausePlanResponse>(context, request);
}

absl::StatusOr<ExitCode> Close(Context& context, const PlansArguments& arguments) {
  benefitplans::v1::ClosePlanRequest request;
  request.set_name(arguments.plan);
  if (!arguments.next_path.empty()) {
    ASSIGN_OR_RETURN(const auto value, ParseEnum<benefitplans::v1::NextPath>("--next-path", arguments.next_path));
    request.set_next_path(value);
  }
  for (const std::string& each : arguments.learning) request.add_learning(each);
  return ShowAnswer<benefitplans::v1::ClosePlanResponse>(context, request);
}

absl::StatusOr<ExitCode> Withdraw(Context& context, const PlansArguments& arguments) {
  benefitplans::v1::WithdrawPlanRequest request;
  request.set_name(arguments.plan);
  ASSIGN_OR_RETURN(const auto value, ParseEnum<Plan::WithdrawalReason>("--reason", arguments.reason));
  request.set_reason(value);
  request.set_note(arguments.note);
  request.set_merged_into(arguments.merged_into);
  return ShowAnswer<benefitplans::v1::WithdrawPlanResponse>(context, request);
}

absl::StatusOr<ExitCode> Due(Context& context, const PlansArguments& arguments) {
  benefitplans::v1::ListDueRequest request;
  request.set_parent(ParentOf(context, arguments.organisation));
  request.set_within_days(arguments.within_days);
  benefitplans::v1::ListDueResponse page;
  return context.ShowPages(request, &page, {"plan", "title", "kind", "due_date", "days_left", "subject"},
                           [&](Report& report) {
                             for (const benefitplans::v1::DueItem& item : page.items()) {
                               report.Add(item, {item.plan(), item.title(), EnumName(item.kind()), item.due_date(),
                                                 int64_t{item.days_left()}, item.subject()});
                             }
                           });
}

absl::StatusOr<ExitCode> Codes(Context& context, const PlansArguments&) {
  benefitplans::v1::ListCodesRequest request;
  benefitplans::v1::ListCodesResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
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
absl::StatusOr<ExitCode> Cards(Context& context, const PlansArguments&) {
  benefitplans::v1::ListCardsRequest request;
  benefitplans::v1::ListCardsResponse page;
  return context.ShowPages(
      request, &page, {"card", "organisation", "title", "text", "partners", "day"}, [&](Report& report) {
        for (const benefitplans::v1::Card& card : page.cards()) {
          report.Add(card, {card.name(), card.organisation(), card.title(), card.text(),
                            absl::StrJoin(card.partners(), ";"), card.has_day() ? Cell(int64_t{card.day()}) : Cell()});
        }
      });
}

void AddLists(Group<PlansArguments>& group) {
  PlansArguments& arguments = group.arguments();
  auto* list = group.New("list", "Plans, oldest first", List);
  list->add_option("--organisation", arguments.organisation, "Only its; that of --as, or all, unless given");
  list->add_option("--state", arguments.states, "Only those in this state; may be repeated");
  list->add_flag("--owner-left", arguments.owner_left, "Only those whose owner left");

  auto* due = group.New("due", "What needs somebody: reviews, closings, promises, silence, owners who left", Due);
  due->add_option("--organisation", arguments.organisation, "Only its; that of --as, or all, unless given");
  due->add_option("--within", arguments.within_days, "Within so many days (14)")->check(CLI::Range(0, 400));

  group.New("codes", "The code lists by which plans are classified", Codes);
  group.New("cards", "The public challenge cards", Cards);
}

void AddPlanCreate(Group<PlansArguments>& group) {
  PlansArguments& arguments = group.arguments();
  auto* create = group.New("create", "Open a plan as a draft", Create);
  Plan* plan = arguments.create.mutable_plan();
  create->add_option("title", *plan->mutable_title(), "What it is called")->required();
  create->add_option("--organisation", arguments.organisation, "Who leads it; that of --as unless given");
  create->add_option("--owner", *arguments.create.mutable_owner(), "organisations/{id}/participants/{uuid}");
  create->add_option("--challenge", arguments.challenge, "The only one there is, unless given");
  create->add_option("--scope", arguments.scope, "LOCAL_AREA, PROJECT or PROGRAMME");
  create->add_option("--programme", *plan->mutable_programme(), "A code of the list PROGRAMMES");
  create->add_option("--goal", arguments.goal, "What the team wants to reach");
  create->add_option("--start-date", *plan->mutable_start_date(), "YYYY-MM-DD; the day of the workshop unless given");
}

void AddVerbs(Group<PlansArguments>& group) {
  PlansArguments& arguments = group.arguments();
  const auto verb = [&](const char* name, const char* description, Group<PlansArguments>::Run run) {
    return WithPlan(group.New(name, description, run), arguments.plan);
  };
  verb("show", "One plan; all of it with --output json",
       Do<benefitplans::v1::GetPlanRequest, benefitplans::v1::GetPlanResponse>);
  verb("start", "Start the 100 days, or hear what is missing", Start)
      ->add_option("--override-reason", arguments.reason,
                   "Of the central team: why it starts without the owner's workshop");
  verb("pause", "Pause a plan; the clock keeps running", Pause)
      ->add_option("--reason", arguments.reason, "Why")
      ->required();
  verb("resume", "Go on with a plan", Do<benefitplans::v1::ResumePlanRequest, benefitplans::v1::ResumePlanResponse>);
  verb("begin-closing", "Begin to close a plan, early or late",
       Do<benefitplans::v1::BeginClosingRequest, benefitplans::v1::BeginClosingResponse>);

  auto* close = verb("close", "Close a plan, or hear what is missing", Close);
  close->add_option("--next-path", arguments.next_path, "RESET, BUILD, SCALE, HAND_OVER or STOP");
  close->add_option("--learning", arguments.learning, "What was learnt; may be repeated");

  auto* withdraw = verb("withdraw", "Give a plan up", Withdraw);
  withdraw
      ->add_option("--reason", arguments.reason,
                   "CAPACITY, ROLE_CHANGE, COMMUNITY_DECLINED, MERGED, DUPLICATE or OTHER")
      ->required();
  withdraw->add_option("--note", arguments.note, "More about it");
  withdraw->add_option("--merged-into", arguments.merged_into, "For MERGED: the other plan");
}

}  // namespace

void AddPlans(CLI::App& app, Context& context) {
  Group<PlansArguments> group(app, context, "plans", "Benefit plans");
  AddLists(group);
  AddPlanCreate(group);
  AddVerbs(group);
  AddPlanParts(group.app(), context);
}

}  // namespace equity::cli
