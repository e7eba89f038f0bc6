#include "services/statistics/summary.h"

#include <algorithm>
#include <map>

#include "common/status/macros.h"
#include "services/statistics/tables/tables.h"

namespace equity::statistics {
namespace {

class Summary {
 public:
  Summary(sql::ReadTransaction& transaction, int64_t generation, Challenge challenge, const Admission& admission,
          absl::Time now)
      : transaction_(transaction),
        generation_(generation),
        challenge_(std::move(challenge)),
        admission_(admission),
        now_(now) {}

  absl::StatusOr<v1::GetSummaryResponse> Run() {
    v1::GetSummaryResponse response;
    response.set_challenge(challenge_.name);
    response.set_tier(admission_.tier);
    RETURN_IF_ERROR(AddFunnel(response));
    RETURN_IF_ERROR(AddSessions(response));
    DescribeProgress(ReadProgress(transaction_, generation_), response);
    return response;
  }

 private:
  absl::Status AddFunnel(v1::GetSummaryResponse& response) {
    for (const char* id : {"people.registered", "people.seated", "people.waiting", "people.attended"}) {
      ASSIGN_OR_RETURN(const auto cells, Ask(id, {}, admission_));
      v1::Cell& cell = *response.add_funnel();
      cell = cells.front();
      cell.set_category(id);
    }
    return absl::OkStatus();
  }

  absl::Status AddSessions(v1::GetSummaryResponse& response) {
    const Admission publishable{v1::TIER_PUBLISHABLE, ""};
    // Exact attendance of everybody is for who may have exact numbers of everybody.
    const Admission& attendance = admission_.organisation.empty() ? admission_ : publishable;
    ASSIGN_OR_RETURN(const auto seated, BySession("places.taken", publishable));
    ASSIGN_OR_RETURN(const auto waiting, BySession("places.waiting", publishable));
    ASSIGN_OR_RETURN(const auto attended, BySession("people.attended", attendance));
    std::vector<Session> sessions = SessionsOf(transaction_, generation_, challenge_);
    std::stable_sort(sessions.begin(), sessions.end(), [](auto& a, auto& b) { return a.date < b.date; });
    for (const Session& session : sessions) {
      v1::SessionNumbers& numbers = *response.add_sessions();
      numbers.set_session(session.name);
      numbers.set_date(session.date);
      numbers.set_capacity(static_cast<int32_t>(session.capacity));
      numbers.set_seated(seated.at(session.name).value());
      numbers.set_waiting(waiting.at(session.name).value());
      *numbers.mutable_attended() = attended.at(session.name);
      numbers.set_cancelled(session.cancelled);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::map<std::string, v1::Cell>> BySession(const char* measure, const Admission& admission) {
    ASSIGN_OR_RETURN(const auto cells, Ask(measure, {v1::DIMENSION_SESSION}, admission));
    std::map<std::string, v1::Cell> by_session;
    for (const v1::Cell& cell : cells) by_session[cell.category()] = cell;
    return by_session;
  }

  absl::StatusOr<std::vector<v1::Cell>> Ask(const char* measure, std::vector<v1::Dimension> dimensions,
                                            const Admission& admission) {
    return Tabulate(transaction_, {generation_, challenge_, FindMeasure(measure), std::move(dimensions), admission.tier,
                                   admission.organisation, now_});
  }

  sql::ReadTransaction& transaction_;
  const int64_t generation_;
  const Challenge challenge_;
  const Admission& admission_;
  const absl::Time now_;
};

}  // namespace

absl::StatusOr<v1::GetSummaryResponse> Summarise(sql::ReadTransaction& transaction, int64_t generation,
                                                 const std::string& name, const Admission& admission, absl::Time now) {
  ASSIGN_OR_RETURN(Challenge challenge, FindChallenge(transaction, generation, name));
  return Summary(transaction, generation, std::move(challenge), admission, now).Run();
}

}  // namespace equity::statistics
