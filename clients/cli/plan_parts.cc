// equityctl plans: partners, benefits, measures, reviews and check-ins of a plan.
#include "clients/cli/plan_parts.h"

#include <memory>
#include <string>
#include <vector>

#include "clients/cpp/benefit_plans.h"

namespace equity::cli {
namespace {

const std::vector<std::string> kBenefitColumns = {"benefit", "title", "state", "emergent", "agreed_by"};

std::vector<Cell> Cells(const benefitplans::v1::Benefit& benefit) {
  return {benefit.name(), benefit.title(), EnumName(benefit.state()), benefit.emergent() ? "true" : "false",
          benefit.agreed_by()};
}

template <class Message>
ExitCode ShowOne(Context& context, const std::vector<std::string>& columns, const Message& message,
                 const std::vector<Cell>& cells) {
  const auto report = context.NewReport(Shape::kOne, columns);
  report->Add(message, cells);
  report->Finish();
  return kDone;
}

absl::StatusOr<ExitCode> ListBenefits(Context& context, const std::string& plan) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::BenefitsClient>());
  benefitplans::v1::ListBenefitsRequest request;
  request.set_parent(plan);
  const auto report = context.NewReport(Shape::kList, kBenefitColumns);
  RETURN_IF_ERROR(client.ForEachBenefit(request, [&](const benefitplans::v1::Benefit& benefit) {
    report->Add(benefit, Cells(benefit));
    return absl::OkStatus();
  }));
  report->Finish();
  return kDone;
}

absl::StatusOr<ExitCode> AddBenefit(Context& context, const benefitplans::v1::CreateBenefitRequest& request) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::BenefitsClient>());
  ASSIGN_OR_RETURN(const auto response, client.CreateBenefit(request));
  return ShowOne(context, kBenefitColumns, response.benefit(), Cells(response.benefit()));
}

absl::StatusOr<ExitCode> Agree(Context& context, const benefitplans::v1::AgreeBenefitRequest& request) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::BenefitsClient>());
  ASSIGN_OR_RETURN(const auto response, client.AgreeBenefit(request));
  return ShowOne(context, kBenefitColumns, response.benefit(), Cells(response.benefit()));
}

absl::StatusOr<ExitCode> Drop(Context& context, const benefitplans::v1::DropBenefitRequest& request) {
  ASSIGN_OR_RETURN(auto client, context.Connect<client::BenefitsClient>());
  ASSIGN_OR_RETURN(const auto response, client.DropBenefit(request));
  return ShowOne(context, kBenefitColumns, response.benefit(), Cells(response.benefit()));
}

absl::StatusOr<ExitCode> AddPartner(Context& context, benefitplans::v1::AddPartnerRequest request,
                                    const std::string& kind) {
  ASSIGN_OR_RETURN(const auto value, ParseEnum<benefitplans::v1::Partner::Kind>("--kind", kind));
  request.mutable_partner()->set_kind(value);
  ASSIGN_OR_RETURN(auto client, context.Connect<client::CommunityClient>());
  ASSIGN_OR_RETURN(const auto response, client.AddPartner(request));
  const benefitplans::v1::Partner& partner = response.partner();
  return ShowOne(context, {"partner", "display_name", "kind"}, partner,
                 {partner.name(), partner.display_name(), EnumName(partner.kind())});
}

absl::StatusOr<ExitCode> AddMeasure(Context& context, benefitplans::v1::CreateMeasureRequest request,
                                    const std::string& quadrant, bool lower_is_better,
                                    const std::vector<std::string>& benefits) {
  benefitplans::v1::Measure& measure = *request.mutable_measure();
  ASSIGN_OR_RETURN(const auto value, ParseEnum<benefitplans::v1::Measure::Quadrant>("--quadrant", quadrant));
  measure.set_quadrant(value);
  measure.set_polarity(lower_is_better ? benefitplans::v1::Measure::POLARITY_LOWER_BETTER
                                       : benefitplans::v1::Measure::POLARITY_HIGHER_BETTER);
  for (const std::string& benefit : benefits) measure.add_benefits(benefit);
  ASSIGN_OR_RETURN(auto client, context.Connect<client::MeasuresClient>());
  ASSIGN_OR_RETURN(const auto response, client.CreateMeasure(request));
  return ShowOne(context, {"measure", "title", "quadrant"}, response.measure(),
                 {response.measure().name(), response.measure().title(), EnumName(response.measure().quadrant())});
}

absl::StatusOr<ExitCode> HoldReview(Context& context, benefitplans::v1::HoldReviewRequest request,
                                    const std::string& kind, const std::vector<std::string>& learning) {
  ASSIGN_OR_RETURN(const auto value, ParseEnum<benefitplans::v1::ReviewKind>("--kind", kind));
  request.mutable_review()->set_kind(value);
  for (const std::string& each : learning) request.mutable_review()->add_learning(each);
  ASSIGN_OR_RETURN(auto client, context.Connect<client::ReviewsClient>());
  ASSIGN_OR_RETURN(const auto response, client.HoldReview(request));
  const benefitplans::v1::Review& review = response.review();
  return ShowOne(context, {"review", "kind", "state", "held_on"}, review,
                 {review.name(), EnumName(review.kind()), EnumName(review.state()), review.held_on()});
}

absl::StatusOr<ExitCode> CheckIn(Context& context, benefitplans::v1::CheckInRequest request, const std::string& health,
                                 int confidence) {
  ASSIGN_OR_RETURN(const auto value, ParseEnum<benefitplans::v1::Health>("--health", health));
  request.mutable_check_in()->set_health(value);
  request.mutable_check_in()->set_confidence(confidence);
  ASSIGN_OR_RETURN(auto client, context.Connect<client::ReviewsClient>());
  ASSIGN_OR_RETURN(const auto response, client.CheckIn(request));
  const benefitplans::v1::CheckInNote& note = response.check_in();
  return ShowOne(context, {"check_in", "date", "health", "confidence"}, note,
                 {note.name(), note.date(), EnumName(note.health()), PositiveCell(note.confidence())});
}

void AddBenefitCommands(CLI::App& group, Context& context) {
  auto plan = std::make_shared<std::string>();
  context.On(AddPlanCommand(group, "benefits", "The benefits of a plan", *plan),
             [&context, plan] { return ListBenefits(context, *plan); });

  auto create = std::make_shared<benefitplans::v1::CreateBenefitRequest>();
  auto* add = AddPlanCommand(group, "add-benefit", "Add a benefit", *create->mutable_parent());
  add->add_option("title", *create->mutable_benefit()->mutable_title(), "What it is called")->required();
  add->add_option("--who-gains", *create->mutable_benefit()->mutable_who_gains(), "Who will be better off");
  context.On(add, [&context, create] { return AddBenefit(context, *create); });

  auto agree = std::make_shared<benefitplans::v1::AgreeBenefitRequest>();
  auto* agree_command = group.add_subcommand("agree-benefit", "Record that the community agrees to a benefit");
  agree_command->add_option("benefit", *agree->mutable_name(), ".../benefits/{number}")->required();
  agree_command->add_option("--by", *agree->mutable_agreed_by(), "A partner or an engagement of the plan")->required();
  context.On(agree_command, [&context, agree] { return Agree(context, *agree); });

  auto drop = std::make_shared<benefitplans::v1::DropBenefitRequest>();
  auto* drop_command = group.add_subcommand("drop-benefit", "Give a benefit up");
  drop_command->add_option("benefit", *drop->mutable_name(), ".../benefits/{number}")->required();
  drop_command->add_option("--reason", *drop->mutable_reason(), "Why")->required();
  context.On(drop_command, [&context, drop] { return Drop(context, *drop); });
}

void AddCommunityAndMeasures(CLI::App& group, Context& context) {
  auto partner = std::make_shared<benefitplans::v1::AddPartnerRequest>();
  auto kind = std::make_shared<std::string>();
  auto* add = AddPlanCommand(group, "add-partner", "Add a community partner", *partner->mutable_parent());
  add->add_option("name", *partner->mutable_partner()->mutable_display_name(), "What the group is called")->required();
  add->add_option("--kind", *kind, "RESIDENT_GROUP, VCFSE, FAITH, EXPERTS_BY_EXPERIENCE, SCHOOL, EMPLOYER, ...")
      ->required();
  context.On(add, [&context, partner, kind] { return AddPartner(context, *partner, *kind); });

  auto measure = std::make_shared<benefitplans::v1::CreateMeasureRequest>();
  auto quadrant = std::make_shared<std::string>();
  auto lower = std::make_shared<bool>(false);
  auto benefits = std::make_shared<std::vector<std::string>>();
  auto* create = AddPlanCommand(group, "add-measure", "Add a measure", *measure->mutable_parent());
  create->add_option("title", *measure->mutable_measure()->mutable_title(), "What it is called")->required();
  create->add_option("--quadrant", *quadrant, "HOW_MUCH, HOW_WELL, BETTER_OFF_NUMBER or BETTER_OFF_PERCENT")
      ->required();
  create->add_option("--benefit", *benefits, "A benefit that it shows; may be repeated");
  create->add_flag("--lower-is-better", *lower, "Otherwise higher is");
  context.On(create, [&context, measure, quadrant, lower, benefits] {
    return AddMeasure(context, *measure, *quadrant, *lower, *benefits);
  });
}

void AddReviews(CLI::App& group, Context& context) {
  auto hold = std::make_shared<benefitplans::v1::HoldReviewRequest>();
  auto kind = std::make_shared<std::string>();
  auto learning = std::make_shared<std::vector<std::string>>();
  auto* review = AddPlanCommand(group, "review", "Record a review", *hold->mutable_parent());
  review->add_option("--kind", *kind, "START_UP, REFRESH, CLOSE or SUSTAINABILITY")->required();
  review->add_option("--held-on", *hold->mutable_review()->mutable_held_on(), "YYYY-MM-DD; today unless given");
  review->add_option("--learning", *learning, "What was learnt; may be repeated");
  context.On(review, [&context, hold, kind, learning] { return HoldReview(context, *hold, *kind, *learning); });

  auto request = std::make_shared<benefitplans::v1::CheckInRequest>();
  auto health = std::make_shared<std::string>();
  auto confidence = std::make_shared<int>(0);
  auto* check_in = AddPlanCommand(group, "check-in", "Record how the team sees its plan", *request->mutable_parent());
  check_in->add_option("--health", *health, "ON_TRACK, AT_RISK or OFF_TRACK")->required();
  check_in->add_option("--confidence", *confidence, "1 to 5")->check(CLI::Range(1, 5));
  check_in->add_option("--note", *request->mutable_check_in()->mutable_note(), "More about it");
  context.On(check_in,
             [&context, request, health, confidence] { return CheckIn(context, *request, *health, *confidence); });
}

}  // namespace

CLI::App* AddPlanCommand(CLI::App& group, const char* name, const char* help, std::string& plan) {
  auto* command = group.add_subcommand(name, help);
  command->add_option("plan", plan, "organisations/{id}/plans/{uuid}")->required();
  return command;
}

void AddPlanParts(CLI::App& group, Context& context) {
  AddBenefitCommands(group, context);
  AddCommunityAndMeasures(group, context);
  AddReviews(group, context);
}

}  // namespace equity::cli
