// Whole streams as providers send them, in corpus/<format>/.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "streams/reply.h"

namespace millrace {
namespace {

struct RecordedStream {
  StreamFormat format;
  std::string name;  // "<format>/<file>"
  std::string bytes;
};

std::vector<RecordedStream> Corpus() {
  std::vector<RecordedStream> streams;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(MILLRACE_STREAM_CORPUS)) {
    if (!entry.is_regular_file()) continue;
    const std::string folder = entry.path().parent_path().filename();
    const std::optional<StreamFormat> format = StreamFormatFromName(folder);
    EXPECT_TRUE(format) << folder << " is not the name of a format";
    std::ifstream file(entry.path(), std::ios::binary);
    streams.push_back({format.value_or(StreamFormat::kText),
                       folder + "/" + entry.path().filename().string(),
                       {std::istreambuf_iterator<char>(file), {}}});
  }
  std::sort(streams.begin(), streams.end(),
            [](const auto& one, const auto& other) { return one.name < other.name; });
  return streams;
}

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

std::string NameOf(const testing::TestParamInfo<RecordedStream>& info) {
  std::string name = info.param.name;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Recorded, StreamCorpus, testing::ValuesIn(Corpus()), NameOf);

}  // namespace
}  // namespace millrace
