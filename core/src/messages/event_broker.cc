#include "millrace/messages/event_broker.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace millrace {
namespace {

// The most bytes that one event may hold in a mailbox that nobody empties. If a page is further
// behind, it reads the whole message: that is cheaper than the patches, and the mailbox stays
// bounded.
constexpr std::size_t kMaxConflatedBytes = 64 * 1024;

constexpr std::string_view kMessageSubject = "m:";
constexpr std::string_view kSessionSubject = "s:";

template <typename... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <typename... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

std::string Joined(std::string_view prefix, const std::string& id) {
  return std::string(prefix) + id;
}

// Many tiny ops take more memory than their text.
std::size_t HeldBytes(const Patch& patch) {
  return patch.ByteSize() + patch.ops.size() * sizeof(PatchOp);
}

// Merges the waiting patch and the new one. If the new patch does not continue the waiting one,
// both are dropped and the receiver gets the message whole.
void ConflatePatches(MessageUpdated& older, const MessageUpdated& newer) {
  const bool follows = older.patch != nullptr && newer.patch != nullptr &&
                       older.patch->to_version == newer.patch->from_version;
  if (follows && older.merged == nullptr) {
    older.patch = older.merged = std::make_shared<Patch>(*older.patch);
  }
  if (follows) older.merged->Extend(*newer.patch);
  if (!follows || HeldBytes(*older.merged) > kMaxConflatedBytes) {
    older.patch = older.merged = nullptr;
  }
}

void ConflateUpdates(MessageUpdated& older, const MessageUpdated& newer) {
  ConflatePatches(older, newer);
  older.version = newer.version;
  older.terminal |= newer.terminal;
  older.saved = newer.saved;
  older.finished = newer.finished;
  older.whole = nullptr;
}

}  // namespace

std::string EventTraits::Key(const Event& event) {
  return std::visit(
      Overloaded{
          [](const MessageCreated& e) { return Joined("created:", e.message->id.value); },
          [](const MessageUpdated& e) { return Joined("updated:", e.id.value); },
          // A message is deleted only once, so the first id identifies the delete.
          [](const MessagesDeleted& e) { return Joined("deleted:", e.ids.front().value); },
          [](const SessionCreated& e) { return Joined("session-created:", e.session.id.value); },
          [](const SessionUpdated& e) { return Joined("session-updated:", e.session.id.value); },
          [](const SessionDeleted& e) { return Joined("session-deleted:", e.id.value); },
          [](const Lagged&) { return std::string("lagged"); },
          [](const StorageError& e) { return "storage-error:" + std::to_string(e.outage); },
          [](const StorageRecovered& e) { return "storage-recovered:" + std::to_string(e.outage); },
      },
      event);
}

bool EventTraits::MustDeliver(const Event& event) {
  if (const auto* updated = std::get_if<MessageUpdated>(&event)) return updated->terminal;
  return !std::holds_alternative<SessionUpdated>(event);
}

bool EventFilters::Match(const Event& event) const {
  return std::any_of(filters_->begin(), filters_->end(),
                     [&](const EventFilter& filter) { return Passes(event, filter); });
}

bool Passes(const Event& event, const EventFilter& filter) {
  // A subscriber that lost events is told so, whatever it wants to hear (B4).
  if (std::holds_alternative<Lagged>(event)) return true;
  if (filter.kinds && !filter.kinds->test(event.index())) return false;
  const auto message = [&](const MessageId& id, const SessionId& session) {
    return (!filter.message_id || *filter.message_id == id) &&
           (!filter.session_id || *filter.session_id == session);
  };
  const auto session = [&](const SessionId& id) {
    return !filter.message_id && (!filter.session_id || *filter.session_id == id);
  };
  return std::visit(
      Overloaded{
          [&](const MessageCreated& e) { return message(e.message->id, e.message->session_id); },
          [&](const MessageUpdated& e) { return message(e.id, e.session_id); },
          [&](const MessagesDeleted& e) {
            for (const MessageId& id : e.ids) {
              if (message(id, e.session_id)) return true;
            }
            return false;
          },
          [&](const SessionCreated& e) { return session(e.session.id); },
          [&](const SessionUpdated& e) { return session(e.session.id); },
          [&](const SessionDeleted& e) { return session(e.id); },
          [](const auto&) { return true; },
      },
      event);
}

void EventTraits::Conflate(Event& older, Event newer) {
  auto* older_update = std::get_if<MessageUpdated>(&older);
  const auto* newer_update = std::get_if<MessageUpdated>(&newer);
  if (older_update != nullptr && newer_update != nullptr) {
    ConflateUpdates(*older_update, *newer_update);
  } else {
    older = std::move(newer);
  }
}

std::vector<std::string> EventTraits::Subjects(const Event& event) {
  return std::visit(
      Overloaded{
          [](const MessageCreated& e) {
            return std::vector{Joined(kMessageSubject, e.message->id.value)};
          },
          [](const MessageUpdated& e) { return std::vector{Joined(kMessageSubject, e.id.value)}; },
          [](const MessagesDeleted& e) {
            std::vector<std::string> subjects;
            for (const MessageId& id : e.ids) {
              subjects.push_back(Joined(kMessageSubject, id.value));
            }
            return subjects;
          },
          [](const SessionCreated& e) {
            return std::vector{Joined(kSessionSubject, e.session.id.value)};
          },
          [](const SessionUpdated& e) {
            return std::vector{Joined(kSessionSubject, e.session.id.value)};
          },
          [](const SessionDeleted& e) { return std::vector{Joined(kSessionSubject, e.id.value)}; },
          [](const auto&) { return std::vector<std::string>(); },
      },
      event);
}

std::optional<MessageId> EventTraits::MessageOf(std::string_view subject) {
  if (!subject.starts_with(kMessageSubject)) return std::nullopt;
  return MessageId(std::string(subject.substr(kMessageSubject.size())));
}

std::optional<SessionId> EventTraits::SessionOf(std::string_view subject) {
  if (!subject.starts_with(kSessionSubject)) return std::nullopt;
  return SessionId(std::string(subject.substr(kSessionSubject.size())));
}

Event EventTraits::MakeLagged(std::int64_t dropped, const std::vector<std::string>& subjects) {
  Lagged lagged;
  lagged.dropped = dropped;
  for (const std::string& subject : subjects) {
    if (std::optional<MessageId> id = MessageOf(subject)) lagged.ids.push_back(*std::move(id));
  }
  return lagged;
}

}  // namespace millrace
