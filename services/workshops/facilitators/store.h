// The tables of facilitators.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/sql/sql.h"
#include "equity/workshops/v1/facilitators.pb.h"

namespace equity::workshops::store {

// A facilitator as kept, with the consent that holds on the day asked for, and the texts that it covers.
struct Facilitator {
  int64_t number = 0;
  v1::Facilitator message;
};

std::optional<Facilitator> FindFacilitator(sql::ReadTransaction& transaction, std::string_view id,
                                           std::string_view today);
// By the last part of the participant's name.
std::optional<std::string> FacilitatorOfPerson(sql::ReadTransaction& transaction, std::string_view participant);

// Which facilitators a list holds.
struct FacilitatorFilter {
  std::string_view today;
  bool show_retired = false;
  int audience = 0;     // only those who let this audience see something; 0 for all
  int64_t session = 0;  // only those of this one; 0 for all
};
std::vector<Facilitator> ListFacilitators(sql::ReadTransaction& transaction, const FacilitatorFilter& filter,
                                          int64_t after, int limit);

// Without sessions and consent.
int64_t InsertFacilitator(sql::Transaction& transaction, std::string_view id, const v1::Facilitator& facilitator,
                          absl::Time now);
// Its texts and whether it is retired.
void UpdateFacilitator(sql::Transaction& transaction, int64_t number, const v1::Facilitator& facilitator,
                       absl::Time now);
void SetFacilitatorSessions(sql::Transaction& transaction, int64_t number, const std::vector<int64_t>& sessions);
void SetFacilitatorOrganisation(sql::Transaction& transaction, std::string_view participant,
                                std::string_view organisation);

// Takes the place of the one that stands.
void InsertFacilitatorConsent(sql::Transaction& transaction, int64_t number, const v1::FacilitatorConsent& consent,
                              absl::Time now);
// Whether there was one.
bool WithdrawFacilitatorConsent(sql::Transaction& transaction, int64_t number, absl::Time now);
// Ids of facilitators whose consent ended before today and was not withdrawn yet.
std::vector<std::string> EndedFacilitatorConsents(sql::ReadTransaction& transaction, std::string_view today, int limit);

std::vector<const sql::Sql*> FacilitatorStatements();

}  // namespace equity::workshops::store
