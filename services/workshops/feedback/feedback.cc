#include "services/workshops/feedback/feedback.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/clock/clock.h"
#include "common/once/once.h"
#include "common/page/page.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/workshops/bookings/store.h"
#include "services/workshops/errors.h"
#include "services/workshops/feedback/store.h"
#include "services/workshops/names.h"
#include "services/workshops/rules.h"
#include "services/workshops/sessions/store.h"
#include "services/workshops/timestamps.h"

namespace equity::workshops {
namespace {

using Summary = v1::FeedbackSummary;

std::optional<Offer> FindFeedbackSession(sql::ReadTransaction& transaction, std::string_view name) {
  return store::FindOffer(transaction, Segment(name, 1), ChildId(name));
}

// The secret itself is not kept, and a random one cannot be found from this.
std::string SecretHash(const std::string& session, const std::string& secret) {
  return absl::BytesToHexString(once::Hash(session, absl::AsciiStrToLower(secret)));
}

// Somebody who left since may have come; a name that the person does not have here has not.
bool Attended(sql::ReadTransaction& transaction, const std::string& participant, int64_t session) {
  const std::string_view id = ChildId(participant);
  const PersonState state = store::FindPerson(transaction, OrganisationId(participant), id).state;
  if (state != PersonState::kActive && state != PersonState::kLeft) return false;
  const auto booking = store::FindLiveBooking(transaction, id, session);
  return booking && booking->message.attendance() == v1::Booking::ATTENDANCE_ATTENDED;
}

absl::Time CloseTime(const Offer& session) { return FeedbackCloses(session.date, London()); }

Summary::Status FeedbackStatus(const Offer& session, const store::FeedbackCounts& counts, absl::Time now) {
  if (now < CloseTime(session)) return Summary::STATUS_COLLECTING;
  return counts.answers() < kSmallestShown ? Summary::STATUS_HIDDEN : Summary::STATUS_SHOWN;
}

void FillCounts(const store::FeedbackCounts& counts, Summary& summary) {
  summary.set_answers(counts.answers());
  int sum = 0;
  for (size_t i = 0; i < counts.ratings.size(); ++i) {
    summary.add_rating_counts(counts.ratings[i]);
    sum += static_cast<int>(i + 1) * counts.ratings[i];
  }
  summary.set_mean_rating(static_cast<double>(sum) / counts.answers());
  if (counts.would_recommend + counts.would_not_recommend < kSmallestShown) return;
  summary.set_would_recommend(counts.would_recommend);
  summary.set_would_not_recommend(counts.would_not_recommend);
}

}  // namespace

absl::StatusOr<v1::GiveFeedbackResponse> GiveFeedback(rpc::WriteContext& context, sql::Transaction& transaction,
                                                      const v1::GiveFeedbackRequest& request) {
  const auto session = FindFeedbackSession(transaction, request.session());
  if (!session) return status::NotFound();
  if (session->cancelled) return errors::SessionCancelled(session->places);
  const absl::Time close_time = CloseTime(*session);
  if (context.now() >= close_time) return errors::FeedbackClosed();
  if (!Attended(transaction, request.participant(), session->session)) return errors::NotAttended();
  const std::string_view participant = ChildId(request.participant());
  const std::string hash = SecretHash(session->name, request.secret());
  const bool given = store::HasGivenFeedback(transaction, session->session, participant);
  if (given != store::HasFeedbackAnswer(transaction, session->session, hash)) {
    return given ? errors::FeedbackGiven() : errors::FeedbackSecretUsed();
  }
  v1::GiveFeedbackRequest answer = request;
  answer.set_comment(text::Nfc(text::Trim(request.comment())));
  answer.set_may_quote(request.may_quote() && !answer.comment().empty());
  store::StoreFeedbackAnswer(transaction, session->session, hash, answer);
  if (!given) store::RecordFeedbackGiven(transaction, session->session, participant);
  // Neither person nor answer: the audit trail has the time.
  context.SetResource(session->name);
  v1::GiveFeedbackResponse response;
  response.set_replaced(given);
  SetTime(*response.mutable_close_time(), close_time);
  return response;
}

absl::StatusOr<v1::WithdrawQuoteResponse> WithdrawQuote(rpc::WriteContext&, sql::Transaction& transaction,
                                                        const v1::WithdrawQuoteRequest& request) {
  const auto session = FindFeedbackSession(transaction, request.session());
  if (!session) return status::NotFound();
  const std::string hash = SecretHash(session->name, request.secret());
  if (!store::HasFeedbackAnswer(transaction, session->session, hash)) return status::NotFound();
  store::EraseFeedbackComment(transaction, session->session, hash);
  return v1::WithdrawQuoteResponse();
}

absl::StatusOr<v1::GetFeedbackSummaryResponse> GetFeedbackSummary(const rpc::Context& context,
                                                                  sql::ReadTransaction& transaction,
                                                                  const v1::GetFeedbackSummaryRequest& request) {
  const auto session = FindFeedbackSession(transaction, request.session());
  if (!session) return status::NotFound();
  const auto counts = store::CountFeedback(transaction, session->session);
  v1::GetFeedbackSummaryResponse response;
  Summary& summary = *response.mutable_summary();
  summary.set_session(session->name);
  summary.set_status(FeedbackStatus(*session, counts, context.now()));
  SetTime(*summary.mutable_close_time(), CloseTime(*session));
  if (summary.status() == Summary::STATUS_SHOWN) FillCounts(counts, summary);
  return response;
}

absl::StatusOr<v1::ListFeedbackCommentsResponse> ListFeedbackComments(const rpc::Context& context,
                                                                      sql::ReadTransaction& transaction,
                                                                      const v1::ListFeedbackCommentsRequest& request) {
  const bool only_quotable = !context.caller().Has(auth::Scope::SCOPE_CENTRAL_TEAM) || context.caller().IsBound();
  const std::string binding = absl::StrCat("ListFeedbackComments|", request.parent(), "|", only_quotable, "|");
  ASSIGN_OR_RETURN(const std::string after, page::Key(binding, request.page_token()));
  const auto session = FindFeedbackSession(transaction, request.parent());
  if (!session) return status::NotFound();
  v1::ListFeedbackCommentsResponse response;
  const auto counts = store::CountFeedback(transaction, session->session);
  if (FeedbackStatus(*session, counts, context.now()) != Summary::STATUS_SHOWN) return response;
  const int size = page::Size(request.page_size());
  auto comments = store::ListFeedbackComments(transaction, session->session, only_quotable, after, size + 1);
  if (static_cast<int>(comments.size()) > size) {
    comments.pop_back();
    response.set_next_page_token(page::Token(binding, comments.back().secret_hash));
  }
  for (auto& comment : comments) *response.add_comments() = std::move(comment.message);
  return response;
}

void TellFeedback(rpc::WriteContext& context, sql::Transaction& transaction, int64_t session) {
  const auto found = store::FindSession(transaction, session);
  if (!store::CloseFeedback(transaction, session)) return;
  changes::v1::Change change;
  changes::v1::FeedbackEvent& event = *change.mutable_feedback_event();
  event.set_session(found->message.name());
  const auto counts = store::CountFeedback(transaction, session);
  event.set_hidden(counts.answers() < kSmallestShown);
  if (!event.hidden()) {
    event.set_answers(counts.answers());
    event.mutable_rating_counts()->Add(counts.ratings.begin(), counts.ratings.end());
  }
  // Who sent the answers of its own people could take them away.
  change.set_restricted(true);
  context.Emit(std::move(change));
  context.SetResource(found->message.name());
}

}  // namespace equity::workshops
