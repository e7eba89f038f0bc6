#include "services/gateway/csv_export.h"

#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/gateway/errors.h"
#include "services/gateway/forward.h"

namespace equity::gateway {
namespace {

namespace pb = google::protobuf;

// Rows a page: some 200 KiB at most.
constexpr int kPageSize = 500;

class CsvExport : public std::enable_shared_from_this<CsvExport> {
 public:
  CsvExport(ExchangePtr exchange, Upstream& upstream, const Contract& contract, const Operation& operation,
            const CsvForm& form, Outgoing outgoing, std::unique_ptr<pb::Message> request)
      : exchange_(std::move(exchange)),
        upstream_(upstream),
        contract_(contract),
        operation_(operation),
        form_(form),
        outgoing_(std::move(outgoing)),
        request_(std::move(request)) {
    const pb::Descriptor& type = *request_->GetDescriptor();
    const pb::Reflection& reflection = *request_->GetReflection();
    page_token_ = type.FindFieldByName("page_token");
    next_page_token_ = operation.method->output_type()->FindFieldByName("next_page_token");
    const pb::FieldDescriptor* page_size = type.FindFieldByName("page_size");
    if (page_size == nullptr || page_token_ == nullptr) return;
    one_page_ = reflection.GetInt32(*request_, page_size) != 0 || !reflection.GetString(*request_, page_token_).empty();
    if (!one_page_) reflection.SetInt32(request_.get(), page_size, kPageSize);
  }

  void Fetch() {
    outgoing_.request = request_->SerializeAsString();
    outgoing_.deadline = absl::Now() + kLongestCall;
    const auto self = shared_from_this();
    const auto call = upstream_.Unary(outgoing_, [self](grpc::Status status, std::string bytes) {
      self->exchange_->Post(
          [self, status = std::move(status), bytes = std::move(bytes)] { self->HasPage(status, bytes); });
    });
    exchange_->OnGone([call] { call->Cancel(); });
  }

 private:
  void HasPage(const grpc::Status& status, const std::string& bytes) {
    if (!status.ok()) return begun_ ? exchange_->Abort() : exchange_->Reply(ErrorResponse(FromUpstream(status)));
    const auto page = contract_.New(*operation_.method->output_type());
    page->ParseFromString(bytes);
    std::ostringstream text;
    csv::Writer writer(text);
    if (!begun_) writer.TextRecord(form_.columns());
    form_.WriteRows(*page, writer);
    const std::string next =
        next_page_token_ == nullptr ? "" : page->GetReflection()->GetString(*page, next_page_token_);
    if (!begun_ && (next.empty() || one_page_)) return exchange_->Reply(Head(text.str(), next));
    if (begun_) return Continue(text.str(), next);
    begun_ = true;
    exchange_->Begin(Head("", ""),
                     [self = shared_from_this(), text = text.str(), next] { self->Continue(text, next); });
  }

  void Continue(std::string text, const std::string& next) {
    exchange_->Write(std::move(text), [self = shared_from_this(), next] {
      if (next.empty()) return self->exchange_->End();
      self->request_->GetReflection()->SetString(self->request_.get(), self->page_token_, next);
      self->Fetch();
    });
  }

  Response Head(std::string body, const std::string& next) const {
    Response response{.content_type = "text/csv; charset=utf-8; header=present", .body = std::move(body)};
    response.headers.emplace_back("Content-Disposition",
                                  absl::StrCat("attachment; filename=\"", form_.name(), ".csv\""));
    response.headers.emplace_back("Vary", "Accept");
    if (!next.empty()) response.headers.emplace_back("Next-Page-Token", next);
    return response;
  }

  const ExchangePtr exchange_;
  Upstream& upstream_;
  const Contract& contract_;
  const Operation& operation_;
  const CsvForm& form_;
  Outgoing outgoing_;
  const std::unique_ptr<pb::Message> request_;
  const pb::FieldDescriptor* page_token_ = nullptr;
  const pb::FieldDescriptor* next_page_token_ = nullptr;
  bool one_page_ = false;
  bool begun_ = false;
};

}  // namespace

void ExportCsv(const ExchangePtr& exchange, Upstream& upstream, const Contract& contract, const Operation& operation,
               const CsvForm& form, Outgoing outgoing, std::unique_ptr<pb::Message> request) {
  std::make_shared<CsvExport>(exchange, upstream, contract, operation, form, std::move(outgoing), std::move(request))
      ->Fetch();
}

}  // namespace equity::gateway
