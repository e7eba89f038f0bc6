// Any calls of any RPCs by anybody, through the one request path of a server with all services.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/rpc/method.h"
#include "equity/operations/v1/operations.pb.h"
#include "google/protobuf/text_format.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/generic/generic_stub.h"
#include "tests/fuzz/request_maker.h"
#include "tests/fuzz/server.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t capacity);

namespace equity::fuzz {
namespace {

// What a server takes before it is replaced: with more in it, lists take longer and find nothing new.
constexpr int kCallsOfAServer = 30'000;
constexpr int kMostBackups = 5;

struct Role {
  const char* name;  // null: without a credential
  const char* organisation;
};
// Sixteen, and mostly those who may do something.
constexpr Role kRoles[16] = {
    {"central_team", ""},    {"partner", "rde"},      {"partner", "rgr"},   {"partner", "no-such"},
    {"facilitator", ""},     {"reference_group", ""}, {"analyst", ""},      {"service", ""},
    {"safeguarding", ""},    {nullptr, ""},           {"central_team", ""}, {"partner", "rde"},
    {"reference_group", ""}, {"central_team", ""},    {"partner", "rde"},   {"facilitator", ""}};

// What everything else needs.
constexpr std::pair<const char*, const char*> kBeginnings[] = {
    {"equity.participants.v1.OrganisationService.ImportOrganisations",
     R"(organisations { code { scheme: "LOCAL" value: "RDE" } display_name: "One" sector: SECTOR_NHS_TRUST id: "rde" }
        organisations { code { scheme: "LOCAL" value: "RGR" } display_name: "Two" sector: SECTOR_VCSE id: "rgr" }
        request_id: "$1")"},
    {"equity.workshops.v1.SessionService.ImportSessions",
     R"(sessions { workshop: "health-equity-challenge" date: "2021-08-12" start: "09:00" platform: "Zoom" capacity: "2" }
        sessions { workshop: "health-equity-challenge" date: "2021-08-17" start: "09:00" platform: "Zoom" capacity: "3" }
        request_id: "$1")"},
    {"equity.participants.v1.RegistrationService.SubmitRegistrations",
     R"(rows { row: 1 organisation: "RDE" external_ref: "zqx-1" given_name: "zqx" email: "zqx1@example.org"
               session_date: "2021-08-12" }
        rows { row: 2 organisation: "RGR" external_ref: "zqx-2" given_name: "zqx" email: "zqx2@example.org"
               session_date: "2021-08-12" on_full: "WAITLIST" }
        rows { row: 3 organisation: "RDE" external_ref: "zqx-3" family_name: "zqx" email: "zqx3@example.org" }
        request_id: "$1")"},
};

struct Answer {
  grpc::Status status;
  std::string body;  // of a stream, what came first
  bool silent = false;
};

class Bench {
 public:
  Bench() {
    for (const MethodDescriptor* method : AllMethods()) methods_.push_back(std::make_unique<rpc::Method>(method));
    Start();
  }

  void Play(const std::vector<Call>& calls) {
    if (calls_ > kCallsOfAServer) Start();
    Memory memory = memory_;
    ++salt_;
    for (const Call& call : calls) Make(call, memory);
  }

 private:
  static void Stop() {
    if (server_ == nullptr) return;
    CheckInvariants();
    tokens_.clear();
    server_.reset();
    std::fprintf(stderr, "CALLS %lld of %zu RPCs, %lld answered OK\n", static_cast<long long>(all_calls_),
                 AllMethods().size(), static_cast<long long>(all_ok_));
  }

  void Start() {
    if (server_ != nullptr) CheckInvariants();
    server_.reset();
    server_ = std::make_unique<Server>();
    calls_ = backups_ = 0;
    tokens_.clear();
    for (const Role& role : kRoles) {
      tokens_.push_back(role.name == nullptr ? "" : server_->Token(role.name, role.organisation));
    }
    memory_ = Memory();
    SetScene();
    StopAtExit(&Stop);
  }

  // Something of everything, made as the fuzzer makes it: what can be made on the first round, and then what needs
  // that.
  void SetScene() {
    for (const auto& [name, text] : kBeginnings) {
      const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(name);
      const auto request = NewMessage(method->input_type());
      google::protobuf::TextFormat::ParseFromString(text, request.get());
      ++salt_;
      if (!Make({.method = method, .role = 0, .request = request->SerializePartialAsString()}, memory_)) Report(name);
    }
    RequestMaker maker(1, [](uint8_t*, size_t size, size_t) { return size; });
    for (int round = 0; round < 6; ++round) {
      for (const auto& method : methods_) {
        if (method->reads_only || method->descriptor->server_streaming()) continue;
        bool makes = false;
        for (const char* verb : {"Create", "Add", "Import", "Register", "Submit", "Book", "Record", "Raise", "Set",
                                 "Propose", "Join", "Give", "Link", "Post", "Invite", "Enter"}) {
          makes = makes || absl::StartsWith(method->name, verb);
        }
        if (!makes || method->name == "CreateBackup") continue;
        for (const uint8_t role : {0, 1, 5, 4}) {
          if ((method->scopes & ScopeOf(role)) == 0) continue;
          Call call{.method = method->descriptor, .role = role, .request = ""};
          const auto request = NewMessage(method->descriptor->input_type());
          maker.Fill(*request, true);
          call.request = request->SerializePartialAsString();
          ++salt_;
          if (Make(call, memory_)) break;
        }
      }
    }
  }

  static uint32_t ScopeOf(uint8_t role) {
    const char* name = kRoles[role % 16].name;
    if (name == nullptr) return 0;
    for (int scope = 1; scope <= common::v1::Scope_MAX; ++scope) {
      if (absl::AsciiStrToLower(common::v1::Scope_Name(scope).substr(6)) == name) return 1u << scope;
    }
    return 0;
  }

  // Whether it was answered OK.
  bool Make(const Call& call, Memory& memory) {
    const rpc::Method& method = MethodOf(call.method);
    if (method.name == "CreateBackup" && ++backups_ > kMostBackups) return false;
    ++calls_;
    ++all_calls_;
    std::string bytes = call.request;
    const auto request = NewMessage(call.method->input_type());
    const bool whole = request->ParseFromString(bytes);
    if (whole) {
      memory.Resolve(*request, salt_);
      bytes = request->SerializeAsString();
    }
    const Answer answer = Send(*call.method, bytes, tokens_[call.role % 16]);
    if (answer.silent) return false;
    Judge(call, method, whole ? request.get() : nullptr, answer);
    if (!answer.status.ok() || answer.body.empty()) return answer.status.ok();
    ++all_ok_;
    const auto response = NewMessage(call.method->output_type());
    if (!response->ParseFromString(answer.body)) Found(call, request.get(), "the answer is no message");
    JudgeAnswer(call, method, *request, *response);
    memory.Learn(*response);
    if (method.name == "AdvanceBusinessTime") calls_ += kCallsOfAServer / 20;  // what is to come has soon passed
    // A write that is sent again has one effect and the same answer.
    if (method.request_id != nullptr && salt_ % 4 == 0) {
      const Answer again = Send(*call.method, bytes, tokens_[call.role % 16]);
      if (!again.status.ok()) Found(call, request.get(), "sent again, it is refused: " + again.status.error_message());
      if (again.body != answer.body) Found(call, request.get(), "sent again, it is answered otherwise");
    }
    return true;
  }

  const rpc::Method& MethodOf(const MethodDescriptor* descriptor) const {
    for (const auto& method : methods_) {
      if (method->descriptor == descriptor) return *method;
    }
    std::abort();
  }

  static Answer Send(const MethodDescriptor& method, const std::string& request, const std::string& token) {
    const bool streams = method.server_streaming();
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() +
                         (streams ? std::chrono::milliseconds(50) : std::chrono::milliseconds(30'000)));
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
    grpc::CompletionQueue queue;
    const auto wait = [&queue] {
      void* tag = nullptr;
      bool ok = false;
      return queue.Next(&tag, &ok) && ok;
    };
    const grpc::Slice slice(request);
    const grpc::ByteBuffer bytes(&slice, 1);
    const std::string path = absl::StrCat("/", method.service()->full_name(), "/", method.name());
    grpc::GenericStub stub(streams ? server_->socket() : server_->channel());
    Answer answer;
    grpc::ByteBuffer body;
    if (!streams) {
      const auto call = stub.PrepareUnaryCall(&context, path, bytes, &queue);
      call->StartCall();
      call->Finish(&body, &answer.status, nullptr);
      wait();
    } else {
      const auto call = stub.PrepareCall(&context, path, &queue);
      call->StartCall(nullptr);
      if (wait()) {
        call->WriteLast(bytes, grpc::WriteOptions(), nullptr);
        wait();
        call->Read(&body, nullptr);
        if (wait()) context.TryCancel();
      }
      call->Finish(&answer.status, nullptr);
      wait();
      // That we hung up is no refusal, and nothing can be said of a stream that said nothing for long.
      const auto code = answer.status.error_code();
      answer.silent = code == grpc::StatusCode::DEADLINE_EXCEEDED;
      if (code == grpc::StatusCode::CANCELLED) answer.status = grpc::Status::OK;
    }
    queue.Shutdown();
    grpc::Slice whole;
    if (body.Valid() && body.DumpToSingleSlice(&whole).ok()) {
      answer.body.assign(reinterpret_cast<const char*>(whole.begin()), whole.size());
    }
    return answer;
  }

  // What must hold of every answer.
  void Judge(const Call& call, const rpc::Method& method, const Message* request, const Answer& answer) const {
    using Code = grpc::StatusCode;
    const grpc::Status& status = answer.status;
    for (const Code code :
         {Code::INTERNAL, Code::UNKNOWN, Code::UNIMPLEMENTED, Code::DATA_LOSS, Code::DEADLINE_EXCEEDED}) {
      if (status.error_code() == code) Found(call, request, absl::StrCat("code ", code, ": ", status.error_message()));
    }
    const std::string said = absl::StrCat(status.error_message(), status.error_details());
    if (!status.ok() && absl::StrContains(said, kMark)) Found(call, request, "an error repeats the request: " + said);
    const uint32_t scope = ScopeOf(call.role);
    const bool let_in = method.is_public || (method.scopes & scope) != 0;
    const Code refusal = scope == 0 ? Code::UNAUTHENTICATED : Code::PERMISSION_DENIED;
    if (request != nullptr && !let_in && status.error_code() != refusal) Found(call, request, "who may not is let in");
    if (!status.ok() && !answer.body.empty() && !method.descriptor->server_streaming()) {
      Found(call, request, "a refusal comes with an answer");
    }
    if (status.ok() && request == nullptr && !method.descriptor->server_streaming()) {
      Found(call, request, "what is no message is accepted");
    }
    if (status.ok() && request != nullptr && !method.descriptor->server_streaming() &&
        !method.request.Check(*request).empty()) {
      Found(call, request, "a request against the rules of its fields is accepted");
    }
  }

  // A partner is told nothing of other organisations where the contract says OWN.
  void JudgeAnswer(const Call& call, const rpc::Method& method, const Message& request, const Message& response) const {
    const std::string organisation = kRoles[call.role % 16].organisation;
    if (method.tenant != common::v1::TENANT_RULE_OWN || organisation.empty()) return;
    for (const std::string& name : NamesIn(response)) {
      if (rpc::OrganisationOf(name) != organisation) Found(call, &request, "names what is another's: " + name);
    }
  }

  static std::vector<std::string> NamesIn(const Message& message) {
    std::vector<std::string> names;
    const auto* reflection = message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      const int size = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
      for (int i = 0; i < size; ++i) {
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
          std::string text = field->is_repeated() ? reflection->GetRepeatedString(message, field, i)
                                                  : reflection->GetString(message, field);
          if (absl::StartsWith(text, "organisations/")) names.push_back(std::move(text));
        } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
          for (std::string& name : NamesIn(field->is_repeated() ? reflection->GetRepeatedMessage(message, field, i)
                                                                : reflection->GetMessage(message, field))) {
            names.push_back(std::move(name));
          }
        }
      }
    }
    return names;
  }

  static void CheckInvariants() {
    const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
        "equity.operations.v1.OperationsService.CheckInvariants");
    const Answer answer = Send(*method, "", tokens_[0]);
    operations::v1::CheckInvariantsResponse response;
    if (!answer.status.ok() || !response.ParseFromString(answer.body)) {
      Report("invariants cannot be checked: " + answer.status.error_message());
    }
    if (response.violations_size() > 0) Report("violated: " + response.violations(0).Utf8DebugString());
  }

  // With EQUITY_FUZZ_GO_ON it goes on, to see what else there is, and tells each only once.
  static void Found(const Call& call, const Message* request, const std::string& what) {
    static std::set<std::string> told;
    static const bool goes_on = std::getenv("EQUITY_FUZZ_GO_ON") != nullptr;
    if (goes_on && !told.insert(absl::StrCat(call.method->full_name(), what.substr(0, 20))).second) return;
    const Role& role = kRoles[call.role % 16];
    (goes_on ? &Tell : &Report)(absl::StrCat(what, "\n", call.method->full_name(), " as ",
                                             role.name == nullptr ? "nobody" : role.name, " ", role.organisation, "\n",
                                             request == nullptr ? "no message" : request->Utf8DebugString()));
  }

  static inline std::unique_ptr<Server> server_;
  static inline std::vector<std::string> tokens_;
  static inline int64_t all_calls_ = 0, all_ok_ = 0;
  std::vector<std::unique_ptr<rpc::Method>> methods_;
  Memory memory_;  // what a server knows in the beginning
  int calls_ = 0, backups_ = 0;
  uint64_t salt_ = 0;
};

size_t Bend(uint8_t* data, size_t size, size_t capacity) { return LLVMFuzzerMutate(data, size, capacity); }

size_t Put(const std::vector<Call>& calls, uint8_t* data, size_t capacity) {
  const std::string bytes = Encode(calls);
  if (bytes.size() > capacity) return 0;
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}

}  // namespace
}  // namespace equity::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static auto* const bench = new equity::fuzz::Bench();
  bench->Play(equity::fuzz::Decode({reinterpret_cast<const char*>(data), size}));
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t capacity, unsigned seed) {
  using namespace equity::fuzz;
  auto calls = Decode({reinterpret_cast<const char*>(data), size});
  RequestMaker(seed, Bend).Change(calls);
  const size_t made = Put(calls, data, capacity);
  return made > 0 ? made : size;
}

// What one input does first, and then what the other does; or, where both call the same RPC, both requests in one.
extern "C" size_t LLVMFuzzerCustomCrossOver(const uint8_t* data1, size_t size1, const uint8_t* data2, size_t size2,
                                            uint8_t* out, size_t capacity, unsigned seed) {
  using namespace equity::fuzz;
  auto first = Decode({reinterpret_cast<const char*>(data1), size1});
  const auto second = Decode({reinterpret_cast<const char*>(data2), size2});
  if (first.empty() || second.empty()) return 0;
  const Call& other = second[seed % second.size()];
  for (Call& call : first) {
    if (call.method != other.method) continue;
    const auto one = NewMessage(call.method->input_type()), two = NewMessage(call.method->input_type());
    one->ParsePartialFromString(call.request);
    two->ParsePartialFromString(other.request);
    one->MergeFrom(*two);
    call.request = one->SerializePartialAsString();
    return Put(first, out, capacity);
  }
  first.resize(1 + seed % first.size());
  for (size_t i = 0; i < second.size() && first.size() < kMostCalls; ++i) first.push_back(second[i]);
  return Put(first, out, capacity);
}
