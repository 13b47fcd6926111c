#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace millrace {

// What went wrong. CodeName gives the name that JavaScript sees as MillraceError's `code`.
enum class Code {
  kOk,
  kStorageUnavailable,
  kQuotaExceeded,
  kIo,
  kCorrupt,
  kNewerSchema,
  kClosed,
  kInUse,
  kNotFound,
  kStale,
  kInvalidArgument,
  kFinished,
  kAborted,
  kNetwork,
  kHttp,
  kProtocol,
  kTimeout,
  kInternal,
};

// The public name of a code: "not-found", "quota-exceeded", ...
std::string_view CodeName(Code code);
// The inverse of CodeName; nullopt if no code has this name.
std::optional<Code> CodeFromName(std::string_view name);

// The outcome of a call: OK, or a code with a message. The message tells a person what was wrong
// and what to do. A Status is a plain value: it is copied and returned, never thrown.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Code code, std::string message) : code_(code), message_(std::move(message)) {}

  static Status Ok() { return {}; }

  bool ok() const { return code_ == Code::kOk; }
  Code code() const { return code_; }
  const std::string& message() const { return message_; }

  friend bool operator==(const Status&, const Status&) = default;

 private:
  Code code_ = Code::kOk;
  std::string message_;
};

Status NotFound(std::string message);
Status InvalidArgument(std::string message);
Status Internal(std::string message);

// A value, or a status that says why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  // Both constructors are implicit, so that a function can return a value or a status directly.
  Result(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  // REQUIRES: !status.ok()
  Result(Status status) : status_(std::move(status)) {  // NOLINT(google-explicit-constructor)
    assert(!status_.ok());
  }

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }

  // REQUIRES (all accessors): ok()
  T& value() & { return *value_; }
  const T& value() const& { return *value_; }
  T&& value() && { return *std::move(value_); }
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return *std::move(value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

 private:
  std::optional<T> value_;
  Status status_;
};

}  // namespace millrace
