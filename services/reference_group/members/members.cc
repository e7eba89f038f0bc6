#include "services/reference_group/members/members.h"

#include "common/status/macros.h"
#include "services/reference_group/errors.h"
#include "services/reference_group/members/store.h"
#include "services/reference_group/names.h"
#include "services/reference_group/pages.h"
#include "services/reference_group/updates.h"
#include "services/reference_group/values.h"

namespace equity::referencegroup {
namespace {

constexpr const char* kChangeableOfMember[] = {
    "roles", "expertise", "dimensions", "capacity_per_week", "away_until", "retired", "conflict_organisations"};

}  // namespace

std::string WeekOf(absl::Time now) {
  const absl::CivilDay today = absl::ToCivilDay(now, London());
  return absl::FormatCivilTime(absl::PrevWeekday(today + 1, absl::Weekday::monday));
}

absl::StatusOr<v1::CreateMemberResponse> CreateMember(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::CreateMemberRequest& request) {
  std::vector<status::FieldFault> faults;
  if (request.member().participant().empty()) faults.push_back({"member.participant", "must be set"});
  if (request.member().roles().empty()) faults.push_back({"member.roles", "must be set"});
  if (!faults.empty()) return status::InvalidFields(faults);
  if (store::IsMember(transaction, request.member().participant())) return errors::MemberExists();
  v1::Member member = request.member();
  const std::string id = context.NewId();
  member.set_name(Name(kMembers, id));
  store::InsertMember(transaction, member, context.now());
  context.SetResource(member.name());
  v1::CreateMemberResponse response;
  *response.mutable_member() = store::FindMember(transaction, id, WeekOf(context.now()))->message;
  return response;
}

absl::StatusOr<v1::GetMemberResponse> GetMember(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                const v1::GetMemberRequest& request) {
  auto member = store::FindMember(transaction, Id(request.name()), WeekOf(context.now()));
  if (!member) return status::NotFound();
  v1::GetMemberResponse response;
  *response.mutable_member() = std::move(member->message);
  return response;
}

absl::StatusOr<v1::ListMembersResponse> ListMembers(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                    const v1::ListMembersRequest& request) {
  const std::string binding = absl::StrCat("ListMembers|", request.expertise(), "|", request.show_retired(), "|");
  ASSIGN_OR_RETURN(const int64_t after, After(binding, request.page_token()));
  const int size = page::Size(request.page_size());
  auto members = store::ListMembers(transaction, request.expertise(), request.show_retired(), WeekOf(context.now()),
                                    after, size + 1);
  v1::ListMembersResponse response;
  response.set_next_page_token(NextPage(binding, size, members));
  for (auto& member : members) *response.add_members() = std::move(member.message);
  return response;
}

absl::StatusOr<v1::UpdateMemberResponse> UpdateMember(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::UpdateMemberRequest& request) {
  if (request.member().name().empty()) return status::InvalidField("member.name", "must be set");
  const std::string week = WeekOf(context.now());
  auto member = store::FindMember(transaction, Id(request.member().name()), week);
  if (!member) return status::NotFound();
  const std::string& etag = request.member().etag();
  if (!etag.empty() && etag != member->message.etag()) return status::EtagMismatch();
  const auto faults = ApplyMask(request, request.member(), kChangeableOfMember, member->message);
  if (!faults.empty()) return status::InvalidFields(faults);
  if (member->message.roles().empty()) return status::InvalidField("member.roles", "must not be empty");
  store::UpdateMember(transaction, member->number, member->message, context.now());
  v1::UpdateMemberResponse response;
  *response.mutable_member() = store::FindMember(transaction, Id(request.member().name()), week)->message;
  return response;
}

}  // namespace equity::referencegroup
