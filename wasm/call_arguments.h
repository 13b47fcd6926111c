#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "js_value.h"
#include "millrace/base/status.h"
#include "millrace/messages/run.h"
#include "value_codec.h"

// The arguments of a call. Each is read as the type that the called function needs.
namespace millrace::wasm {

// The name of a draft's writer.
struct WriterName {
  std::string name;
};
// Milliseconds from now; negative for no time-out.
struct Timeout {
  double ms = -1;
};
// A value that is passed on unread, because it can only be read together with another one.
struct Unread {
  val value = val::undefined();
};

template <typename T>
Result<T> ReadArgument(const val& argument);

template <>
inline Result<SessionId> ReadArgument(const val& argument) {
  Result<std::string> id = ReadWord(argument, "the session's id");
  return id.ok() ? Result<SessionId>(SessionId(*std::move(id))) : id.status();
}
template <>
inline Result<std::optional<SessionId>> ReadArgument(const val& argument) {
  if (KindOf(argument) == Kind::kAbsent) return std::optional<SessionId>();
  Result<SessionId> id = ReadArgument<SessionId>(argument);
  return id.ok() ? Result<std::optional<SessionId>>(*std::move(id)) : id.status();
}
template <>
inline Result<MessageId> ReadArgument(const val& argument) {
  Result<std::string> id = ReadWord(argument, "the message's id");
  return id.ok() ? Result<MessageId>(MessageId(*std::move(id))) : id.status();
}
template <>
inline Result<WriterName> ReadArgument(const val& argument) {
  Result<std::string> name = ReadWord(argument, "the writer");
  return name.ok() ? Result<WriterName>(WriterName{*std::move(name)}) : name.status();
}
template <>
inline Result<RunExit> ReadArgument(const val& argument) {
  const Result<std::string> how = ReadWord(argument, "how the run ended");
  if (!how.ok()) return how.status();
  if (*how == "returned") return RunExit::kReturned;
  if (*how == "threw") return RunExit::kThrew;
  if (*how == "aborted") return RunExit::kAborted;
  return InvalidArgument("a run cannot end as " + *how);
}
template <>
inline Result<bool> ReadArgument(const val& argument) {
  return argument.as_handle() == kTrue;
}
template <>
inline Result<RunId> ReadArgument(const val& argument) {
  if (KindOf(argument) != Kind::kNumber) return InvalidArgument("a run must be a number");
  return static_cast<RunId>(NumberOf(argument));
}
template <>
inline Result<Timeout> ReadArgument(const val& argument) {
  return KindOf(argument) == Kind::kNumber ? Timeout{NumberOf(argument)} : Timeout{};
}
template <>
inline Result<Unread> ReadArgument(const val& argument) {
  return Unread{argument};
}
template <>
inline Result<Session> ReadArgument(const val& argument) {
  return ReadNewSession(argument);
}
template <>
inline Result<SessionChange> ReadArgument(const val& argument) {
  return ReadSessionChange(argument);
}
template <>
inline Result<SessionQuery> ReadArgument(const val& argument) {
  return ReadSessionQuery(argument);
}
template <>
inline Result<Message> ReadArgument(const val& argument) {
  return ReadMessage(argument);
}
template <>
inline Result<ReplyStart> ReadArgument(const val& argument) {
  return ReadReplyStart(argument);
}
template <>
inline Result<ListOptions> ReadArgument(const val& argument) {
  return ReadListOptions(argument);
}

// Reads one argument after the other. Keeps the first error and then stops reading.
class Arguments {
 public:
  // `arguments`: a JavaScript array. Missing arguments at its end are undefined.
  explicit Arguments(const val& arguments) : arguments_(arguments) {}

  template <typename T>
  T Next() {
    if (!status_.ok()) return T();
    Result<T> read = ReadArgument<T>(ElementOf(arguments_, next_++));
    if (read.ok()) return std::move(read).value();
    status_ = read.status();
    return T();
  }

  const Status& status() const { return status_; }

 private:
  const val& arguments_;
  std::size_t next_ = 0;
  Status status_;
};

}  // namespace millrace::wasm
