#include "services/benefit_plans/plans/plans.h"

#include "absl/strings/str_join.h"
#include "common/page/page.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/benefit_plans/errors.h"
#include "services/benefit_plans/events.h"
#include "services/benefit_plans/lists.h"
#include "services/benefit_plans/names.h"
#include "services/benefit_plans/people/people.h"
#include "services/benefit_plans/plans/present.h"
#include "services/benefit_plans/store/plans.h"
#include "services/benefit_plans/updates.h"

namespace equity::benefit_plans {
namespace {

constexpr const char* kChangeableOfPlan[] = {
    "title",        "scope",   "scope_ref",       "programme",         "places", "dimensions",
    "determinants", "four_as", "method_elements", "target_population", "goal",   "start_date"};
constexpr int kChunk = 500;  // plans that are read at once for a list

void Normalise(v1::Plan& plan) {
  plan.set_title(text::Nfc(plan.title()));
  plan.set_scope_ref(text::Nfc(plan.scope_ref()));
  plan.set_target_population(text::Nfc(plan.target_population()));
}

void CheckClassification(sql::ReadTransaction& transaction, const v1::Plan& plan, absl::Time now,
                         std::vector<status::FieldFault>& faults) {
  const std::string today = FormatDay(DayOf(now));
  std::vector<std::string> programme;
  if (!plan.programme().empty()) programme.push_back(plan.programme());
  CheckCodes(transaction, "PROGRAMMES", programme, "plan.programme", today, faults);
  CheckCodes(transaction, "PLACES", plan.places(), "plan.places", today, faults);
  CheckCodes(transaction, "DIMENSIONS", plan.dimensions(), "plan.dimensions", today, faults);
  CheckCodes(transaction, "DETERMINANTS", plan.determinants(), "plan.determinants", today, faults);
  CheckCodes(transaction, "FOUR_AS", plan.four_as(), "plan.four_as", today, faults);
  CheckCodes(transaction, "METHOD_ELEMENTS", plan.method_elements(), "plan.method_elements", today, faults);
}

absl::Status CheckOrigin(rpc::WriteContext& context, sql::Transaction& transaction, const std::string& origin) {
  if (origin.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const v1::Plan plan, Find(context, transaction, origin));
  const bool goes_on = plan.next_path() == v1::NEXT_PATH_RESET || plan.next_path() == v1::NEXT_PATH_BUILD ||
                       plan.next_path() == v1::NEXT_PATH_SCALE;
  return plan.state() == v1::Plan::STATE_CLOSED && goes_on ? absl::OkStatus() : errors::OriginNotClosed();
}

// What a caller may say of a new plan.
v1::Plan NewPlan(const v1::Plan& given) {
  v1::Plan plan;
  google::protobuf::FieldMask mask;
  for (const char* path : kChangeableOfPlan) mask.add_paths(path);
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(given, mask, {}, &plan);
  if (!given.has_goal()) plan.clear_goal();
  plan.set_challenge(given.challenge());
  plan.set_origin_plan(given.origin_plan());
  plan.set_state(v1::Plan::STATE_DRAFT);
  Normalise(plan);
  return plan;
}

bool IsWanted(const v1::Plan& plan, const v1::ListPlansRequest& request) {
  if (!request.challenge().empty() && plan.challenge() != request.challenge()) return false;
  return request.states().empty() ||
         std::find(request.states().begin(), request.states().end(), plan.state()) != request.states().end();
}

}  // namespace

absl::StatusOr<v1::CreatePlanResponse> CreatePlan(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::CreatePlanRequest& request) {
  std::vector<status::FieldFault> faults;
  CheckSet(request.plan().challenge(), "plan.challenge", faults);
  CheckSet(request.plan().title(), "plan.title", faults);
  CheckClassification(transaction, request.plan(), context.now(), faults);
  if (request.parent() == "organisations/-") faults.push_back({"parent", "must name one organisation"});
  if (!faults.empty()) return status::InvalidFields(faults);
  RETURN_IF_ERROR(people::CheckKnown(transaction, request.parent()));
  RETURN_IF_ERROR(people::CheckKnown(transaction, request.plan().challenge()));
  RETURN_IF_ERROR(CheckOrigin(context, transaction, request.plan().origin_plan()));
  if (!request.owner().empty()) RETURN_IF_ERROR(people::CheckActive(transaction, request.owner()));
  v1::Plan plan = NewPlan(request.plan());
  const std::string id = context.NewId();
  plan.set_name(PlanName(OrganisationId(request.parent()), id));
  SetTime(*plan.mutable_create_time(), context.now());
  Store(context, transaction, plan);
  Emit(context, plan, v1::Plan::STATE_UNSPECIFIED);
  if (!request.owner().empty()) {
    store::PutMember(transaction, id, request.owner(), v1::ROLE_OWNER);
    Emit(context, plan.name(), request.owner(), v1::ROLE_OWNER);
  }
  context.SetResource(plan.name());
  v1::CreatePlanResponse response;
  *response.mutable_plan() = Answer(transaction, std::move(plan), context.now());
  return response;
}

absl::StatusOr<v1::GetPlanResponse> GetPlan(const rpc::Context& context, sql::ReadTransaction& transaction,
                                            const v1::GetPlanRequest& request) {
  ASSIGN_OR_RETURN(v1::Plan plan, Find(context, transaction, request.name()));
  v1::GetPlanResponse response;
  *response.mutable_plan() = Answer(transaction, std::move(plan), context.now());
  return response;
}

absl::StatusOr<v1::ListPlansResponse> ListPlans(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                const v1::ListPlansRequest& request) {
  const std::string binding = absl::StrCat("ListPlans|", request.parent(), "|", request.challenge(), "|",
                                           absl::StrJoin(request.states(), ","), "|", request.owner_left());
  ASSIGN_OR_RETURN(std::string after, page::Key(binding, request.page_token()));
  std::string_view organisation = OrganisationId(request.parent());
  if (organisation == "-") organisation = {};
  const int size = page::Size(request.page_size());
  v1::ListPlansResponse response;
  size_t bytes = 0;
  // The clock decides about states, so that they are looked at here.
  for (bool more = true; more;) {
    auto plans = store::ListPlans(transaction, organisation, after, kChunk);
    more = static_cast<int>(plans.size()) == kChunk;
    for (v1::Plan& plan : plans) {
      const std::string last = after;
      after = ChildId(plan.name());
      Settle(transaction, plan, context.now());
      if (!IsWanted(plan, request)) continue;
      v1::Plan answer = Answer(transaction, std::move(plan), context.now());
      if (request.owner_left() && !answer.owner_left()) continue;
      bytes += answer.ByteSizeLong();
      if (response.plans_size() == size || (response.plans_size() > 0 && bytes > kPageBytes)) {
        response.set_next_page_token(page::Token(binding, last));
        return response;
      }
      *response.add_plans() = std::move(answer);
    }
  }
  return response;
}

absl::StatusOr<v1::UpdatePlanResponse> UpdatePlan(rpc::WriteContext& context, sql::Transaction& transaction,
                                                  const v1::UpdatePlanRequest& request) {
  ASSIGN_OR_RETURN(const auto mask, UpdateMask(request, request.plan(), "plan", kChangeableOfPlan));
  ASSIGN_OR_RETURN(v1::Plan plan, Take(context, transaction, request.plan().name(), kOpen));
  const std::string before = plan.SerializeAsString();
  const std::string start_date = plan.start_date();
  RETURN_IF_ERROR(Merge(mask, request.plan(), plan));
  std::vector<status::FieldFault> faults;
  CheckSet(plan.title(), "plan.title", faults);
  CheckClassification(transaction, plan, context.now(), faults);
  if (plan.state() != v1::Plan::STATE_DRAFT && plan.start_date() != start_date) {
    faults.push_back({"plan.start_date", "must stay as it is, as the plan has started"});
  }
  if (!faults.empty()) return status::InvalidFields(faults);
  Normalise(plan);
  if (plan.SerializeAsString() != before) Store(context, transaction, plan);
  v1::UpdatePlanResponse response;
  *response.mutable_plan() = Answer(transaction, std::move(plan), context.now());
  return response;
}

absl::StatusOr<v1::ListCodesResponse> ListCodes(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                const v1::ListCodesRequest& request) {
  v1::ListCodesResponse response;
  const std::string day = request.date().empty() ? FormatDay(DayOf(context.now())) : request.date();
  for (auto& list : store::ListCodes(transaction, day)) *response.add_lists() = std::move(list);
  return response;
}

}  // namespace equity::benefit_plans
