#include "common/page/page.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "google/protobuf/util/field_mask_util.h"
#include "services/workshops/errors.h"
#include "services/workshops/names.h"
#include "services/workshops/programme/programme.h"
#include "services/workshops/programme/store.h"
#include "services/workshops/updates.h"

namespace equity::workshops {
namespace {

constexpr char kListWorkshops[] = "ListWorkshops|";

std::vector<status::FieldFault> MissingFields(const v1::Workshop& workshop) {
  std::vector<status::FieldFault> faults;
  if (workshop.challenge().empty()) faults.push_back({"workshop.challenge", "must be set"});
  if (workshop.display_name().empty()) faults.push_back({"workshop.display_name", "must be set"});
  return faults;
}

void EmitWorkshop(rpc::WriteContext& context, const v1::Workshop& workshop) {
  changes::v1::Change change;
  change.mutable_workshop_event()->set_workshop(workshop.name());
  change.mutable_workshop_event()->set_challenge(workshop.challenge());
  context.Emit(std::move(change));
}

constexpr const char* kChangeableOfWorkshop[] = {"display_name", "summary", "themes", "duration_minutes",
                                                 "enquiry_contact"};

std::vector<status::FieldFault> FaultsOf(const v1::Workshop& workshop, const google::protobuf::FieldMask& mask) {
  std::vector<status::FieldFault> faults;
  if (workshop.name().empty()) faults.push_back({"workshop.name", "must be set"});
  if (Names(mask, "display_name") && workshop.display_name().empty()) {
    faults.push_back({"workshop.display_name", "must be set"});
  }
  if (Names(mask, "duration_minutes") && workshop.duration_minutes() == 0) {
    faults.push_back({"workshop.duration_minutes", "must be at least 1"});
  }
  return faults;
}

void Normalise(v1::Workshop& workshop) {
  workshop.set_display_name(text::Nfc(workshop.display_name()));
  workshop.set_summary(text::Nfc(workshop.summary()));
}

}  // namespace

void AddWorkshop(rpc::WriteContext& context, sql::Transaction& transaction, std::string_view id,
                 v1::Workshop& workshop) {
  workshop.set_name(WorkshopName(id));
  Normalise(workshop);
  if (workshop.duration_minutes() == 0) workshop.set_duration_minutes(kDurationMinutes);
  if (workshop.themes().empty()) {
    for (int theme = v1::THEME_AWARENESS; theme <= v1::THEME_ACCOUNTABILITY; ++theme) {
      workshop.add_themes(static_cast<v1::Theme>(theme));
    }
  }
  store::InsertWorkshop(transaction, id, workshop, context.now());
  EmitWorkshop(context, workshop);
}

absl::StatusOr<v1::CreateWorkshopResponse> CreateWorkshop(rpc::WriteContext& context, sql::Transaction& transaction,
                                                          const v1::CreateWorkshopRequest& request) {
  v1::Workshop workshop = request.workshop();
  if (const auto faults = MissingFields(workshop); !faults.empty()) return status::InvalidFields(faults);
  if (!store::FindChallenge(transaction, Segment(workshop.challenge(), 1))) return status::NotFound();
  if (store::FindWorkshop(transaction, request.workshop_id())) return errors::WorkshopExists();
  AddWorkshop(context, transaction, request.workshop_id(), workshop);
  context.SetResource(workshop.name());
  v1::CreateWorkshopResponse response;
  *response.mutable_workshop() = *store::FindWorkshop(transaction, request.workshop_id());
  return response;
}

absl::StatusOr<v1::GetWorkshopResponse> GetWorkshop(const rpc::Context&, sql::ReadTransaction& transaction,
                                                    const v1::GetWorkshopRequest& request) {
  auto workshop = store::FindWorkshop(transaction, Segment(request.name(), 1));
  if (!workshop) return status::NotFound();
  v1::GetWorkshopResponse response;
  *response.mutable_workshop() = *std::move(workshop);
  return response;
}

absl::StatusOr<v1::ListWorkshopsResponse> ListWorkshops(const rpc::Context&, sql::ReadTransaction& transaction,
                                                        const v1::ListWorkshopsRequest& request) {
  ASSIGN_OR_RETURN(const std::string after, page::Key(kListWorkshops, request.page_token()));
  const int size = page::Size(request.page_size());
  auto workshops = store::ListWorkshops(transaction, after, size + 1);
  v1::ListWorkshopsResponse response;
  if (static_cast<int>(workshops.size()) > size) {
    workshops.pop_back();
    response.set_next_page_token(page::Token(kListWorkshops, Segment(workshops.back().name(), 1)));
  }
  for (auto& workshop : workshops) *response.add_workshops() = std::move(workshop);
  return response;
}

absl::StatusOr<v1::UpdateWorkshopResponse> UpdateWorkshop(rpc::WriteContext& context, sql::Transaction& transaction,
                                                          const v1::UpdateWorkshopRequest& request) {
  std::vector<status::FieldFault> faults;
  const auto mask = UpdateMask(request, request.workshop(), kChangeableOfWorkshop, faults);
  for (auto& fault : FaultsOf(request.workshop(), mask)) faults.push_back(std::move(fault));
  if (!faults.empty()) return status::InvalidFields(faults);
  const std::string_view id = Segment(request.workshop().name(), 1);
  auto workshop = store::FindWorkshop(transaction, id);
  if (!workshop) return status::NotFound();
  if (!request.workshop().etag().empty() && request.workshop().etag() != workshop->etag()) {
    return status::EtagMismatch();
  }
  const std::string before = workshop->SerializeAsString();
  google::protobuf::util::FieldMaskUtil::MergeOptions replace;
  replace.set_replace_repeated_fields(true);
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(request.workshop(), mask, replace, &*workshop);
  Normalise(*workshop);
  v1::UpdateWorkshopResponse response;
  if (workshop->SerializeAsString() != before) {
    store::UpdateWorkshop(transaction, id, *workshop, context.now());
    EmitWorkshop(context, *workshop);
    workshop = store::FindWorkshop(transaction, id);
  }
  *response.mutable_workshop() = *std::move(workshop);
  return response;
}

}  // namespace equity::workshops
