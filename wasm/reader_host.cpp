#include "reader_host.h"

#include <string>
#include <utility>
#include <vector>

#include "stream_end.h"
#include "value_codec.h"

namespace millrace::wasm {

std::shared_ptr<ReaderHost> ReaderHost::Open(const val& format, const val& parts) {
  const auto name = ReadWord(format, "the format");
  if (!name.ok()) return nullptr;
  const auto known = StreamFormatFromName(*name);
  if (!known) return nullptr;
  std::vector<Part> known_parts;
  for (std::size_t i = 0; i < LengthOf(parts); ++i) {
    Result<Part> part = ReadPart(ElementOf(parts, i));
    if (part.ok()) known_parts.push_back(*std::move(part));
  }
  return std::make_shared<ReaderHost>(MakeStreamReader(*known, known_parts));
}

val ReaderHost::Feed(const val& bytes) {
  std::vector<Mutation> out;
  if (KindOf(bytes) == Kind::kBytes) {
    reader_->Push(BytesOf(bytes), out);
  } else {
    reader_->Fail(InvalidArgument("a chunk must be a Uint8Array"), out);
  }
  return ToJs(out);
}

val ReaderHost::Finish() {
  std::vector<Mutation> out;
  reader_->Finish(out);
  return ToJs(out);
}

val ReaderHost::Fail(const val& error) {
  std::vector<Mutation> out;
  reader_->Fail(ReadError(error), out);
  return ToJs(out);
}

val ReaderHost::File() const { return FileToJs(*reader_); }

val ReaderHost::FileStored(const val& blob) {
  const Result<std::string> id = ReadWord(blob, "the blob");
  std::vector<Mutation> out;
  reader_->FileStored(id.ok() ? *id : std::string(), out);
  return ToJs(out);
}

val ReaderHost::End() const { return EndToJs(reader_->outcome()).Take(); }

}  // namespace millrace::wasm
