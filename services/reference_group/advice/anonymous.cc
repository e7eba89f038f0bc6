#include "services/reference_group/advice/anonymous.h"

#include <openssl/rand.h>

#include "absl/strings/escaping.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/reference_group/advice/advice.h"
#include "services/reference_group/errors.h"
#include "services/reference_group/group.h"
#include "services/reference_group/names.h"
#include "services/reference_group/sealed/store.h"
#include "services/reference_group/search/search.h"

namespace equity::referencegroup {
namespace {

using Action = v1::ActOnAnonymousRequestRequest;

// What the store has in place of an account.
constexpr char kNobody[] = "anonymous";
// How the asker reads: as somebody of no organisation and not of the group.
const Reader kAsker;

// A UUID without a time in it (version 4): others tell to the millisecond when they were made.
std::string TimelessId() {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof(bytes)) != 1) std::abort();
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const std::string hex = absl::BytesToHexString({reinterpret_cast<char*>(bytes), sizeof(bytes)});
  return absl::StrCat(hex.substr(0, 8), "-", hex.substr(8, 4), "-", hex.substr(12, 4), "-", hex.substr(16, 4), "-",
                      hex.substr(20));
}

std::vector<status::FieldFault> FaultsOfAsking(const v1::SubmitAnonymousRequestRequest& request) {
  auto faults = asker::FaultsOf(request.request());
  const char* tells = "must be empty: it would tell who asks";
  if (!request.request().plan().empty()) faults.push_back({"request.plan", tells});
  if (!request.request().asker().empty()) faults.push_back({"request.asker", tells});
  if (request.request().audience() == v1::AUDIENCE_OWN_ORGANISATION) {
    faults.push_back({"request.audience", "must not be OWN_ORGANISATION: it would tell who asks"});
  }
  return faults;
}

// NOT_FOUND alike for what is not there, is not anonymous, or is somebody else's.
absl::StatusOr<store::Request> OfHolder(const rpc::Context& context, sql::ReadTransaction& transaction,
                                        const std::string& name, const std::string& secret) {
  auto request = store::FindRequest(transaction, Id(name));
  const bool proven = GroupOf(context).vault.Proves(name, secret);
  if (!request || !request->message.anonymous() || !proven) return status::NotFound();
  return *std::move(request);
}

v1::AdviceRequest Seen(const rpc::Context& context, sql::ReadTransaction& transaction, const store::Request& request) {
  return WholeViewOf(context, transaction, request, kAsker);
}

absl::Status Act(rpc::WriteContext& context, sql::Transaction& transaction, store::Request& found,
                 const Action& request) {
  const char* missing = "must be set";
  switch (request.action_case()) {
    case Action::kProvideInfo:
      if (request.provide_info().empty()) return status::InvalidField("provide_info", missing);
      return asker::ProvideInfo(context, transaction, found, request.provide_info());
    case Action::kAccept:
      return asker::Accept(context, transaction, found, request.accept().responses());
    case Action::kReopen:
      if (request.reopen().empty()) return status::InvalidField("reopen", missing);
      return asker::Reopen(context, transaction, found, request.reopen());
    case Action::kEdit: {
      const v1::AnonymousEdit& edit = request.edit();
      return asker::Edit(context, transaction, found, edit.title().empty() ? found.message.title() : edit.title(),
                         edit.body().empty() ? found.message.body() : edit.body());
    }
    case Action::kWithdraw:
      if (!request.withdraw()) return status::InvalidField("withdraw", missing);
      return asker::Withdraw(context, transaction, found);
    case Action::ACTION_NOT_SET:
      break;
  }
  return status::InvalidField("action", missing);
}

}  // namespace

absl::StatusOr<v1::SubmitAnonymousRequestResponse> SubmitAnonymousRequest(
    rpc::WriteContext& context, sql::Transaction& transaction, const v1::SubmitAnonymousRequestRequest& request) {
  const auto faults = FaultsOfAsking(request);
  if (!faults.empty()) return status::InvalidFields(faults);
  store::Request made;
  made.message.set_anonymous(true);
  made.actor = kNobody;
  made.message.set_title(text::Nfc(request.request().title()));
  made.message.set_body(text::Nfc(request.request().body()));
  asker::Submit(context, transaction, made, request.request(), TimelessId());
  const Vault& vault = GroupOf(context).vault;
  const std::string& name = made.message.name();
  store::InsertSeal(transaction, name, vault.Seal(name, request.asker()));
  v1::SubmitAnonymousRequestResponse response;
  *response.mutable_request() = Seen(context, transaction, made);
  response.set_secret(vault.SecretOf(name));
  for (const std::string& item : SimilarItems(context, transaction, kAsker, made.message.title())) {
    response.add_similar_items(item);
  }
  return response;
}

absl::StatusOr<v1::GetAnonymousRequestResponse> GetAnonymousRequest(const rpc::Context& context,
                                                                    sql::ReadTransaction& transaction,
                                                                    const v1::GetAnonymousRequestRequest& request) {
  ASSIGN_OR_RETURN(const store::Request found, OfHolder(context, transaction, request.name(), request.secret()));
  v1::GetAnonymousRequestResponse response;
  *response.mutable_request() = Seen(context, transaction, found);
  response.set_revealed(store::IsRevealed(transaction, found.message.name()));
  return response;
}

absl::StatusOr<v1::ActOnAnonymousRequestResponse> ActOnAnonymousRequest(
    rpc::WriteContext& context, sql::Transaction& transaction, const v1::ActOnAnonymousRequestRequest& request) {
  ASSIGN_OR_RETURN(store::Request found, OfHolder(context, transaction, request.name(), request.secret()));
  RETURN_IF_ERROR(Act(context, transaction, found, request));
  v1::ActOnAnonymousRequestResponse response;
  *response.mutable_request() = Seen(context, transaction, found);
  return response;
}

absl::Status RefillAnonymous(const rpc::Context& context, sql::ReadTransaction& transaction,
                             v1::SubmitAnonymousRequestResponse& response) {
  const auto found = store::FindRequest(transaction, Id(response.request().name()));
  if (!found) return status::NotFound();
  *response.mutable_request() = Seen(context, transaction, *found);
  response.set_secret(GroupOf(context).vault.SecretOf(found->message.name()));
  return absl::OkStatus();
}

absl::Status RefillAnonymous(const rpc::Context& context, sql::ReadTransaction& transaction,
                             v1::ActOnAnonymousRequestResponse& response) {
  const auto found = store::FindRequest(transaction, Id(response.request().name()));
  if (!found) return status::NotFound();
  *response.mutable_request() = Seen(context, transaction, *found);
  return absl::OkStatus();
}

}  // namespace equity::referencegroup
