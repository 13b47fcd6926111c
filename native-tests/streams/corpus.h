#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "millrace/streams/stream_reader.h"

namespace millrace {

// Whole streams as providers send them, in corpus/<format>/.
struct RecordedStream {
  StreamFormat format;
  std::string name;  // "<format>/<file>"
  std::string bytes;
};

inline void PrintTo(const RecordedStream& recorded, std::ostream* out) { *out << recorded.name; }

inline std::vector<RecordedStream> Corpus() {
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

inline std::string NameOfStream(const testing::TestParamInfo<RecordedStream>& info) {
  std::string name = info.param.name;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

}  // namespace millrace
