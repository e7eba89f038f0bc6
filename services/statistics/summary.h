// The numbers of a challenge at a glance.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/feed/position.h"
#include "common/sql/sql.h"
#include "equity/statistics/v1/statistics.pb.h"
#include "services/statistics/model/progress.h"
#include "services/statistics/numbers.h"

namespace equity::statistics {

absl::StatusOr<v1::GetSummaryResponse> Summarise(sql::ReadTransaction& transaction, int64_t generation,
                                                 const std::string& challenge, const Admission& admission,
                                                 absl::Time now);

// How old the numbers of an answer are, a summary's or a table's.
template <class Answer>
void DescribeProgress(const Progress& progress, Answer& answer) {
  feed::Position position = progress.position;
  std::erase_if(position, [](const auto& service) { return service.second == 0; });  // as GetFeedPosition says it
  answer.set_feed_position(feed::Format(position));
  if (progress.newest == absl::InfinitePast()) return;
  const int64_t micros = absl::ToUnixMicros(progress.newest);
  answer.mutable_data_as_of()->set_seconds(micros / 1000000);
  answer.mutable_data_as_of()->set_nanos(static_cast<int32_t>(micros % 1000000) * 1000);
}

}  // namespace equity::statistics
