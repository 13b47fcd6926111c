#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "millrace/messages/store.h"
#include "traces/reference_model.h"

namespace millrace {

// The player of a trace, as its listeners see it.
class TraceWorld {
 public:
  virtual ~TraceWorld() = default;
  // Also knows messages that are gone.
  virtual const ModelMessage* Known(const MessageId& id) const = 0;
  virtual const std::map<MessageId, ModelMessage>& known() const = 0;
  // The highest version of the message that the disk got and acknowledged.
  virtual std::int64_t SavedVersion(const MessageId& id) const = 0;
  virtual Store& store() = 0;
  virtual void Fail(std::string what) = 0;  // only the first one counts
};

// A subscriber that keeps its copies from events alone, as a page does, and compares every event
// with the model. It checks the promises to each subscriber, however slow or clumsy it is: no
// version goes back, nothing comes after `deleted`, every patch leads to the state of its version,
// every loss is told, and at rest it has the newest state of everything.
class Listener {
 public:
  struct Style {
    std::string name;
    int credits = kUnlimitedCredits;
    bool misses_nothing = false;  // never slow and never failing: must lose nothing
  };

  // `world` must outlive the listener.
  Listener(TraceWorld& world, Style style);

  void Join();
  void Leave() { feed_.reset(); }
  bool joined() const { return feed_ != nullptr; }
  void Grant(int credits);

  void set_stumbles(bool stumbles) { stumbles_ = stumbles; }
  // Runs once, inside its next callback.
  void set_next(std::function<void()> action) { next_ = std::move(action); }

  // When all is at rest: compares all it holds with the model.
  void CheckAtRest() const;
  // The version it has reached; 0 if it does not know the message.
  std::int64_t VersionOf(const MessageId& id) const;

 private:
  struct Copy {
    std::optional<Message> message;  // what it holds
    std::int64_t version = 0;        // of the last event
    bool terminal = false;           // the last event was terminal
    std::optional<Message> read;     // what it read when too many were lost to be named
    int created = 0;
    int deleted = 0;
    bool lagged = false;  // events about it were lost at some time
  };

  bool Take(std::vector<Event> batch);
  void Hear(const MessageCreated& event);
  void Hear(const MessageUpdated& event);
  void Hear(const MessagesDeleted& event);
  void Hear(const Lagged& event);
  template <typename Other>
  void Hear(const Other&) {}
  void Follow(const MessageUpdated& event, Copy& copy);
  void CheckWhatIsLost();
  void ReadAll();
  void Check(bool holds, const MessageId& id, const std::string& what) const;
  void CheckAtRest(const MessageId& id, const ModelMessage& model) const;

  TraceWorld& world_;
  const Style style_;
  std::map<MessageId, Copy> copies_;
  std::map<MessageId, std::int64_t> version_at_join_;
  bool read_all_ = false;  // read everything after the present batch
  bool stumbles_ = false;
  std::function<void()> next_;
  std::unique_ptr<EventFeed> feed_;
  std::vector<MessageId> lost_;  // named by the present batch, without a newest state yet
};

}  // namespace millrace
