#include "reader_host.h"

#include <string>
#include <utility>
#include <vector>

#include "message_shape.h"
#include "millrace/streams/merge_deltas.h"
#include "value_codec.h"

namespace millrace::wasm {
namespace {

// How a stream ended: a StreamEnd of web/src/core-module.ts, without its message.
ObjectWriter EndToJs(const StreamOutcome& outcome) {
  ObjectWriter out;
  if (!outcome.status.ok()) {
    ObjectWriter error;
    error.Set("code", CodeName(outcome.status.code()))
        .Set("message", outcome.status.message())
        .SetUnlessEmpty("providerType", outcome.provider_type);
    out.Set("error", error.Take());
  }
  if (outcome.usage) {
    out.SetJson("usage", UsageJson(*outcome.usage));
  }
  out.Set("skippedLines", outcome.skipped_lines);
  return out;
}

std::vector<Part> PartsOf(const val& parts) {
  std::vector<Part> read;
  for (std::size_t i = 0; i < LengthOf(parts); ++i) {
    Result<Part> part = ReadPart(ElementOf(parts, i));
    if (part.ok()) read.push_back(*std::move(part));
  }
  return read;
}

// The file that waits to be stored: {mediaType, bytes}, or undefined.
val FileToJs(const ResumableReader& reader) {
  const StreamFile* file = reader.file();
  if (file == nullptr) return val::undefined();
  ObjectWriter out;
  out.Set("mediaType", file->media_type).SetBytes("bytes", file->bytes);
  return out.Take();
}

}  // namespace

std::shared_ptr<ReaderHost> ReaderHost::Open(const val& format, const val& parts, const val& point,
                                             const val& merges) {
  const auto name = ReadWord(format, "the format");
  if (!name.ok()) return nullptr;
  const auto known = StreamFormatFromName(*name);
  if (!known) return nullptr;
  return std::make_shared<ReaderHost>(*known, PartsOf(parts), StringOf(point),
                                      NumberOf(merges) != 0);
}

void ReaderHost::Reconnect(const val& parts) { reader_.Reconnect(PartsOf(parts)); }

void ReaderHost::EndsAtOffset(const val& offset, const val& closed) {
  reader_.EndsAtOffset(StringOf(offset), NumberOf(closed) != 0);
}

val ReaderHost::Point(const val& for_later) const {
  return ToJs(reader_.Point(NumberOf(for_later) != 0));
}

val ReaderHost::Feed(const val& bytes) {
  std::vector<Mutation> out;
  if (KindOf(bytes) == Kind::kBytes) {
    reader_.Push(BytesOf(bytes), out);
  } else {
    reader_.Fail(InvalidArgument("a chunk must be a Uint8Array"), out);
  }
  return Written(std::move(out));
}

val ReaderHost::Finish() {
  std::vector<Mutation> out;
  reader_.Finish(out);
  return Written(std::move(out));
}

val ReaderHost::Fail(const val& error) {
  std::vector<Mutation> out;
  reader_.Fail(ReadError(error), out);
  return Written(std::move(out));
}

val ReaderHost::Written(std::vector<Mutation> mutations) const {
  if (merges_) MergeDeltas(mutations);
  return ToJs(mutations);
}

val ReaderHost::File() const { return FileToJs(reader_); }

val ReaderHost::FileStored(const val& blob) {
  const Result<std::string> id = ReadWord(blob, "the blob");
  std::vector<Mutation> out;
  reader_.FileStored(id.ok() ? *id : std::string(), out);
  return Written(std::move(out));
}

val ReaderHost::End() const { return EndToJs(reader_.outcome()).Take(); }

}  // namespace millrace::wasm
