// JSON Patch (RFC 6902): all operations, strictly, or nothing.

#include "streams/json_patch.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace millrace {
namespace {

struct PatchCase {
  std::string document, patch;
  std::optional<std::string> result;
};

void ExpectPatched(const std::vector<PatchCase>& cases) {
  for (const PatchCase& c : cases) {
    EXPECT_EQ(ApplyJsonPatch(c.document, c.patch), c.result) << c.document << " " << c.patch;
  }
}

TEST(JsonPatch, I3_Add) {
  ExpectPatched({
      {R"({"a":1})", R"([{"op":"add","path":"/b","value":{ "c": [1, 2] }}])",
       R"({"a":1,"b":{"c":[1,2]}})"},
      {R"({"a":1,"b":2})", R"([{"op":"add","path":"/a","value":null}])", R"({"a":null,"b":2})"},
      {"[1,2]", R"([{"op":"add","path":"/0","value":0}])", "[0,1,2]"},
      {"[1,2]", R"([{"op":"add","path":"/2","value":3}])", "[1,2,3]"},
      {"[1,2]", R"([{"op":"add","path":"/-","value":3}])", "[1,2,3]"},
      {"[]", R"([{"op":"add","path":"/-","value":[]}])", "[[]]"},
      {"[1,2]", R"([{"op":"add","path":"/3","value":3}])", std::nullopt},
      {"{}", R"([{"op":"add","path":"","value":[1]}])", "[1]"},
      {"{}", R"([{"op":"add","path":"/a/b","value":1}])", std::nullopt},
      {"1", R"([{"op":"add","path":"/a","value":1}])", std::nullopt},
      {"{}", R"([{"op":"add","path":"/a"}])", std::nullopt},
      {"{}", R"([{"op":"add","path":"/","value":1}])", R"({"":1})"},
  });
}

TEST(JsonPatch, I3_RemoveAndReplace) {
  ExpectPatched({
      {R"({"a":1,"b":2,"c":3})", R"([{"op":"remove","path":"/b"}])", R"({"a":1,"c":3})"},
      {R"({"a":1})", R"([{"op":"remove","path":"/a","value":7}])", "{}"},
      {R"({"a":1,"b":2,"a":3})", R"([{"op":"remove","path":"/a"}])", R"({"b":2})"},
      {"[1,2,3]", R"([{"op":"remove","path":"/2"}])", "[1,2]"},
      {"[1]", R"([{"op":"remove","path":"/0"}])", "[]"},
      {"[1]", R"([{"op":"remove","path":"/1"}])", std::nullopt},
      {"[1]", R"([{"op":"remove","path":"/-"}])", std::nullopt},
      {"{}", R"([{"op":"remove","path":"/a"}])", std::nullopt},
      {"{}", R"([{"op":"remove","path":""}])", std::nullopt},
      {R"({"a":[1,{"b":2}]})", R"([{"op":"replace","path":"/a/1/b","value":"x"}])",
       R"({"a":[1,{"b":"x"}]})"},
      {"[1,2]", R"([{"op":"replace","path":"/0","value":9}])", "[9,2]"},
      {"{}", R"([{"op":"replace","path":"/a","value":1}])", std::nullopt},
      {"{}", R"([{"op":"replace","path":"","value":null}])", "null"},
  });
}

TEST(JsonPatch, I3_MoveAndCopy) {
  ExpectPatched({
      {R"({"a":{"b":1},"c":{}})", R"([{"op":"move","from":"/a/b","path":"/c/d"}])",
       R"({"a":{},"c":{"d":1}})"},
      {"[1,2,3]", R"([{"op":"move","from":"/0","path":"/2"}])", "[2,3,1]"},
      {R"({"a":1})", R"([{"op":"move","from":"/a","path":"/a"}])", R"({"a":1})"},
      {R"({"a":{}})", R"([{"op":"move","from":"/a","path":"/a/b"}])", std::nullopt},
      {R"({"a":{}})", R"([{"op":"copy","from":"/a","path":"/a/b"}])", R"({"a":{"b":{}}})"},
      {R"({"a":1})", R"([{"op":"copy","from":"/a","path":"/b"}])", R"({"a":1,"b":1})"},
      {R"({"a":1})", R"([{"op":"copy","from":"/x","path":"/b"}])", std::nullopt},
      {R"({"a":1})", R"([{"op":"copy","path":"/b"}])", std::nullopt},
  });
}

TEST(JsonPatch, I3_TestComparesValues) {
  const std::string document =
      R"({"n":1.0,"z":0,"s":"\u00e9","o":{"a":[1,null],"b":true},"i":9007199254740993})";
  const std::vector<std::pair<std::string, bool>> tests = {
      {R"({"op":"test","path":"/n","value":1})", true},
      {R"({"op":"test","path":"/n","value":10e-1})", true},
      {R"({"op":"test","path":"/n","value":0.0001E+004})", true},
      {R"({"op":"test","path":"/n","value":-1})", false},
      {R"({"op":"test","path":"/n","value":1e1})", false},
      {R"({"op":"test","path":"/n","value":1e99999999999999999999})", false},
      {R"({"op":"test","path":"/z","value":-0.0e5})", true},
      {R"({"op":"test","path":"/n","value":"1"})", false},
      {R"({"op":"test","path":"/s","value":"é"})", true},
      {R"({"op":"test","path":"/o","value":{ "b": true, "a": [1, null] }})", true},
      {R"({"op":"test","path":"/o","value":{"a":[1,null]}})", false},
      {R"({"op":"test","path":"/o/a","value":[1]})", false},
      {R"({"op":"test","path":"/o/a","value":[1,null,2]})", false},
      {R"({"op":"test","path":"/o/a/1","value":null})", true},
      {R"({"op":"test","path":"/o/a/2","value":null})", false},
      {R"({"op":"test","path":"/i","value":9007199254740992})", false},
      {R"({"op":"test","path":"/o","value":{"a":[1,null],"c":true}})", false},
  };
  for (const auto& [test, holds] : tests) {
    EXPECT_EQ(ApplyJsonPatch(document, "[" + test + "]").has_value(), holds) << test;
  }
}

TEST(JsonPatch, I3_Pointers) {
  ExpectPatched({
      {R"({"a/b":1})", R"([{"op":"replace","path":"/a~1b","value":2}])", R"({"a/b":2})"},
      {R"({"~1":1})", R"([{"op":"replace","path":"/~01","value":2}])", R"({"~1":2})"},
      {R"({"\u0061":1})", R"([{"op":"replace","path":"/a","value":2}])", R"({"\u0061":2})"},
      {R"({"0":1})", R"([{"op":"replace","path":"/0","value":2}])", R"({"0":2})"},
      {"{}", R"([{"op":"add","path":"a","value":1}])", std::nullopt},
      {"{}", R"([{"op":"add","path":"/~","value":1}])", std::nullopt},
      {"{}", R"([{"op":"add","path":"/~2","value":1}])", std::nullopt},
      {"{}", R"([{"op":"add","path":1,"value":1}])", std::nullopt},
      {"[1,2]", R"([{"op":"remove","path":"/01"}])", std::nullopt},
      {"[1,2]", R"([{"op":"remove","path":"/+1"}])", std::nullopt},
      {"[1,2]", R"([{"op":"remove","path":"/99999999999999999999"}])", std::nullopt},
  });
}

TEST(JsonPatch, I4_APatchThatFailsChangesNothing) {
  ExpectPatched({
      {R"({"a":1})", R"([{"op":"remove","path":"/a"},{"op":"remove","path":"/a"}])", std::nullopt},
      {R"({"a":1})", R"([{"op":"add","path":"/b","value":1},{"op":"what","path":"/b"}])",
       std::nullopt},
      {"{}", R"([1])", std::nullopt},
      {"{}", R"({"op":"add","path":"/a","value":1})", std::nullopt},
      {"{ }", "[]", "{}"},
  });
}

TEST(JsonPatch, I4_ResultIsBounded) {
  std::string doubling = R"([{"op":"add","path":"/a","value":"0123456789abcdef"})";
  for (int i = 0; i < 40; ++i) {
    doubling += R"(,{"op":"copy","from":"","path":"/)" + std::to_string(i) + "\"}";
  }
  EXPECT_EQ(ApplyJsonPatch("{}", doubling + "]"), std::nullopt);

  std::string deep = "[";
  std::string path;
  for (int i = 0; i < 200; ++i) {
    path += "/a";
    deep += std::string(i == 0 ? "" : ",") + R"({"op":"add","path":")" + path + R"(","value":{}})";
  }
  EXPECT_EQ(ApplyJsonPatch("{}", deep + "]"), std::nullopt);

  std::string many = R"([{"op":"add","path":"/a","value":1})";
  for (int i = 0; i < 1000; ++i) many += R"(,{"op":"test","path":"/a","value":1})";
  const std::string large = "{\"x\":\"" + std::string(kMaxPatchedBytes - 100, 'x') + "\"}";
  EXPECT_EQ(ApplyJsonPatch(large, many + "]"), std::nullopt);
  EXPECT_TRUE(ApplyJsonPatch("{}", many + "]").has_value());
}

}  // namespace
}  // namespace millrace
