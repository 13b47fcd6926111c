#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "millrace/base/ids.h"
#include "millrace/messages/run.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"
#include "millrace/model/usage.h"
#include "millrace/storage/receipt.h"

// What the calls of MessageService are given.
namespace millrace {

// What one writer does to one message in one call.
struct MessageWrite {
  std::vector<Mutation> mutations;
  // Who writes; "" for a writer that does not count. The versions of one writer follow each other
  // without a gap, whatever others write.
  std::string writer;
  // The version that the first mutation makes; each mutation makes one more. The writer counts on
  // from the message it was given (see Origin). 0 means uncounted: the next version, whatever it
  // is.
  std::int64_t version = 0;
  std::optional<Usage> usage;  // the message's, after the mutations
  // Where the stream that writes this is, after the mutations: Message::resume, or "" if it has
  // nothing new to say. If there is one, all of the write is one change, saved by one commit,
  // without a window too: the point and the text must never differ (I5).
  std::string resume = {};
  std::optional<Receipt> receipt = {};  // of the call, saved with what it changes
};

// Who begins or continues a message.
struct Origin {
  // The writer that counts its mutations, starting from the message that the completion hands over.
  // "" for a writer that does not count.
  std::string writer;
  // The run that the message belongs to. The run finishes the message when the run ends.
  RunId run = kNoRun;
};

// A message to create. The caller gives id, session and role, and anything else it likes; the store
// sets seq and version and, where they are 0, the times.
struct NewMessage {
  NewMessage() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a message that continues where the session is.
  NewMessage(Message message, std::optional<MessageId> follows = std::nullopt)
      : content(std::move(message)), parent(std::move(follows)) {}

  Message content;
  // The message it follows; empty: it begins the session. Unset: the session's head.
  std::optional<MessageId> parent;
};

// What a stream needs before its first byte is read.
struct ReplyStart {
  SessionId session_id;
  MessageId id;
  // True: continue the message if it exists. False: the id must be new.
  bool resume = false;
  // For a new message only.
  std::string model;
  std::string provider;
  // REQUIRES: a writer that nobody else uses.
  Origin origin;
  std::string metadata = {};
  std::optional<MessageId> parent = std::nullopt;  // as in NewMessage
};

struct ReadOptions {
  bool committed = false;  // read only what is on disk
};

struct ListOptions {
  // The path to this message. Unset: to the session's head.
  std::optional<MessageId> head;
  bool all = false;                  // every message of the session, in the order of creation
  std::optional<std::size_t> limit;  // at most so many: the newest, or those nearest to the bound
  std::optional<MessageId> before;   // exclusive; set at most one of `before` and `after`
  std::optional<MessageId> after;
  bool committed = false;
};

}  // namespace millrace
