#include "services/reference_group/search/search.h"

#include "common/status/macros.h"
#include "services/reference_group/group.h"
#include "services/reference_group/knowledge/knowledge.h"
#include "services/reference_group/knowledge/store.h"
#include "services/reference_group/pages.h"
#include "services/reference_group/search/index.h"
#include "services/reference_group/values.h"

namespace equity::referencegroup {
namespace {

constexpr int kSimilar = 5;

}  // namespace

absl::StatusOr<v1::SearchItemsResponse> SearchItems(const rpc::Context& context, sql::ReadTransaction& transaction,
                                                    const v1::SearchItemsRequest& request) {
  const Reader reader = ReaderOf(context);
  const std::string binding = absl::StrCat("SearchItems|", request.query(), "|", static_cast<int>(request.type()), "|");
  ASSIGN_OR_RETURN(const int64_t offset, After(binding, request.page_token()));
  const int size = page::Size(request.page_size());
  const search::Question question{.query = request.query(),
                                  .type = static_cast<int>(request.type()),
                                  .today = DayText(context.now()),
                                  .offset = offset,
                                  .limit = size};
  const Synonyms& synonyms = GroupOf(context).synonyms;
  const search::Result result = search::Find(transaction, reader, synonyms, question);
  v1::SearchItemsResponse response;
  response.set_synonyms(synonyms.version());
  response.set_total_size(static_cast<int32_t>(search::Count(transaction, reader, result.expression, question)));
  for (const search::Hit& hit : result.hits) {
    v1::SearchHit& shown = *response.add_hits();
    *shown.mutable_item() = ViewOf(context, *store::FindItem(transaction, hit.number));
    shown.set_snippet(search::Snippet(transaction, result.expression, hit.number));
    shown.set_exact_title(hit.exact_title);
  }
  const int64_t shown = offset + response.hits_size();
  if (shown < response.total_size()) response.set_next_page_token(page::Token(binding, std::to_string(shown)));
  return response;
}

std::vector<std::string> SimilarItems(const rpc::Context& context, sql::ReadTransaction& transaction,
                                      const Reader& reader, const std::string& title) {
  const search::Question question{.query = title, .today = DayText(context.now()), .limit = kSimilar};
  std::vector<std::string> items;
  for (const auto& hit : search::Find(transaction, reader, GroupOf(context).synonyms, question).hits) {
    items.push_back(store::FindItem(transaction, hit.number)->message.name());
  }
  return items;
}

}  // namespace equity::referencegroup
