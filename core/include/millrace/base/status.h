#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace millrace {

// What went wrong. The names (CodeName) are the `code` of the JavaScript MillraceError.
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
// The inverse; nullopt for a word that is no code.
std::optional<Code> CodeFromName(std::string_view name);

// The outcome of a call: OK, or a code with a message for the person who has to act on it
// (what was wrong, what to do). A value: copied and returned, never thrown.
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

// A value or the status that says why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  // Both implicit, so that a function returns a value or a status as it is.
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
