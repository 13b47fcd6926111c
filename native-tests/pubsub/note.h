#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "millrace/pubsub/broker.h"

namespace millrace {

// The event of these tests: something happened to a numbered subject. Created, deleted and the
// final update of a subject are must-deliver; other updates are lossy.
struct Note {
  enum Kind { kCreated, kUpdated, kDeleted, kLagged };

  Kind kind = kUpdated;
  int subject = 0;
  int version = 0;
  bool final = false;
  std::int64_t dropped = 0;           // for kLagged
  std::vector<std::string> subjects;  // for kLagged, and for a kDeleted of several

  friend bool operator==(const Note&, const Note&) = default;
};

inline Note Created(int subject) { return {Note::kCreated, subject, 1, false, 0, {}}; }
inline Note Updated(int subject, int version) {
  return {Note::kUpdated, subject, version, false, 0, {}};
}
inline Note Final(int subject, int version) {
  return {Note::kUpdated, subject, version, true, 0, {}};
}
inline Note Deleted(int subject) { return {Note::kDeleted, subject, 0, false, 0, {}}; }
inline Note LaggedBy(std::int64_t dropped, std::vector<std::string> subjects) {
  return {Note::kLagged, 0, 0, false, dropped, std::move(subjects)};
}

inline std::ostream& operator<<(std::ostream& out, const Note& note) {
  static constexpr const char* kNames[] = {"created", "updated", "deleted", "lagged"};
  out << kNames[note.kind] << ' ' << note.subject << " v" << note.version;
  if (note.final) out << " final";
  if (note.kind == Note::kLagged) out << " dropped " << note.dropped;
  for (const std::string& subject : note.subjects) out << " #" << subject;
  return out;
}

struct NoteTraits {
  using Event = Note;
  using Filter = std::optional<int>;  // one subject, or all

  static std::string Key(const Note& note) {
    return std::to_string(note.kind) + ":" + std::to_string(note.subject);
  }
  static bool MustDeliver(const Note& note) { return note.kind != Note::kUpdated || note.final; }
  static bool Matches(const Filter& filter, const Note& note) {
    return !filter || *filter == note.subject;
  }
  static void Conflate(Note& older, Note newer) {
    newer.final = newer.final || older.final;
    older = std::move(newer);
  }
  static std::vector<std::string> Subjects(const Note& note) {
    if (!note.subjects.empty()) return note.subjects;
    return {std::to_string(note.subject)};
  }
  static Note MakeLagged(std::int64_t dropped, std::vector<std::string> subjects) {
    return LaggedBy(dropped, std::move(subjects));
  }
};

using NoteBroker = Broker<NoteTraits>;
using Batch = std::vector<Note>;

// The source of the newest states, like a store that is read.
struct NoteStore {
  std::map<std::string, Note> newest;

  void Set(const Note& note) { newest[std::to_string(note.subject)] = note; }
  NoteBroker::Newest Reader() {
    return [this](const std::string& subject) -> std::optional<Note> {
      const auto found = newest.find(subject);
      if (found == newest.end()) return std::nullopt;
      return found->second;
    };
  }
};

// Takes every batch, or none while `fails`.
struct Recorder {
  std::vector<Batch> batches;
  bool fails = false;

  NoteBroker::Deliver Callback() {
    return [this](Batch batch) {
      batches.push_back(std::move(batch));
      return !fails;
    };
  }
};

}  // namespace millrace
