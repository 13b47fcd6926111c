// D3: metadata is changed by JSON Merge Patches, and what was stored stays as it was written.

#include "millrace/model/merge_patch.h"

#include <gtest/gtest.h>

#include <string>

namespace millrace {
namespace {

std::string Merged(const std::string& target, const std::string& patch) {
  const Result<std::string> merged = MergePatch(target, patch);
  return merged.ok() ? *merged : std::string(CodeName(merged.status().code()));
}

// The cases of RFC 7396 whose target and patch are objects.
TEST(MergePatch, D3_DoesWhatTheStandardSays) {
  EXPECT_EQ(Merged(R"({"a":"b"})", R"({"a":"c"})"), R"({"a":"c"})");
  EXPECT_EQ(Merged(R"({"a":"b"})", R"({"b":"c"})"), R"({"a":"b","b":"c"})");
  EXPECT_EQ(Merged(R"({"a":"b"})", R"({"a":null})"), "");
  EXPECT_EQ(Merged(R"({"a":"b","b":"c"})", R"({"a":null})"), R"({"b":"c"})");
  EXPECT_EQ(Merged(R"({"a":["b"]})", R"({"a":"c"})"), R"({"a":"c"})");
  EXPECT_EQ(Merged(R"({"a":"c"})", R"({"a":["b"]})"), R"({"a":["b"]})");
  EXPECT_EQ(Merged(R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})"), R"({"a":{"b":"d"}})");
  EXPECT_EQ(Merged(R"({"a":[{"b":"c"}]})", R"({"a":[1]})"), R"({"a":[1]})");
  EXPECT_EQ(Merged(R"({"e":null})", R"({"a":1})"), R"({"e":null,"a":1})");
  EXPECT_EQ(Merged("", R"({"a":{"bb":{"ccc":null}}})"), R"({"a":{"bb":{}}})");
}

TEST(MergePatch, D3_WhatThePatchDoesNotNameStaysAsItWasWritten) {
  const std::string stored =
      R"({"big":123456789012345678901234567890,"e":1.50e+3,"\u0061\/":"\u00e9","deep":{"z":1,"a":2}})";
  EXPECT_EQ(Merged(stored, R"({"new":true})"),
            stored.substr(0, stored.size() - 1) + R"(,"new":true})");
  EXPECT_EQ(
      Merged(stored, R"({"deep":{"z":9}})"),
      R"({"big":123456789012345678901234567890,"e":1.50e+3,"\u0061\/":"\u00e9","deep":{"z":9,"a":2}})");
}

TEST(MergePatch, D3_NamesAreComparedAsTextAndTheLastOfTwoCounts) {
  EXPECT_EQ(Merged(R"({"\u0061":1})", R"({"a":2})"), R"({"\u0061":2})");
  EXPECT_EQ(Merged(R"({"a":1,"a":2})", R"({"b":1})"), R"({"a":2,"b":1})");
  EXPECT_EQ(Merged("{}", R"({"a":1,"a":2})"), R"({"a":2})");
}

TEST(MergePatch, D3_OnlyObjectsOfBoundedDepthAndSize) {
  for (const char* bad : {"", "[1]", "1", "null", "{", "{\"a\":}", "{\"a\":\"\xff\"}"}) {
    EXPECT_EQ(Merged("{}", bad), "invalid-argument") << bad;
  }
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "{\"a\":";
  deep += "1";
  for (int i = 0; i < 300; ++i) deep += "}";
  EXPECT_EQ(Merged("{}", deep), "invalid-argument");
  EXPECT_EQ(Merged("{}", "{\"a\":\"" + std::string(kMaxMetadataBytes, 'x') + "\"}"),
            "invalid-argument");
}

}  // namespace
}  // namespace millrace
