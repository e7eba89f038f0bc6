// Pages of the parts of a plan: by number, after the last one of the former page.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "common/page/page.h"
#include "common/rpc/context.h"
#include "common/status/errors.h"
#include "common/status/macros.h"
#include "services/benefit_plans/plans/present.h"
#include "services/benefit_plans/store/parts.h"

namespace equity::benefit_plans {

// A part by its name; NOT_FOUND also where its plan is of another organisation than the name says.
template <class Part>
absl::StatusOr<Part> FindOne(const rpc::Context& context, sql::ReadTransaction& transaction, const std::string& name) {
  RETURN_IF_ERROR(Find(context, transaction, name).status());
  auto part = store::FindPart<Part>(transaction, name);
  if (!part) return status::NotFound();
  return *std::move(part);
}

// How many of these go into a page: no more than `size`, nor than a message should hold, but one at least.
inline constexpr size_t kPageBytes = 1 << 20;
template <class Part>
size_t Fitting(const std::vector<Part>& parts, int size) {
  size_t bytes = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    bytes += parts[i].ByteSizeLong();
    if (i == static_cast<size_t>(size) || (i > 0 && bytes > kPageBytes)) return i;
  }
  return parts.size();
}

// A page of the parts below `request.parent()`; `add` makes room for one in the response.
template <class Part, class Request, class Response, class Add>
absl::StatusOr<Response> ListPage(const rpc::Context& context, sql::ReadTransaction& transaction,
                                  const Request& request, Add&& add) {
  RETURN_IF_ERROR(Find(context, transaction, request.parent()).status());
  const std::string binding = absl::StrCat(store::Particulars<Part>::kCollection, "|", request.parent());
  ASSIGN_OR_RETURN(const std::string key, page::Key(binding, request.page_token()));
  int64_t after = 0;
  if (!key.empty() && !absl::SimpleAtoi(key, &after)) return status::InvalidPageToken();
  const int size = page::Size(request.page_size());
  auto parts = store::ListParts<Part>(transaction, request.parent(), after, size + 1);
  Response response;
  const size_t shown = Fitting(parts, size);
  if (shown < parts.size()) {
    parts.resize(shown);
    const std::string& last = parts.back().name();
    response.set_next_page_token(page::Token(binding, last.substr(last.rfind('/') + 1)));
  }
  for (Part& part : parts) *add(response) = std::move(part);
  return response;
}

}  // namespace equity::benefit_plans
