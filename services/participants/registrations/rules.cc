#include "services/participants/registrations/rules.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "common/strings.h"
#include "common/text/text.h"

namespace equity::participants::registrations {
namespace {

constexpr std::string_view kColumns[] = {"external_ref", "organisation", "given_name",   "family_name", "email",
                                         "job_title",    "access_needs", "session_date", "on_full"};

size_t Column(std::string_view field) {
  return static_cast<size_t>(std::find(std::begin(kColumns), std::end(kColumns), field) - std::begin(kColumns));
}

Fault ControlCharacter(const std::string& field) {
  return {"CONTROL_CHARACTER", field, "contains a control character, such as a tab or a line break",
          absl::StrCat("Remove it from ", field, ".")};
}

Fault WrongAccessNeeds() {
  return {"INVALID_VALUE", "access_needs",
          "has something other than BREAKS, LARGE_PRINT, EASY_READ, BSL_INTERPRETED, BSL_LED, CAPTIONS and OTHER:text",
          "Separate the needs by semicolons; write what has no code as OTHER:text, once."};
}

// BREAKS;LARGE_PRINT;OTHER:text, in any order and case.
void ReadAccessNeeds(const std::string& text, Reading& reading) {
  if (text::HasControl(text)) return AddFault(reading.faults, ControlCharacter("access_needs"));
  for (const absl::string_view part : absl::StrSplit(text, ';')) {
    const std::string_view item = text::Trim(ToStd(part));
    if (item.empty()) continue;
    const size_t colon = item.find(':');
    const std::string code = absl::AsciiStrToUpper(ToAbsl(text::Trim(item.substr(0, colon))));
    v1::AccessNeed need = v1::ACCESS_NEED_UNSPECIFIED;
    const bool known = v1::AccessNeed_Parse("ACCESS_NEED_" + code, &need) && need != v1::ACCESS_NEED_UNSPECIFIED;
    const std::string rest = colon == item.npos ? "" : Clean(item.substr(colon + 1));
    const bool again = need == v1::ACCESS_NEED_OTHER && !reading.person.other_access_need.empty();
    if (!known || again || (need == v1::ACCESS_NEED_OTHER) != !rest.empty()) {
      reading.person.access_needs = 0;
      reading.person.other_access_need.clear();
      return AddFault(reading.faults, WrongAccessNeeds());
    }
    reading.person.access_needs |= 1u << need;
    if (!rest.empty()) reading.person.other_access_need = rest;
  }
}

bool IsDate(const std::string& text) {
  absl::CivilDay day;
  return text.size() == 10 && text[4] == '-' && text[7] == '-' && absl::ParseCivilTime(text, &day) &&
         absl::FormatCivilTime(day) == text;
}

void ReadSession(const v1::RegistrationRow& row, Reading& reading) {
  reading.session_date = Clean(row.session_date());
  if (!reading.session_date.empty() && !IsDate(reading.session_date)) {
    AddFault(reading.faults, {"INVALID_DATE", "session_date", "is not a date that exists, written as YYYY-MM-DD",
                              "Write the date of the session as in 2021-07-27."});
  }
  const std::string on_full = absl::AsciiStrToUpper(Clean(row.on_full()));
  if (on_full.empty()) return;
  const bool known = workshops::v1::OnFull_Parse("ON_FULL_" + on_full, &reading.on_full) &&
                     reading.on_full != workshops::v1::ON_FULL_UNSPECIFIED;
  if (known) return;
  AddFault(reading.faults, {"INVALID_VALUE", "on_full", "is none of REJECT, WAITLIST and NEXT_DATE",
                            "Write one of them, or nothing for REJECT."});
}

}  // namespace

Reading Read(const v1::RegistrationRow& row) {
  Reading reading{.row = row.row(),
                  .person = {.external_ref = Clean(row.external_ref()),
                             .given_name = Clean(row.given_name()),
                             .family_name = Clean(row.family_name()),
                             .email = Clean(row.email()),
                             .job_title = Clean(row.job_title())},
                  .organisation = Clean(row.organisation())};
  ReadAccessNeeds(Clean(row.access_needs()), reading);
  for (Fault& fault : PersonFaults(reading.person)) AddFault(reading.faults, std::move(fault));
  if (text::HasControl(reading.organisation)) AddFault(reading.faults, ControlCharacter("organisation"));
  ReadSession(row, reading);
  return reading;
}

void AddFault(std::vector<Fault>& faults, Fault fault) {
  const auto after = std::find_if(faults.begin(), faults.end(),
                                  [&](const Fault& each) { return Column(each.field) > Column(fault.field); });
  faults.insert(after, std::move(fault));
}

Fault NoOrganisationNamed() {
  return {"MISSING_FIELD", "organisation", "is missing", "Give the organisation's code, such as RDE or ODS:RDE."};
}
Fault NoSuchOrganisation() {
  return {"NO_SUCH_ORGANISATION", "organisation", "is not an organisation that you can register staff for",
          "Correct the code, leave it empty for your own organisation, or ask the central team to add it."};
}
Fault AmbiguousOrganisation() {
  return {"AMBIGUOUS_ORGANISATION", "organisation", "could mean more than one organisation",
          "Write scheme and code, such as ODS:RDE."};
}
Fault DuplicateInFile() {
  return {"DUPLICATE_IN_FILE", "external_ref", "was in an earlier row of this file with other details",
          "Keep the row that is right, or correct external_ref where these are two people."};
}
Fault EmailInUse() {
  return {"EMAIL_IN_USE", "email", "is the address of somebody else in the organisation",
          "Correct the address, or external_ref where this is the same person."};
}
Fault EmailInProgress() {
  return {"TRY_AGAIN", "email", "is being registered for somebody else in the organisation at this moment",
          "Send the row again in a minute; correct the address if it is refused again."};
}
Fault ParticipantMoved() {
  return {"PARTICIPANT_MOVED", "external_ref", "is that of a person who moved to another organisation",
          "Remove the row, or ask the central team to move the person back."};
}
Fault BatchRefused() {
  return {"BATCH_REFUSED", "", "The row was refused because another row of the batch was",
          "Correct the other rows, and send the batch again."};
}

Fault Refused(const std::string& code) {
  if (code == "BATCH_REFUSED") return BatchRefused();
  if (code == "NO_SUCH_SESSION") {
    return {code, "session_date", "is not the date of a session", "Choose a date from the list of sessions."};
  }
  if (code == "AMBIGUOUS_SESSION") {
    return {code, "session_date", "is the date of more than one session", "Say which workshop the file is for."};
  }
  if (code == "SESSION_CANCELLED") {
    return {code, "session_date", "is the date of a session that was cancelled", "Choose another date."};
  }
  if (code == "SESSION_IN_PAST") {
    return {code, "session_date", "is the date of a session that has begun already", "Choose a later date."};
  }
  if (code == "SESSION_FULL") {
    return {code, "session_date", "is the date of a session that is full",
            "Choose another date, or set on_full to WAITLIST or NEXT_DATE."};
  }
  return {"TRY_AGAIN", "session_date", "could not be booked at the moment", "Send the row again in a minute."};
}

std::string Message(const std::vector<Fault>& faults) {
  std::string message;
  for (const Fault& fault : faults) {
    absl::StrAppend(&message, message.empty() ? "" : " ", fault.field, fault.field.empty() ? "" : " ", fault.what, ".");
  }
  return message;
}

std::string Fix(const std::vector<Fault>& faults) {
  std::string fix;
  for (const Fault& fault : faults) absl::StrAppend(&fix, fix.empty() ? "" : " ", fault.fix);
  return fix;
}

bool IsRetryable(const std::string& code) {
  return code == "SESSION_FULL" || code == "TRY_AGAIN" || code == "BATCH_REFUSED";
}

Person Merge(const Person& known, const Person& row) {
  Person merged = row;
  if (row.job_title.empty()) merged.job_title = known.job_title;
  if (row.access_needs == 0) {
    merged.access_needs = known.access_needs;
    merged.other_access_need = known.other_access_need;
  }
  return merged;
}

}  // namespace equity::participants::registrations
