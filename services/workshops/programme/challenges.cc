#include "common/clock/clock.h"
#include "common/page/page.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/workshops/errors.h"
#include "services/workshops/names.h"
#include "services/workshops/programme/programme.h"
#include "services/workshops/programme/store.h"

namespace equity::workshops {
namespace {

constexpr int kLengthDays = 100;
constexpr char kCostStatement[] = "Places are free.";
constexpr char kListChallenges[] = "ListChallenges|";

std::vector<status::FieldFault> MissingFields(const v1::Challenge& challenge) {
  std::vector<status::FieldFault> faults;
  if (challenge.display_name().empty()) faults.push_back({"challenge.display_name", "must be set"});
  return faults;
}

}  // namespace

void AddChallenge(rpc::WriteContext& context, sql::Transaction& transaction, std::string_view id,
                  v1::Challenge& challenge) {
  challenge.set_name(ChallengeName(id));
  challenge.set_display_name(text::Nfc(challenge.display_name()));
  if (challenge.launch_date().empty()) {
    challenge.set_launch_date(absl::FormatTime("%Y-%m-%d", context.now(), London()));
  }
  if (challenge.length_days() == 0) challenge.set_length_days(kLengthDays);
  if (challenge.cost_statement().empty()) challenge.set_cost_statement(kCostStatement);
  challenge.set_cost_statement(text::Nfc(challenge.cost_statement()));
  store::InsertChallenge(transaction, id, challenge, context.now());
  changes::v1::Change change;
  change.mutable_workshop_event()->set_challenge(challenge.name());
  context.Emit(std::move(change));
}

absl::StatusOr<v1::CreateChallengeResponse> CreateChallenge(rpc::WriteContext& context, sql::Transaction& transaction,
                                                            const v1::CreateChallengeRequest& request) {
  v1::Challenge challenge = request.challenge();
  if (const auto faults = MissingFields(challenge); !faults.empty()) return status::InvalidFields(faults);
  if (store::FindChallenge(transaction, request.challenge_id())) return errors::ChallengeExists();
  AddChallenge(context, transaction, request.challenge_id(), challenge);
  context.SetResource(challenge.name());
  v1::CreateChallengeResponse response;
  *response.mutable_challenge() = *store::FindChallenge(transaction, request.challenge_id());
  return response;
}

absl::StatusOr<v1::GetChallengeResponse> GetChallenge(const rpc::Context&, sql::ReadTransaction& transaction,
                                                      const v1::GetChallengeRequest& request) {
  auto challenge = store::FindChallenge(transaction, Segment(request.name(), 1));
  if (!challenge) return status::NotFound();
  v1::GetChallengeResponse response;
  *response.mutable_challenge() = *std::move(challenge);
  return response;
}

absl::StatusOr<v1::ListChallengesResponse> ListChallenges(const rpc::Context&, sql::ReadTransaction& transaction,
                                                          const v1::ListChallengesRequest& request) {
  ASSIGN_OR_RETURN(const std::string after, page::Key(kListChallenges, request.page_token()));
  const int size = page::Size(request.page_size());
  auto challenges = store::ListChallenges(transaction, after, size + 1);
  v1::ListChallengesResponse response;
  if (static_cast<int>(challenges.size()) > size) {
    challenges.pop_back();
    response.set_next_page_token(page::Token(kListChallenges, Segment(challenges.back().name(), 1)));
  }
  for (auto& challenge : challenges) *response.add_challenges() = std::move(challenge);
  return response;
}

}  // namespace equity::workshops
