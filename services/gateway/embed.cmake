# Writes the bytes of INPUT as a C++ text to OUTPUT.
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "(..)" "\\\\x\\1" text "${bytes}")
file(WRITE ${OUTPUT} "#include <cstddef>
namespace equity::gateway {
extern const char kContractDescriptors[];
extern const size_t kContractDescriptorsSize;
const char kContractDescriptors[] = \"${text}\";
const size_t kContractDescriptorsSize = sizeof kContractDescriptors - 1;
}  // namespace equity::gateway
")
