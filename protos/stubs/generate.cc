// stubs-generator DESCRIPTORS FILE.proto FOLDER: writes FOLDER/FILE.grpc.pb.h and .cc, which have for each service what
// gRPC's plugin would write and this project uses, under the same names: Stub, CallbackService and Service. A stream
// whose answers come to a reactor is begun with Start and the call's name.
//
// Why not the plugin's: its classes for asynchronous, raw, generic and split calls, and the chain of as many classes as
// a service has calls, were nearly half of the time that the project took to compile.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/io/printer.h"
#include "google/protobuf/io/zero_copy_stream_impl.h"

namespace {

using google::protobuf::Descriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using google::protobuf::io::Printer;
using Words = std::map<std::string, std::string>;

std::string Cpp(const std::string& dotted) {
  std::string text;
  for (const char c : dotted) text += c == '.' ? std::string("::") : std::string(1, c);
  return text;
}
std::string Type(const Descriptor* type) { return "::" + Cpp(type->full_name()); }

const char* KindOf(const MethodDescriptor& method) {
  if (method.client_streaming()) return "BIDI_STREAMING";
  return method.server_streaming() ? "SERVER_STREAMING" : "NORMAL_RPC";
}

// The words that a method's lines are made of: names and types, parameters and arguments.
Words WordsOf(const MethodDescriptor& method) {
  Words words{{"Service", method.service()->name()},
              {"Method", method.name()},
              {"Request", Type(method.input_type())},
              {"Response", Type(method.output_type())},
              {"index", std::to_string(method.index())},
              {"kind", KindOf(method)},
              {"path", "/" + method.service()->full_name() + "/" + method.name()}};
  const auto fill = [&](const std::string& key, const std::string& text) {
    std::string filled;
    google::protobuf::io::StringOutputStream stream(&filled);
    Printer(&stream, '$').Print(words, text.c_str());
    return std::make_pair(key, filled);
  };
  const bool both = method.client_streaming();
  const bool out = method.server_streaming();
  words.insert(fill("reactor", both  ? "::grpc::ServerBidiReactor<::equity::stubs::Received<$Request$>, $Response$>"
                               : out ? "::grpc::ServerWriteReactor<$Response$>"
                                     : "::grpc::ServerUnaryReactor"));
  words.insert(fill("callback",
                    both  ? "::grpc::CallbackServerContext* context"
                    : out ? "::grpc::CallbackServerContext* context, const $Request$* request"
                          : "::grpc::CallbackServerContext* context, const $Request$* request, $Response$* response"));
  words.insert(fill("sync", both  ? "::grpc::ServerContext*, ::grpc::ServerReaderWriter<$Response$, $Request$>*"
                            : out ? "::grpc::ServerContext*, const $Request$*, ::grpc::ServerWriter<$Response$>*"
                                  : "::grpc::ServerContext*, const $Request$*, $Response$*"));
  words.insert(fill("sync_handler", both  ? "BidiStreamingHandler<SyncService, $Request$, $Response$>"
                                    : out ? "ServerStreamingHandler<SyncService, $Request$, $Response$>"
                                          : "RpcMethodHandler<SyncService, $Request$, $Response$, "
                                            "::google::protobuf::MessageLite, ::google::protobuf::MessageLite>"));
  words.insert(fill("sync_arguments", both  ? "::grpc::ServerReaderWriter<$Response$, $Request$>* stream"
                                      : out ? "const $Request$* request, ::grpc::ServerWriter<$Response$>* writer"
                                            : "const $Request$* request, $Response$* response"));
  words.insert(fill("sync_passed", both ? "stream" : out ? "request, writer" : "request, response"));
  words.insert(
      fill("reader", both ? "::grpc::ClientReaderWriter<$Request$, $Response$>" : "::grpc::ClientReader<$Response$>"));
  words.insert(fill(
      "client", both ? "::grpc::ClientContext* context" : "::grpc::ClientContext* context, const $Request$& request"));
  words.insert(fill("started",
                    "::grpc::ClientContext* context, const $Request$* request, "
                    "::grpc::ClientReadReactor<$Response$>* reactor"));
  return words;
}

// Calls `print` with the words of each method.
template <class Print>
void ForEachMethod(const ServiceDescriptor& service, Print print) {
  for (int i = 0; i < service.method_count(); ++i) print(*service.method(i), WordsOf(*service.method(i)));
}

void DeclareStub(const ServiceDescriptor& service, Printer& out) {
  out.Print(
      "  class Stub final : public ::equity::stubs::Stub {\n"
      "   public:\n"
      "    explicit Stub(std::shared_ptr<::grpc::ChannelInterface> channel);\n");
  ForEachMethod(service, [&](const MethodDescriptor& method, const Words& words) {
    if (method.server_streaming()) {
      out.Print(words, "    std::unique_ptr<$reader$> $Method$($client$);\n");
      if (!method.client_streaming()) out.Print(words, "    void Start$Method$($started$);\n");
    } else {
      out.Print(words,
                "    ::grpc::Status $Method$($client$, $Response$* response) {\n"
                "      return Unary($index$, context, request, response);\n"
                "    }\n");
    }
  });
  out.Print("  };\n");
}

// As a template, so that only who derives from it pays for it.
void DeclareSync(const ServiceDescriptor& service, Printer& out) {
  out.Print(
      "  template <class = void>\n"
      "  class SyncService : public ::grpc::Service {\n"
      "   public:\n"
      "    SyncService() {\n");
  ForEachMethod(service, [&](const MethodDescriptor&, const Words& words) {
    out.Print(words,
              "      AddMethod(new ::grpc::internal::RpcServiceMethod(\"$path$\", ::equity::stubs::Kind::$kind$,\n"
              "          new ::grpc::internal::$sync_handler$(\n"
              "              [](SyncService* service, ::grpc::ServerContext* context, $sync_arguments$) {\n"
              "                return service->$Method$(context, $sync_passed$);\n"
              "              }, this)));\n");
  });
  out.Print("    }\n");
  ForEachMethod(service, [&](const MethodDescriptor&, const Words& words) {
    out.Print(words,
              "    virtual ::grpc::Status $Method$($sync$) { return {::grpc::StatusCode::UNIMPLEMENTED, \"\"}; }\n");
  });
  out.Print("  };\n");
}

void Declare(const ServiceDescriptor& service, Printer& out) {
  const Words words{{"Service", service.name()}, {"full_name", service.full_name()}};
  out.Print(words,
            "struct $Service$ final {\n"
            "  static constexpr const char* service_full_name() { return \"$full_name$\"; }\n");
  DeclareStub(service, out);
  out.Print(
      "  static std::unique_ptr<Stub> NewStub(std::shared_ptr<::grpc::ChannelInterface> channel) {\n"
      "    return std::make_unique<Stub>(std::move(channel));\n"
      "  }\n"
      "  class CallbackService : public ::equity::stubs::Service {\n"
      "   public:\n"
      "    CallbackService();\n");
  ForEachMethod(service, [&](const MethodDescriptor&, const Words& method) {
    out.Print(method, "    virtual $reactor$* $Method$($callback$);\n");
  });
  out.Print("  };\n");
  DeclareSync(service, out);
  out.Print("  using Service = SyncService<>;\n};\n\n");
}

void DefineStub(const ServiceDescriptor& service, Printer& out) {
  out.Print(
      "$Service$::Stub::Stub(std::shared_ptr<::grpc::ChannelInterface> channel)\n    : "
      "::equity::stubs::Stub(std::move(channel), {\n",
      "Service", service.name());
  ForEachMethod(service, [&](const MethodDescriptor&, const Words& words) {
    out.Print(words, "          {\"$path$\", ::equity::stubs::Kind::$kind$},\n");
  });
  out.Print("      }) {}\n");
  ForEachMethod(service, [&](const MethodDescriptor& method, const Words& words) {
    if (!method.server_streaming()) return;
    out.Print(words, "std::unique_ptr<$reader$> $Service$::Stub::$Method$($client$) {\n");
    out.Print(words,
              method.client_streaming()
                  ? "  return std::unique_ptr<$reader$>(::grpc::internal::ClientReaderWriterFactory<$Request$, "
                    "$Response$>::Create(\n"
                    "      channel(), method($index$), context));\n}\n"
                  : "  return std::unique_ptr<$reader$>(::grpc::internal::ClientReaderFactory<$Response$>::Create(\n"
                    "      channel(), method($index$), context, request));\n}\n");
    if (method.client_streaming()) return;
    out.Print(words,
              "void $Service$::Stub::Start$Method$($started$) {\n"
              "  ::grpc::internal::ClientCallbackReaderFactory<$Response$>::Create(\n"
              "      channel(), method($index$), context, request, reactor);\n}\n");
  });
}

void DefineCallback(const ServiceDescriptor& service, Printer& out) {
  out.Print("$Service$::CallbackService::CallbackService() {\n", "Service", service.name());
  ForEachMethod(service, [&](const MethodDescriptor& method, const Words& words) {
    if (method.client_streaming()) {
      out.Print(words,
                "  Add({\"$path$\", ::equity::stubs::Kind::$kind$}, new "
                "::grpc::internal::CallbackBidiHandler<::equity::stubs::Received<$Request$>, $Response$>(\n"
                "      [this](::grpc::CallbackServerContext* context) { return $Method$(context); }));\n");
    } else if (method.server_streaming()) {
      out.Print(words,
                "  Add({\"$path$\", ::equity::stubs::Kind::$kind$}, new "
                "::grpc::internal::CallbackServerStreamingHandler<::equity::stubs::Received<$Request$>, $Response$>(\n"
                "      [this](::grpc::CallbackServerContext* context,\n"
                "             const ::equity::stubs::Received<$Request$>* request) -> $reactor$* {\n"
                "        if (request->malformed) return new ::equity::stubs::Refusal<$reactor$>();\n"
                "        return $Method$(context, &request->message);\n"
                "      }));\n");
    } else {
      out.Print(words,
                "  Add({\"$path$\", $Request$::default_instance(), $Response$::default_instance(),\n"
                "       [](::equity::stubs::Service* service, ::grpc::CallbackServerContext* context,\n"
                "          const ::google::protobuf::Message* request, ::google::protobuf::Message* response) {\n"
                "         return static_cast<CallbackService*>(service)->$Method$(\n"
                "             context, static_cast<const $Request$*>(request), static_cast<$Response$*>(response));\n"
                "       }});\n");
    }
  });
  out.Print("}\n");
  ForEachMethod(service, [&](const MethodDescriptor& method, Words words) {
    words["body"] = method.server_streaming() ? "return nullptr;" : "return Unimplemented(context);";
    // Not every kind uses every parameter.
    words["unused"] = method.client_streaming()   ? "(void)context;"
                      : method.server_streaming() ? "(void)context; (void)request;"
                                                  : "(void)request; (void)response;";
    out.Print(words, "$reactor$* $Service$::CallbackService::$Method$($callback$) { $unused$ $body$ }\n");
  });
  out.Print("\n");
}

std::string StemOf(const FileDescriptor& file) { return file.name().substr(0, file.name().size() - 6); }

std::string Header(const FileDescriptor& file) {
  std::string text;
  google::protobuf::io::StringOutputStream stream(&text);
  Printer out(&stream, '$');
  out.Print(
      "// Generated from $file$.\n#pragma once\n\n#include <memory>\n#include <utility>\n\n#include "
      "\"$stem$.pb.h\"\n#include \"protos/stubs/stubs.h\"\n\nnamespace $package$ {\n\n",
      "file", file.name(), "stem", StemOf(file), "package", Cpp(file.package()));
  for (int i = 0; i < file.service_count(); ++i) Declare(*file.service(i), out);
  out.Print("}\n");
  return text;
}

std::string Source(const FileDescriptor& file) {
  std::string text;
  google::protobuf::io::StringOutputStream stream(&text);
  Printer out(&stream, '$');
  out.Print(
      "// Generated from $file$.\n#include \"$stem$.grpc.pb.h\"\n\n#include "
      "<grpcpp/impl/codegen/server_callback_handlers.h>\n#include <grpcpp/support/client_callback.h>\n\nnamespace "
      "$package$ {\n\n",
      "file", file.name(), "stem", StemOf(file), "package", Cpp(file.package()));
  for (int i = 0; i < file.service_count(); ++i) {
    DefineStub(*file.service(i), out);
    DefineCallback(*file.service(i), out);
  }
  out.Print("}\n");
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: stubs-generator DESCRIPTORS FILE.proto FOLDER\n";
    return 2;
  }
  google::protobuf::FileDescriptorSet set;
  std::ifstream input(argv[1], std::ios::binary);
  if (!set.ParseFromIstream(&input)) {
    std::cerr << argv[1] << ": no descriptors\n";
    return 1;
  }
  google::protobuf::DescriptorPool pool;
  for (const auto& file : set.file()) pool.BuildFile(file);
  const FileDescriptor* file = pool.FindFileByName(argv[2]);
  if (file == nullptr) {
    std::cerr << argv[1] << ": " << argv[2] << " is not in it, or one that it imports is not\n";
    return 1;
  }
  const std::string base = std::string(argv[3]) + "/" + StemOf(*file) + ".grpc.pb";
  std::ofstream header(base + ".h");
  std::ofstream source(base + ".cc");
  header << Header(*file);
  source << Source(*file);
  header.close();
  source.close();
  return header && source ? 0 : 1;
}
