#include "model/base64.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <random>
#include <string>

namespace millrace {
namespace {

std::string Encoded(const std::string& bytes) {
  std::string out = "before ";
  AppendBase64(bytes, out);
  return out.substr(7);
}

// RFC 4648, section 10.
TEST(Base64, WritesWhatTheStandardShows) {
  EXPECT_EQ(Encoded(""), "");
  EXPECT_EQ(Encoded("f"), "Zg==");
  EXPECT_EQ(Encoded("fo"), "Zm8=");
  EXPECT_EQ(Encoded("foo"), "Zm9v");
  EXPECT_EQ(Encoded("foob"), "Zm9vYg==");
  EXPECT_EQ(Encoded("fooba"), "Zm9vYmE=");
  EXPECT_EQ(Encoded("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Encoded("\xFB\xFF\xBF"), "+/+/");
}

TEST(Base64, BytesOfAnyLengthComeBack) {
  std::mt19937 random(1);
  for (std::size_t size = 0; size < 200; ++size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() & 0xFF);
    EXPECT_EQ(DecodeBase64(Encoded(bytes)), bytes) << size;
  }
}

TEST(Base64, RefusesWhatIsNone) {
  for (const char* text :
       {"Z", "Zg", "Zg=", "====", "Z===", "Zg==Zg==", "Zg=g", "=Zg=", "Zm9vZ==="}) {
    EXPECT_EQ(DecodeBase64(text), std::nullopt) << text;
  }
  const std::string right = Encoded("any carnal pleas");
  for (std::size_t at = 0; at < right.size() - 2; ++at) {
    for (const char c : {'-', '_', ' ', '\0', '=', '\xC3'}) {
      std::string wrong = right;
      wrong[at] = c;
      EXPECT_EQ(DecodeBase64(wrong), std::nullopt) << wrong;
    }
  }
}

}  // namespace
}  // namespace millrace
