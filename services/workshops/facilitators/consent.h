// What a facilitator's consent means for the facilitator's texts.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "common/rpc/context.h"
#include "common/status/errors.h"
#include "equity/workshops/v1/facilitators.pb.h"

namespace equity::workshops {

inline bool Covers(const v1::Facilitator& facilitator, v1::FacilitatorConsent::Aspect aspect) {
  const auto& aspects = facilitator.consent().aspects();
  return std::find(aspects.begin(), aspects.end(), aspect) != aspects.end();
}

// Whether the facilitator's consent covers every text that there is.
inline bool CoversTexts(const v1::Facilitator& facilitator) {
  using Consent = v1::FacilitatorConsent;
  return (facilitator.public_name().empty() || Covers(facilitator, Consent::ASPECT_NAME)) &&
         (facilitator.biography().empty() || Covers(facilitator, Consent::ASPECT_BIOGRAPHY)) &&
         (facilitator.lived_experience().empty() || Covers(facilitator, Consent::ASPECT_LIVED_EXPERIENCE));
}

inline void EraseUncovered(v1::Facilitator& facilitator) {
  using Consent = v1::FacilitatorConsent;
  if (!Covers(facilitator, Consent::ASPECT_NAME)) facilitator.clear_public_name();
  if (!Covers(facilitator, Consent::ASPECT_BIOGRAPHY)) facilitator.clear_biography();
  if (!Covers(facilitator, Consent::ASPECT_LIVED_EXPERIENCE)) facilitator.clear_lived_experience();
}

inline bool SameConsent(const v1::FacilitatorConsent& one, const v1::FacilitatorConsent& other) {
  return one.audience() == other.audience() && one.expire_date() == other.expire_date() &&
         std::equal(one.aspects().begin(), one.aspects().end(), other.aspects().begin(), other.aspects().end());
}

// `prefix` is the path of the consent's fields.
inline void AddFaults(const v1::FacilitatorConsent& consent, const std::string& prefix, const std::string& today,
                      std::vector<status::FieldFault>& faults) {
  const auto& aspects = consent.aspects();
  if (aspects.empty() || std::count(aspects.begin(), aspects.end(), v1::FacilitatorConsent::ASPECT_UNSPECIFIED) > 0) {
    faults.push_back({prefix + "aspects", "must be set"});
  }
  if (consent.audience() == v1::FacilitatorConsent::AUDIENCE_UNSPECIFIED) {
    faults.push_back({prefix + "audience", "must be set"});
  }
  if (!consent.expire_date().empty() && consent.expire_date() < today) {
    faults.push_back({prefix + "expire_date", "must not be in the past"});
  }
}

// Among whom the caller is.
inline v1::FacilitatorConsent::Audience AudienceOf(const rpc::Context& context) {
  const auth::Principal& caller = context.caller();
  const bool team = caller.Has(auth::Scope::SCOPE_CENTRAL_TEAM) || caller.Has(auth::Scope::SCOPE_FACILITATOR);
  return team && !caller.IsBound() ? v1::FacilitatorConsent::AUDIENCE_TEAM : v1::FacilitatorConsent::AUDIENCE_ICS;
}

// Takes away what is not for this audience. False where nothing is left: then there is no such facilitator for it.
inline bool Narrow(v1::FacilitatorConsent::Audience audience, v1::Facilitator& facilitator) {
  if (audience == v1::FacilitatorConsent::AUDIENCE_TEAM) return true;
  if (facilitator.retired() || facilitator.consent().audience() < audience) return false;
  facilitator.clear_participant();
  facilitator.clear_consent();
  return !facilitator.public_name().empty() || !facilitator.biography().empty() ||
         !facilitator.lived_experience().empty();
}

}  // namespace equity::workshops
