// Whole streams as providers send them, in corpus/<format>/.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "streams/corpus.h"
#include "streams/reply.h"

namespace millrace {
namespace {

class StreamCorpus : public testing::TestWithParam<RecordedStream> {};

TEST_P(StreamCorpus, I3_Row01_IsTheSameHoweverItIsSplit) {
  const Reply reply = ReadHoweverSplit(GetParam().format, GetParam().bytes);
  EXPECT_GT(reply.message.parts.size(), 1U);
}

// What a cut leaves is the beginning of the reply: the same parts, the last of them shorter.
TEST_P(StreamCorpus, I4_ACutAtAnyByteKeepsWhatCame) {
  const std::string& bytes = GetParam().bytes;
  std::size_t parts = 0;
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const Reply reply =
        Read(GetParam().format, bytes.substr(0, size), {Code::kNetwork, "connection reset"});
    ASSERT_TRUE(std::holds_alternative<FinishPart>(reply.message.parts.back())) << size;
    EXPECT_GE(reply.message.parts.size() + 2, parts) << "cut at " << size;
    parts = std::max(parts, reply.message.parts.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Recorded, StreamCorpus, testing::ValuesIn(Corpus()), NameOfStream);

}  // namespace
}  // namespace millrace
