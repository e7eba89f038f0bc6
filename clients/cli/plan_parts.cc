// equityctl plans: partners, benefits, measures, reviews and check-ins of a plan.
#include "clients/cli/plan_parts.h"

#include <memory>
#include <string>
#include <vector>

#include "clients/cli/commands.h"
#include "equity/benefitplans/v1/benefits.pb.h"
#include "equity/benefitplans/v1/community.pb.h"
#include "equity/benefitplans/v1/measures.pb.h"
#include "equity/benefitplans/v1/reviews.pb.h"

namespace equity::cli {
namespace {

const std::vector<std::string> kBenefitColumns = {"benefit", "title", "state", "emergent", "agreed_by"};

std::vector<Cell> Cells(const benefitplans::v1::Benefit& benefit) {
  return {benefit.name(), benefit.title(), EnumName(benefit.state()), benefit.emergent() ? "true" : "false",
          benefit.agreed_by()};
}

// Each command builds its own request; most options write straight into it.
struct PartsArguments {
  std::string plan;
  benefitplans::v1::CreateBenefitRequest benefit;
  benefitplans::v1::AgreeBenefitRequest agree;
  benefitplans::v1::DropBenefitRequest drop;
  benefitplans::v1::AddPartnerRequest partner;
  benefitplans::v1::CreateMeasureRequest measure;
  benefitplans::v1::HoldReviewRequest review;
  benefitplans::v1::CheckInRequest check_in;
  std::string kind;
  std::string quadrant;
  bool lower_is_better = false;
  std::vector<std::string> benefits;
  std::vector<std::string> learning;
  std::string health;
  int confidence = 0;
};

absl::StatusOr<ExitCode> ListBenefits(Context& context, const PartsArguments& arguments) {
  benefitplans::v1::ListBenefitsRequest request;
  request.set_parent(arguments.plan);
  benefitplans::v1::ListBenefitsResponse page;
  return context.ShowPages(request, &page, kBenefitColumns, [&](Report& report) {
    for (const benefitplans::v1::Benefit& benefit : page.benefits()) report.Add(benefit, Cells(benefit));
  });
}

// Makes a call whose answer is the benefit as it is then.
template <class Response>
absl::StatusOr<ExitCode> ShowBenefit(Context& context, google::protobuf::Message& request) {
  Response response;
  RETURN_IF_ERROR(context.Call(request, &response));
  return context.Show(response.benefit(), kBenefitColumns, Cells(response.benefit()));
}

absl::StatusOr<ExitCode> AddBenefit(Context& context, const PartsArguments& arguments) {
  benefitplans::v1::CreateBenefitRequest request = arguments.benefit;
  request.set_parent(arguments.plan);
  return ShowBenefit<benefitplans::v1::CreateBenefitResponse>(context, request);
}

absl::StatusOr<ExitCode> Agree(Context& context, const PartsArguments& arguments) {
  benefitplans::v1::AgreeBenefitRequest request = arguments.agree;
  return ShowBenefit<benefitplans::v1::AgreeBenefitResponse>(context, request);
}

absl::StatusOr<ExitCode> Drop(Context& context, const PartsArguments& arguments) {
  benefitplans::v1::DropBenefitRequest request = arguments.drop;
  return ShowBenefit<benefitplans::v1::DropBenefitResponse>(context, request);
}

absl::StatusOr<ExitCode> AddPartner(Context& context, const PartsArguments& arguments) {
  benefitplans::v1::AddPartnerRequest request = arguments.partner;
  request.set_parent(arguments.plan);
  ASSIGN_OR_RETURN(const auto kind, ParseEnum<benefitplans::v1::Partner::Kind>("--kind", arguments.kind));
  request.mutable_partner()->set_kind(kind);
  benefitplans::v1::AddPartnerResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  const benefitplans::v1::Partner& partner = response.partner();
  return context.Show(partner, {"partner", "display_name", "kind"},
                      {partner.name(), partner.display_name(), EnumName(partner.kind())});
}

absl::StatusOr<ExitCode> AddMeasure(Context& context, const PartsArguments& arguments) {
  benefitplans::v1::CreateMeasureRequest request = arguments.measure;
  request.set_parent(arguments.plan);
  benefitplans::v1::Measure& measure = *request.mutable_measure();
  ASSIGN_OR_RETURN(const auto quadrant,
                   ParseEnum<benefitplans::v1::Measure::Quadrant>("--quadrant", arguments.quadrant));
  measure.set_quadrant(quadrant);
  measure.set_polarity(arguments.lower_is_better ? benefitplans::v1::Measure::POLARITY_LOWER_BETTER
                                                 : benefitplans::v1::Measure::POLARITY_HIGHER_BETTER);
  for (const std::string& benefit : arguments.benefits) measure.add_benefits(benefit);
  benefitplans::v1::CreateMeasureResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  const benefitplans::v1::Measure& created = response.measure();
  return context.Show(created, {"measure", "title", "quadrant"},
                      {created.name(), created.title(), EnumName(created.quadrant())});
}

absl::StatusOr<ExitCode> HoldReview(Context& context, const PartsArguments& arguments) {
  benefitplans::v1::HoldReviewRequest request = arguments.review;
  request.set_parent(arguments.plan);
  ASSIGN_OR_RETURN(const auto kind, ParseEnum<benefitplans::v1::ReviewKind>("--kind", arguments.kind));
  request.mutable_review()->set_kind(kind);
  for (const std::string& each : arguments.learning) request.mutable_review()->add_learning(each);
  benefitplans::v1::HoldReviewResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  const benefitplans::v1::Review& review = response.review();
  return context.Show(review, {"review", "kind", "state", "held_on"},
                      {review.name(), EnumName(review.kind()), EnumName(review.state()), review.held_on()});
}

absl::StatusOr<ExitCode> CheckIn(Context& context, const PartsArguments& arguments) {
  benefitplans::v1::CheckInRequest request = arguments.check_in;
  request.set_parent(arguments.plan);
  ASSIGN_OR_RETURN(const auto health, ParseEnum<benefitplans::v1::Health>("--health", arguments.health));
  request.mutable_check_in()->set_health(health);
  request.mutable_check_in()->set_confidence(arguments.confidence);
  benefitplans::v1::CheckInResponse response;
  RETURN_IF_ERROR(context.Call(request, &response));
  const benefitplans::v1::CheckInNote& note = response.check_in();
  return context.Show(note, {"check_in", "date", "health", "confidence"},
                      {note.name(), note.date(), EnumName(note.health()), PositiveCell(note.confidence())});
}

class PlanPartsCommands : public Group<PartsArguments> {
 public:
  using Group::Group;

  void AddBenefits() {
    OfPlan("benefits", "The benefits of a plan", ListBenefits);

    benefitplans::v1::Benefit& benefit = *arguments().benefit.mutable_benefit();
    auto* add = OfPlan("add-benefit", "Add a benefit", AddBenefit);
    add->add_option("title", *benefit.mutable_title(), "What it is called")->required();
    add->add_option("--who-gains", *benefit.mutable_who_gains(), "Who will be better off");

    benefitplans::v1::AgreeBenefitRequest& agreed = arguments().agree;
    auto* agree = New("agree-benefit", "Record that the community agrees to a benefit", Agree);
    agree->add_option("benefit", *agreed.mutable_name(), ".../benefits/{number}")->required();
    agree->add_option("--by", *agreed.mutable_agreed_by(), "A partner or an engagement of the plan")->required();

    benefitplans::v1::DropBenefitRequest& dropped = arguments().drop;
    auto* drop = New("drop-benefit", "Give a benefit up", Drop);
    drop->add_option("benefit", *dropped.mutable_name(), ".../benefits/{number}")->required();
    drop->add_option("--reason", *dropped.mutable_reason(), "Why")->required();
  }

  void AddCommunityAndMeasures() {
    benefitplans::v1::Partner& partner = *arguments().partner.mutable_partner();
    auto* add = OfPlan("add-partner", "Add a community partner", AddPartner);
    add->add_option("name", *partner.mutable_display_name(), "What the group is called")->required();
    add->add_option("--kind", arguments().kind,
                    "RESIDENT_GROUP, VCFSE, FAITH, EXPERTS_BY_EXPERIENCE, SCHOOL, EMPLOYER, ...")
        ->required();

    auto* measure = OfPlan("add-measure", "Add a measure", AddMeasure);
    measure->add_option("title", *arguments().measure.mutable_measure()->mutable_title(), "What it is called")
        ->required();
    measure
        ->add_option("--quadrant", arguments().quadrant, "HOW_MUCH, HOW_WELL, BETTER_OFF_NUMBER or BETTER_OFF_PERCENT")
        ->required();
    measure->add_option("--benefit", arguments().benefits, "A benefit that it shows; may be repeated");
    measure->add_flag("--lower-is-better", arguments().lower_is_better, "Otherwise higher is");
  }

  void AddReviews() {
    auto* review = OfPlan("review", "Record a review", HoldReview);
    review->add_option("--kind", arguments().kind, "START_UP, REFRESH, CLOSE or SUSTAINABILITY")->required();
    review->add_option("--held-on", *arguments().review.mutable_review()->mutable_held_on(),
                       "YYYY-MM-DD; today unless given");
    review->add_option("--learning", arguments().learning, "What was learnt; may be repeated");

    auto* check_in = OfPlan("check-in", "Record how the team sees its plan", CheckIn);
    check_in->add_option("--health", arguments().health, "ON_TRACK, AT_RISK or OFF_TRACK")->required();
    check_in->add_option("--confidence", arguments().confidence, "1 to 5")->check(CLI::Range(1, 5));
    check_in->add_option("--note", *arguments().check_in.mutable_check_in()->mutable_note(), "More about it");
  }

 private:
  CLI::App* OfPlan(const char* name, const char* description, Run run) {
    return WithPlan(New(name, description, run), arguments().plan);
  }
};

}  // namespace

CLI::App* WithPlan(CLI::App* command, std::string& plan) {
  command->add_option("plan", plan, "organisations/{id}/plans/{uuid}")->required();
  return command;
}

void AddPlanParts(CLI::App& group, Context& context) {
  PlanPartsCommands commands(group, context);
  commands.AddBenefits();
  commands.AddCommunityAndMeasures();
  commands.AddReviews();
}

}  // namespace equity::cli
