// What the asker does: the question itself, more information, accepting, asking further, taking it back.
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/reference_group/advice/advice.h"
#include "services/reference_group/errors.h"
#include "services/reference_group/group.h"
#include "services/reference_group/names.h"
#include "services/reference_group/search/search.h"
#include "services/reference_group/values.h"

namespace equity::referencegroup {
namespace {

// The question, for somebody who asked under a name; whoever may read it besides is told that it is not theirs.
absl::StatusOr<store::Request> OfAsker(const rpc::Context& context, sql::ReadTransaction& transaction,
                                       const std::string& name) {
  auto request = store::FindRequest(transaction, Id(name));
  const Reader reader = ReaderOf(context);
  if (!request || !MayRead(*request, reader)) return status::NotFound();
  if (request->message.anonymous()) return errors::AskerOnly();
  if (!context.MaySee(request->organisation)) return errors::AskerOnly();
  return *std::move(request);
}

void AddContribution(rpc::WriteContext& context, sql::Transaction& transaction, const store::Request& request,
                     v1::Contribution::Kind kind, const std::string& body) {
  store::Contribution said{.by_asker = true, .actor = request.actor, .create_time = TimeFor(request, context.now())};
  said.message.set_name(context.NewId());
  said.message.set_kind(kind);
  said.message.set_body(text::Nfc(body));
  store::InsertContribution(transaction, request.number, said);
}

template <class Response>
Response AnswerAsker(const rpc::Context& context, sql::ReadTransaction& transaction, const store::Request& request) {
  Response response;
  *response.mutable_request() = WholeViewOf(context, transaction, request, ReaderOf(context));
  return response;
}

}  // namespace

std::vector<status::FieldFault> asker::FaultsOf(const v1::AdviceRequest& wanted) {
  std::vector<status::FieldFault> faults;
  if (wanted.title().empty()) faults.push_back({"request.title", "must be set"});
  if (wanted.body().empty()) faults.push_back({"request.body", "must be set"});
  return faults;
}

absl::Status asker::Edit(rpc::WriteContext& context, sql::Transaction& transaction, store::Request& request,
                         const std::string& title, const std::string& body) {
  request.message.set_title(text::Nfc(title));
  request.message.set_body(text::Nfc(body));
  transaction.ForgetTrace();
  return Enter(context, transaction, request, RequestAction::kUpdate);
}

absl::Status asker::ProvideInfo(rpc::WriteContext& context, sql::Transaction& transaction, store::Request& request,
                                const std::string& body) {
  RETURN_IF_ERROR(Enter(context, transaction, request, RequestAction::kProvideInfo));
  AddContribution(context, transaction, request, v1::Contribution::KIND_INFORMATION, body);
  return absl::OkStatus();
}

absl::Status asker::Accept(rpc::WriteContext& context, sql::Transaction& transaction, store::Request& request,
                           const google::protobuf::RepeatedPtrField<std::string>& responses) {
  RETURN_IF_ERROR(Enter(context, transaction, request, RequestAction::kAccept));
  for (const std::string& name : responses) {
    if (Id(name) != request.id || !store::AcceptResponse(transaction, request.number, ChildId(name))) {
      return errors::NoSuchResponse();
    }
  }
  return absl::OkStatus();
}

absl::Status asker::Reopen(rpc::WriteContext& context, sql::Transaction& transaction, store::Request& request,
                           const std::string& body) {
  RETURN_IF_ERROR(Enter(context, transaction, request, RequestAction::kReopen));
  AddContribution(context, transaction, request, v1::Contribution::KIND_FOLLOW_UP, body);
  return absl::OkStatus();
}

absl::Status asker::Withdraw(rpc::WriteContext& context, sql::Transaction& transaction, store::Request& request) {
  request.message.clear_title();
  request.message.clear_body();
  RETURN_IF_ERROR(Enter(context, transaction, request, RequestAction::kWithdraw));
  store::EraseInformation(transaction, request.number);
  transaction.ForgetTrace();
  return absl::OkStatus();
}

absl::StatusOr<v1::SubmitRequestResponse> SubmitRequest(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::SubmitRequestRequest& request) {
  const auto faults = asker::FaultsOf(request.request());
  if (!faults.empty()) return status::InvalidFields(faults);
  store::Request made;
  made.message.set_asker(request.asker());
  made.organisation = std::string(Segment(request.asker(), 1));
  made.actor = ActorKey(context);
  made.message.set_plan(request.request().plan());
  made.message.set_title(text::Nfc(request.request().title()));
  made.message.set_body(text::Nfc(request.request().body()));
  asker::Submit(context, transaction, made, request.request(), context.NewId());
  auto response = AnswerAsker<v1::SubmitRequestResponse>(context, transaction, made);
  for (const std::string& item : SimilarItems(context, transaction, ReaderOf(context), made.message.title())) {
    response.add_similar_items(item);
  }
  return response;
}

absl::StatusOr<v1::UpdateRequestResponse> UpdateRequest(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::UpdateRequestRequest& request) {
  const v1::AdviceRequest& wanted = request.request();
  if (wanted.name().empty()) return status::InvalidField("request.name", "must be set");
  std::vector<status::FieldFault> faults;
  bool title = !request.has_update_mask() && !wanted.title().empty();
  bool body = !request.has_update_mask() && !wanted.body().empty();
  for (const std::string& path : request.update_mask().paths()) {
    title |= path == "title";
    body |= path == "body";
    if (path != "title" && path != "body") {
      faults.push_back({"update_mask", "must not name " + path + ", which cannot be changed"});
    }
  }
  if (title && wanted.title().empty()) faults.push_back({"request.title", "must be set"});
  if (body && wanted.body().empty()) faults.push_back({"request.body", "must be set"});
  if (!faults.empty()) return status::InvalidFields(faults);
  ASSIGN_OR_RETURN(store::Request found, OfAsker(context, transaction, wanted.name()));
  if (!wanted.etag().empty() && wanted.etag() != found.message.etag()) return status::EtagMismatch();
  RETURN_IF_ERROR(asker::Edit(context, transaction, found, title ? wanted.title() : found.message.title(),
                              body ? wanted.body() : found.message.body()));
  return AnswerAsker<v1::UpdateRequestResponse>(context, transaction, found);
}

absl::StatusOr<v1::ProvideInfoResponse> ProvideInfo(rpc::WriteContext& context, sql::Transaction& transaction,
                                                    const v1::ProvideInfoRequest& request) {
  ASSIGN_OR_RETURN(store::Request found, OfAsker(context, transaction, request.name()));
  RETURN_IF_ERROR(asker::ProvideInfo(context, transaction, found, request.body()));
  return AnswerAsker<v1::ProvideInfoResponse>(context, transaction, found);
}

absl::StatusOr<v1::AcceptResponsesResponse> AcceptResponses(rpc::WriteContext& context, sql::Transaction& transaction,
                                                            const v1::AcceptResponsesRequest& request) {
  ASSIGN_OR_RETURN(store::Request found, OfAsker(context, transaction, request.name()));
  RETURN_IF_ERROR(asker::Accept(context, transaction, found, request.responses()));
  return AnswerAsker<v1::AcceptResponsesResponse>(context, transaction, found);
}

absl::StatusOr<v1::ReopenRequestResponse> ReopenRequest(rpc::WriteContext& context, sql::Transaction& transaction,
                                                        const v1::ReopenRequestRequest& request) {
  ASSIGN_OR_RETURN(store::Request found, OfAsker(context, transaction, request.name()));
  RETURN_IF_ERROR(asker::Reopen(context, transaction, found, request.body()));
  return AnswerAsker<v1::ReopenRequestResponse>(context, transaction, found);
}

absl::StatusOr<v1::WithdrawRequestResponse> WithdrawRequest(rpc::WriteContext& context, sql::Transaction& transaction,
                                                            const v1::WithdrawRequestRequest& request) {
  ASSIGN_OR_RETURN(store::Request found, OfAsker(context, transaction, request.name()));
  RETURN_IF_ERROR(asker::Withdraw(context, transaction, found));
  return AnswerAsker<v1::WithdrawRequestResponse>(context, transaction, found);
}

}  // namespace equity::referencegroup
