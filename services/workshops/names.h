// Resource names, put together and taken apart. The runtime has checked the shape of those in requests.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace equity::workshops {

// The part of a name between its slashes, counted from 0.
inline std::string_view Segment(std::string_view name, int index) {
  while (index-- > 0) name.remove_prefix(name.find('/') + 1);
  return name.substr(0, name.find('/'));
}

inline std::string Joined(std::initializer_list<std::string_view> parts) {
  size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  std::string text;
  text.reserve(size);
  for (const std::string_view part : parts) text.append(part);
  return text;
}

inline std::string ChallengeName(std::string_view id) { return Joined({"challenges/", id}); }
inline std::string WorkshopName(std::string_view id) { return Joined({"workshops/", id}); }
inline std::string SessionName(std::string_view workshop, std::string_view id) {
  return Joined({"workshops/", workshop, "/sessions/", id});
}
inline std::string OrganisationName(std::string_view id) { return Joined({"organisations/", id}); }
inline std::string ParticipantName(std::string_view organisation, std::string_view id) {
  return Joined({"organisations/", organisation, "/participants/", id});
}
inline std::string BookingName(std::string_view organisation, std::string_view id) {
  return Joined({"organisations/", organisation, "/bookings/", id});
}
inline std::string FacilitatorName(std::string_view id) { return Joined({"facilitators/", id}); }
inline std::string QuizName(std::string_view workshop, std::string_view session, std::string_view id) {
  return Joined({"workshops/", workshop, "/sessions/", session, "/quizzes/", id});
}

// `organisations/{organisation}/...`
inline std::string_view OrganisationId(std::string_view name) { return Segment(name, 1); }
// `.../participants/{id}`, `.../bookings/{id}`, `.../sessions/{id}`
inline std::string_view ChildId(std::string_view name) { return Segment(name, 3); }

}  // namespace equity::workshops
