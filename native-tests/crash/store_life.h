#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "millrace/messages/store.h"
#include "storage/fault_block_file.h"

namespace millrace {

// A realistic life of a whole store on a disk that fails on demand, in virtual time: windows,
// parallel streams, a tool call, finishes, a flush of one message and of all, deletes, checkpoints.
// It notes what the store accepted, what it acknowledged, and how durable that was (contract S3).
//
// Ownership: the disk must outlive the life. One life is one process: it is dropped, not closed.
class StoreLife {
 public:
  // The time between the deltas of a stream, in milliseconds.
  static constexpr DurationMs kStep = 5;

  // What the page knows of a message.
  struct Known {
    std::string session;
    std::string text;  // the accepted text
    std::int64_t version = 1;
    std::size_t saved = 0;   // bytes of it that survive the process: an `updated` said saved
    std::size_t synced = 0;  // bytes of it that survive power loss: a completion said so
    // Time -> how many bytes were accepted by then.
    std::map<TimeMs, std::size_t> accepted;
    bool created = false;  // acknowledged, like each of the next three
    bool finished = false;
    bool deleted = false;
    bool finishing = false;  // asked for, like the next one
    bool deleting = false;
  };

  // With a window of 0 the appended text comes in pieces, and each piece is saved by itself.
  StoreLife(FaultDisk& disk, DurationMs window_ms) : disk_(disk), window_ms_(window_ms) {}

  // Opens the store, and migrates it if it has an older version.
  Status Open();
  // REQUIRES: Open() was OK. Stops early when `stop` returns true, as a dying process does.
  void Run(const std::function<bool()>& stop);
  void RunFor(DurationMs by);
  Status FlushAll();

  Store& store() { return *store_; }
  TimeMs now() const { return now_; }
  const std::map<std::string, Known>& messages() const { return messages_; }
  std::int64_t storage_errors() const { return storage_errors_; }
  std::int64_t storage_recoveries() const { return storage_recoveries_; }
  std::int64_t unsaved_updates() const { return unsaved_updates_; }
  // When the store opened, the finish of interrupted messages could not be saved yet.
  bool trouble_at_opening() const { return trouble_at_opening_; }

 private:
  using Steps = std::vector<std::function<void()>>;

  Steps Script();
  void Hear(const Event& event);
  void CreateSession(const std::string& id);
  void Create(const std::string& id, const std::string& session, const std::string& text = "");
  void Append(const std::string& id, const std::string& text);
  void CallTool(const std::string& id);
  void Finish(const std::string& id);
  void Flush(const std::string& id);
  void Delete(const std::string& id);
  void DeleteSession(const std::string& id);

  FaultDisk& disk_;
  const DurationMs window_ms_;
  TimeMs now_ = 1'700'000'000'000;
  std::map<std::string, Known> messages_;
  std::map<std::string, std::map<std::int64_t, std::size_t>> lengths_;  // by version
  std::int64_t storage_errors_ = 0;
  std::int64_t storage_recoveries_ = 0;
  std::int64_t unsaved_updates_ = 0;
  bool trouble_at_opening_ = false;
  std::unique_ptr<Store> store_;
  std::unique_ptr<EventFeed> feed_;  // the feed of store_; is destroyed first
};

// The text parts of a message, joined.
std::string WholeText(const Message& message);

}  // namespace millrace
