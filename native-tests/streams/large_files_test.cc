// Images and sounds of a reply are files beside the messages, not rows of them (contract D5).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "model/base64.h"
#include "streams/reply.h"

namespace millrace {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

std::string Bytes(std::size_t size, char seed) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(seed + i * 7);
  return bytes;
}

std::string Base64(const std::string& bytes) {
  std::string text;
  AppendBase64(bytes, text);
  return text;
}

std::string Delta(const std::string& json) {
  return "data: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":" + json +
         "}]}\n\n";
}

std::string Image(const std::string& bytes) {
  return Delta(
      "{\"images\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64," +
      Base64(bytes) + "\"}}]}");
}

std::string Audio(const std::string& bytes) {
  return Delta("{\"audio\":{\"id\":\"audio_1\",\"data\":\"" + Base64(bytes) + "\"}}");
}

constexpr const char* kEnd =
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: "
    "[DONE]\n\n";

Reply Read(const std::string& text, bool stored = true, std::size_t piece = 0) {
  std::vector<std::string_view> pieces;
  const std::string_view all(text);
  if (piece == 0) piece = all.size();
  for (std::size_t at = 0; at < all.size(); at += piece) pieces.push_back(all.substr(at, piece));
  return ReadPieces(StreamFormat::kOpenAiChat, pieces, BodyEnded(), stored);
}

TEST(LargeFiles, D5_ALargeImageIsAFileInItsPlace) {
  const std::string image = Bytes(100'000, 'a');
  const std::string text = Delta("{\"content\":\"before\"}") + Image(image) +
                           Image(Bytes(60'000, 'b')) + Delta("{\"content\":\"after\"}") + kEnd;
  const Reply reply = Read(text);
  ASSERT_THAT(reply.parts(), SizeIs(4));
  ASSERT_THAT(reply.files, SizeIs(2));
  EXPECT_EQ(reply.files[0].bytes, image);
  FilePart file;
  file.media_type = "image/png";
  file.size = 100'000;
  file.blob = "blob1";
  EXPECT_EQ(reply.parts()[1], Part(file));
  EXPECT_EQ(std::get<FilePart>(reply.parts()[2]).blob, "blob2");
  EXPECT_EQ(std::get<TextPart>(reply.parts()[3]).text, "after");
  EXPECT_EQ(Read(text, true, 1000).message, reply.message);
}

TEST(LargeFiles, D5_ASmallImageStays) {
  const Reply reply = Read(Image(Bytes(1000, 'a')) + kEnd);
  EXPECT_THAT(reply.files, IsEmpty());
  EXPECT_TRUE(std::holds_alternative<ImageUrlPart>(reply.parts()[0]));
}

TEST(LargeFiles, D5_WhatCannotBeStoredStaysInTheMessage) {
  const std::string image = Bytes(100'000, 'a');
  const Reply reply = Read(Image(image) + Delta("{\"content\":\"after\"}") + kEnd, false);
  ASSERT_THAT(reply.files, SizeIs(1));
  EXPECT_EQ(std::get<ImageUrlPart>(reply.parts()[0]).url, "data:image/png;base64," + Base64(image));
  EXPECT_EQ(std::get<TextPart>(reply.parts()[1]).text, "after");
}

TEST(LargeFiles, D5_ALongSoundIsOneFile) {
  std::string text;
  std::string sound;
  for (int i = 0; i < 40; ++i) {
    const std::string piece = Bytes(2500, static_cast<char>(i));
    sound += piece;
    text += Audio(piece);
  }
  const Reply reply = Read(text + kEnd);
  ASSERT_THAT(reply.files, SizeIs(1));
  EXPECT_EQ(reply.files[0].media_type, "audio/pcm");
  EXPECT_EQ(reply.files[0].bytes, sound);
  const FilePart file = std::get<FilePart>(reply.parts().back());
  EXPECT_EQ(file.size, 100'000);
  EXPECT_NE(file.extra.find("audio_1"), std::string::npos) << "the provider knows it by this id";
}

TEST(LargeFiles, D5_AShortSoundStaysAsItCame) {
  const Reply reply = Read(Audio(Bytes(100, 'a')) + kEnd);
  EXPECT_THAT(reply.files, IsEmpty());
  EXPECT_EQ(std::get<CustomPart>(reply.parts().back()).name, "audio");
}

// Aborted while the file waits: it is stored, and the finish comes after it.
TEST(LargeFiles, I4_AnEndWaitsForTheFileBeforeIt) {
  const auto reader = MakeStreamReader(StreamFormat::kOpenAiChat);
  std::vector<Mutation> out;
  reader->Push(Image(Bytes(100'000, 'a')), out);
  ASSERT_NE(reader->file(), nullptr);
  EXPECT_THAT(out, IsEmpty());
  reader->Fail(Status(Code::kAborted, "stopped"), out);
  EXPECT_FALSE(reader->done());
  reader->FileStored("stored", out);
  EXPECT_TRUE(reader->done());
  EXPECT_EQ(reader->file(), nullptr);
  ASSERT_THAT(out, SizeIs(2));
  EXPECT_EQ(std::get<FilePart>(std::get<AddPart>(out[0]).part).blob, "stored");
  EXPECT_EQ(std::get<Finish>(out[1]).reason, FinishReason::kCanceled);
}

}  // namespace
}  // namespace millrace
