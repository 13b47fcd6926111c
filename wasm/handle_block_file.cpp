#include "handle_block_file.h"

#include <utility>

#include "js_value.h"

using millrace::wasm::JsHandle;

// Defined in library_millrace.js. Each returns what the handle returned, or one of the two numbers
// below.
extern "C" {
double millrace_file_read(JsHandle handle, std::byte* into, double offset, std::size_t size);
double millrace_file_write(JsHandle handle, const std::byte* from, double offset, std::size_t size);
double millrace_file_truncate(JsHandle handle, double size);
double millrace_file_flush(JsHandle handle);
double millrace_file_size(JsHandle handle);
JsHandle millrace_file_error();
}

namespace millrace::wasm {
namespace {

constexpr double kThrewQuota = -1;
constexpr double kThrew = -2;

// Chromium returns its internal error as if it were a count, as an unsigned 32-bit number. "No
// space" is -8.
constexpr double kChromiumErrors = 4294967296.0;
constexpr double kChromiumNoSpace = kChromiumErrors - 8;

}  // namespace

HandleBlockFile::HandleBlockFile(val handle, std::string name)
    : handle_(std::move(handle)), name_(std::move(name)) {}

Result<std::size_t> HandleBlockFile::Read(std::uint64_t offset, std::span<std::byte> into) {
  const double count = millrace_file_read(handle_.as_handle(), into.data(),
                                          static_cast<double>(offset), into.size());
  if (count >= 0 && count <= static_cast<double>(into.size())) {
    return static_cast<std::size_t>(count);
  }
  return Failure("read", count);
}

Status HandleBlockFile::Write(std::uint64_t offset, std::span<const std::byte> from) {
  const double count = millrace_file_write(handle_.as_handle(), from.data(),
                                           static_cast<double>(offset), from.size());
  if (count == static_cast<double>(from.size())) return Status::Ok();
  return Failure("write", count);
}

Status HandleBlockFile::Truncate(std::uint64_t size) {
  const double failed = millrace_file_truncate(handle_.as_handle(), static_cast<double>(size));
  return failed == 0 ? Status::Ok() : Failure("truncate", failed);
}

Status HandleBlockFile::Sync() {
  const double failed = millrace_file_flush(handle_.as_handle());
  return failed == 0 ? Status::Ok() : Failure("sync", failed);
}

Result<std::uint64_t> HandleBlockFile::Size() {
  const double size = millrace_file_size(handle_.as_handle());
  if (size >= 0) return static_cast<std::uint64_t>(size);
  return Failure("measure", size);
}

Status HandleBlockFile::Failure(const char* what, double count) const {
  const std::string call = std::string("could not ") + what + " " + name_ + ": ";
  // Firefox writes what fits and returns how much that was.
  const bool short_write = count >= 0 && count < kChromiumErrors / 2;
  if (count == kThrewQuota || count == kChromiumNoSpace || short_write) {
    return {Code::kQuotaExceeded,
            call + "the disk or the storage quota of this origin is full; delete data to go on"};
  }
  if (count == kThrew) {
    const val error = val::take_ownership(millrace_file_error());
    return {Code::kIo, call + StringOf(error)};
  }
  const auto number = static_cast<std::int64_t>(count - kChromiumErrors);
  return {Code::kIo, call + "the browser returned error " + std::to_string(number)};
}

}  // namespace millrace::wasm
