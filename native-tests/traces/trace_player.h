#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "millrace/messages/store.h"
#include "support/held_storage.h"
#include "support/shared_files.h"
#include "traces/listener.h"
#include "traces/reference_model.h"
#include "traces/step.h"

namespace millrace {

// Plays a trace on a real store over SQLite and on the model, and compares them after every step.
class TracePlayer : private TraceWorld {
 public:
  explicit TracePlayer(DurationMs window_ms);
  ~TracePlayer() override;

  // "" if every promise held; otherwise the first broken one and its step.
  std::string Play(const std::vector<Step>& trace);

 private:
  struct ModelSession {
    enum class State { kCreating, kThere, kGone };
    State state = State::kCreating;
    std::string title;
    int deletions = 0;  // calls under way
  };
  using SavedVersions = std::map<std::int64_t, std::int64_t>;  // by seq of the message
  struct Slots {
    std::map<unsigned, MessageId> messages;
    std::map<unsigned, SessionId> sessions;
    std::map<unsigned, Message> snapshots;
  };

  // ---- TraceWorld
  const ModelMessage* Known(const MessageId& id) const override;
  const std::map<MessageId, ModelMessage>& known() const override { return messages_; }
  std::int64_t SavedVersion(const MessageId& id) const override;
  Store& store() override { return *store_; }
  void Fail(std::string what) override;

  // ---- steps (trace_steps.cc)
  void Do(const Step& step);
  void DoMessageStep(const Step& step, std::minstd_rand& random);
  void DoSessionStep(const Step& step);
  void DoDisturbance(const Step& step, std::minstd_rand& random);
  void PassTime(DurationMs by, bool deadline_by_deadline);
  void Write(const MessageId& id, MessageWrite write);
  void WriteCounted(const MessageId& id, std::minstd_rand& random);
  void TakeSnapshot(const Step& step, const MessageId& id);
  void Update(const Step& step, const MessageId& id, std::minstd_rand& random);
  void OpenAs(const MessageId& id, const std::string& writer);
  void EndRun(const MessageId& id, RunExit how);
  void Create(const Step& step, std::minstd_rand& random);
  void Delete(const MessageId& id);
  void Flush(const MessageId& id, TimeMs deadline);
  void FlushAll(TimeMs deadline);
  void CreateSession(const Step& step);
  void RenameSession(const SessionId& id, const std::string& title);
  void DeleteMessages(const SessionId& id);
  void DeleteSession(const SessionId& id);
  void CallIn(const Step& step);
  MessageWrite MakeWrite(const MessageId& id, std::minstd_rand& random) const;
  MessageId IdIn(unsigned slot) const;
  SessionId SessionIn(unsigned slot) const;

  // ---- opening and closing (trace_restarts.cc)
  void Open();
  void Kill();
  void Reopen();
  void AdoptWhatIsOnDisk(const SavedVersions& saved_before);
  void Settle();
  void Quiet();

  // ---- what is checked (trace_checks.cc)
  void CheckStep(const Step& step);
  void CheckMessage(const MessageId& id, const ModelMessage& model);
  void CheckOnDisk(const MessageId& id, const ModelMessage& model);
  void CheckList(const SessionId& id);
  void CheckPath(const SessionId& id);
  void CheckSessions();
  void CheckNothingStranded();
  void CheckAtRest();
  // A completion that must come exactly once. Its status may be OK, or the storage's error if a
  // write failed since. Another status is fine if `excused` says so then.
  Done Expect(std::string what, std::function<void(const Status&)> then,
              std::function<bool(Code)> excused = {});
  void CheckSynced(const MessageId& id, std::int64_t version, const std::string& what);
  void OnCommitted(const HeldStorage::SeenCommit& commit);
  bool IsWell(const SessionId& id) const;
  std::vector<MessageId> MessagesOf(const SessionId& id) const;
  int BeginDeletion(const std::vector<MessageId>& ids);
  void EndDeletion(int deletion, bool deleted);

  const DurationMs window_ms_;
  SharedFiles files_;
  TimeMs now_ = 1'700'000'000'000;
  std::unique_ptr<Store> store_;
  HeldStorage* storage_ = nullptr;  // owned by store_
  int life_ = 0;                    // grows when the store opens: marks completions of a dead one
  bool closing_ = false;
  bool calm_ = true;  // nothing was slow or failed since the last rest

  std::map<MessageId, ModelMessage> messages_;
  std::map<SessionId, ModelSession> sessions_;
  Slots slots_;
  int ids_made_ = 0;
  int deletions_made_ = 0;
  std::int64_t last_seq_ = 0;
  int open_session_calls_ = 0;
  int open_calls_ = 0;
  int due_this_step_ = 0;  // completions that must come within the step

  SavedVersions saved_;                 // acknowledged by the disk
  SavedVersions synced_;                // the same, safe from power loss
  std::vector<std::int64_t> unsynced_;  // seqs saved since the last sync

  Listener page_;
  Listener slow_;
  Listener clumsy_;
  Listener restless_;
  Listener nosy_;

  std::string failure_;
  std::size_t steps_ = 0;
};

}  // namespace millrace
