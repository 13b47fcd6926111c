#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "streams/delta_text.h"
#include "streams/reply_parts.h"

namespace millrace {

// The texts of a reply whose provider gives each an id, or its reasoning. Several may come side by
// side.
//
//   Start(id) ─▶ Delta(id)* ─▶ End(id)     one part with that id
//   Start(id) ─▶ …                         the id again: another part, "<id>~2"
//   Delta(id)                              the start is missing: as if it had come, or it goes on
//                                          with a part from before this reply
//
// A part is written with its first text. A note is what the provider says of the part and wants
// back: the last one counts. A text keeps it in `extra`, and reasoning in `signature`. That of
// reasoning is written at its end, and so is that of a text if it has changed since the beginning.
class NamedTexts {
 public:
  enum class Kind { kText, kReasoning };

  // `parts`: those from before this reply. `written` must outlive this.
  NamedTexts(Kind kind, ReplyParts& written, const std::vector<Part>& parts);

  void Start(const std::string& id, std::string note);
  // `value`: a JSON string. Any other value counts as empty.
  void Delta(const std::string& id, std::string_view value, std::string note);
  void End(const std::string& id, std::string note);
  void EndAll();

  bool is_open(const std::string& id) const { return open_.contains(id); }
  void SetNote(const std::string& id, std::string note);

 private:
  struct Text {
    std::string part = {};  // its id; "": nothing is written yet
    std::string note = {};
    std::string written_note = {};
    std::string whole = {};  // of a text: all that is written, because a late note writes it again
    DeltaText rest = {};
  };

  Text& TextOf(const std::string& id);
  void Write(const std::string& id, Text& text, std::string more);
  void Close(const std::string& id, Text& text);
  std::string NewId(const std::string& id);

  const Kind kind_;
  ReplyParts& written_;
  std::map<std::string, Text> open_;   // by the provider's id
  std::map<std::string, Text> known_;  // from before this reply, not begun again yet
};

}  // namespace millrace
