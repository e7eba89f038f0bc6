#include "services/participants/organisations.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/page/page.h"
#include "common/rpc/method.h"
#include "common/status/macros.h"
#include "google/protobuf/util/time_util.h"
#include "services/participants/errors.h"
#include "services/participants/events.h"
#include "services/participants/store.h"

namespace equity::participants::organisations {
namespace {

using google::protobuf::util::TimeUtil;
using Result = v1::ImportedOrganisationResult;

constexpr char kListBinding[] = "ListOrganisations";

std::string IdOf(const std::string& name) { return std::string(rpc::OrganisationOf(name)); }

google::protobuf::Timestamp Stamp(absl::Time time) {
  return TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

// Stores a change, with the next version, where there is one. Whether there was.
bool Save(rpc::WriteContext& context, sql::Transaction& transaction, const v1::Organisation& before,
          v1::Organisation& after) {
  const bool same = before.display_name() == after.display_name() && before.sector() == after.sector() &&
                    before.place() == after.place();
  if (same) return false;
  int64_t version = 0;
  (void)absl::SimpleAtoi(before.etag(), &version);
  after.set_etag(absl::StrCat(version + 1));
  *after.mutable_update_time() = Stamp(context.now());
  store::UpdateOrganisation(transaction, after);
  Emit(context, after);
  return true;
}

// What is wrong with the rows that the contract's rules cannot say.
std::vector<status::FieldFault> RowFaults(const v1::ImportOrganisationsRequest& request) {
  std::vector<status::FieldFault> faults;
  for (int i = 0; i < request.organisations_size(); ++i) {
    const auto& row = request.organisations(i);
    if (row.code().scheme().find(':') != std::string::npos) {
      faults.push_back({absl::StrCat("organisations[", i, "].code.scheme"), "must not contain a colon"});
    }
  }
  return faults;
}

Result Rejected(std::string code, std::string message) {
  Result result;
  result.set_outcome(Result::OUTCOME_REJECTED);
  result.set_code(std::move(code));
  result.set_message(std::move(message));
  return result;
}

Result Add(rpc::WriteContext& context, sql::Transaction& transaction, const v1::ImportedOrganisation& row,
           const v1::OrganisationCode& code) {
  const std::string id = row.id().empty() ? OrganisationId(code) : row.id();
  if (store::OrganisationExists(transaction, id)) {
    return Rejected("ID_IN_USE", absl::StrCat("Another organisation has the id ", id, ". Give this one another id."));
  }
  v1::Organisation organisation;
  organisation.set_name("organisations/" + id);
  organisation.set_display_name(Clean(row.display_name()));
  organisation.set_sector(row.sector());
  organisation.set_place(row.place());
  *organisation.add_codes() = code;
  organisation.set_etag("1");
  *organisation.mutable_create_time() = *organisation.mutable_update_time() = Stamp(context.now());
  store::InsertOrganisation(transaction, organisation);
  Emit(context, organisation);
  Result result;
  result.set_organisation(organisation.name());
  result.set_outcome(Result::OUTCOME_CREATED);
  return result;
}

Result ImportOne(rpc::WriteContext& context, sql::Transaction& transaction, const v1::ImportedOrganisation& row) {
  v1::OrganisationCode code;
  code.set_scheme(Clean(row.code().scheme()));
  code.set_value(Clean(row.code().value()));
  const auto known = store::FindCode(transaction, code);
  if (!known) return Add(context, transaction, row, code);
  if (!row.id().empty() && row.id() != *known) {
    return Rejected("CODE_IN_USE",
                    absl::StrCat("The code ", code.scheme(), ":", code.value(), " is that of organisation ", *known,
                                 ", and an id never changes. Correct the code, or leave the id empty."));
  }
  const v1::Organisation before = *store::FindOrganisation(transaction, *known);
  v1::Organisation after = before;
  after.set_display_name(Clean(row.display_name()));
  after.set_sector(row.sector());
  after.set_place(row.place());
  Result result;
  result.set_organisation(before.name());
  result.set_outcome(Save(context, transaction, before, after) ? Result::OUTCOME_UPDATED : Result::OUTCOME_UNCHANGED);
  return result;
}

// Sets what the mask names, or without one what is set.
absl::Status Apply(const v1::Organisation& wanted, const google::protobuf::FieldMask& mask, v1::Organisation& to) {
  std::vector<std::string> paths(mask.paths().begin(), mask.paths().end());
  if (paths.empty()) {
    if (!wanted.display_name().empty()) paths.push_back("display_name");
    if (wanted.sector() != v1::SECTOR_UNSPECIFIED) paths.push_back("sector");
    if (wanted.place() != v1::PLACE_UNSPECIFIED) paths.push_back("place");
  }
  std::vector<std::string> unknown;
  for (const std::string& path : paths) {
    if (path == "display_name") {
      to.set_display_name(Clean(wanted.display_name()));
    } else if (path == "sector") {
      to.set_sector(wanted.sector());
    } else if (path == "place") {
      to.set_place(wanted.place());
    } else {
      unknown.push_back(path);
    }
  }
  if (!unknown.empty()) return errors::WrongMask(unknown);
  if (to.display_name().empty()) return status::InvalidField("organisation.display_name", "is required");
  if (to.sector() == v1::SECTOR_UNSPECIFIED) return status::InvalidField("organisation.sector", "is required");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ImportOrganisationsResponse> Import(rpc::WriteContext& context, sql::Transaction& transaction,
                                                       const v1::ImportOrganisationsRequest& request) {
  if (const auto faults = RowFaults(request); !faults.empty()) return status::InvalidFields(faults);
  v1::ImportOrganisationsResponse response;
  for (const auto& row : request.organisations()) *response.add_results() = ImportOne(context, transaction, row);
  context.SetResource("organisations/-");
  return response;
}

absl::StatusOr<v1::GetOrganisationResponse> Get(const rpc::Context&, sql::ReadTransaction& transaction,
                                                const v1::GetOrganisationRequest& request) {
  auto organisation = store::FindOrganisation(transaction, IdOf(request.name()));
  if (!organisation) return status::NotFound();
  v1::GetOrganisationResponse response;
  *response.mutable_organisation() = *std::move(organisation);
  return response;
}

absl::StatusOr<v1::ListOrganisationsResponse> List(const rpc::Context&, sql::ReadTransaction& transaction,
                                                   const v1::ListOrganisationsRequest& request) {
  ASSIGN_OR_RETURN(const std::string after, page::Key(kListBinding, request.page_token()));
  const int size = page::Size(request.page_size());
  auto organisations = store::ListOrganisations(transaction, after, size + 1);
  v1::ListOrganisationsResponse response;
  if (organisations.size() > static_cast<size_t>(size)) {
    organisations.pop_back();
    response.set_next_page_token(page::Token(kListBinding, IdOf(organisations.back().name())));
  }
  for (auto& organisation : organisations) *response.add_organisations() = std::move(organisation);
  return response;
}

absl::StatusOr<v1::UpdateOrganisationResponse> Update(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::UpdateOrganisationRequest& request) {
  const v1::Organisation& wanted = request.organisation();
  if (wanted.name().empty()) return status::InvalidField("organisation.name", "is required");
  const auto before = store::FindOrganisation(transaction, IdOf(wanted.name()));
  if (!before) return status::NotFound();
  if (!wanted.etag().empty() && wanted.etag() != before->etag()) return status::EtagMismatch();
  v1::Organisation after = *before;
  RETURN_IF_ERROR(Apply(wanted, request.update_mask(), after));
  Save(context, transaction, *before, after);
  v1::UpdateOrganisationResponse response;
  *response.mutable_organisation() = std::move(after);
  return response;
}

}  // namespace equity::participants::organisations
