#include "streams/named_texts.h"

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "model/json_values.h"

namespace millrace {

NamedTexts::NamedTexts(Kind kind, ReplyParts& written, const std::vector<Part>& parts)
    : kind_(kind), written_(written) {
  for (const Part& part : parts) {
    const auto* text = std::get_if<TextPart>(&part);
    const auto* reasoning = std::get_if<ReasoningPart>(&part);
    if (kind == Kind::kText && text != nullptr && !text->id.empty() && !text->refusal) {
      known_.insert_or_assign(text->id, Text{text->id, text->extra, text->extra, text->text});
    }
    // Reasoning that has ended does not grow again.
    const bool is_open = reasoning != nullptr && !reasoning->finished_at;
    if (kind == Kind::kReasoning && is_open && !reasoning->id.empty()) {
      known_.insert_or_assign(reasoning->id, Text{reasoning->id, reasoning->signature});
    }
  }
}

void NamedTexts::Start(const std::string& id, std::string note) {
  End(id, "");
  known_.erase(id);
  open_[id].note = std::move(note);
}

void NamedTexts::Delta(const std::string& id, std::string_view value, std::string note) {
  const bool has_text = json::HasText(value);
  if (!has_text && note.empty()) return;
  Text& text = TextOf(id);
  if (!note.empty()) text.note = std::move(note);
  if (has_text) Write(id, text, text.rest.Take(value));
}

void NamedTexts::End(const std::string& id, std::string note) {
  const auto found = open_.find(id);
  if (found == open_.end()) return;
  if (!note.empty()) found->second.note = std::move(note);
  Close(id, found->second);
  open_.erase(found);
}

void NamedTexts::EndAll() {
  for (auto& [id, text] : open_) Close(id, text);
  open_.clear();
}

void NamedTexts::SetNote(const std::string& id, std::string note) {
  TextOf(id).note = std::move(note);
}

NamedTexts::Text& NamedTexts::TextOf(const std::string& id) {
  const auto open = open_.find(id);
  if (open != open_.end()) return open->second;
  const auto known = known_.find(id);
  if (known == known_.end()) return open_[id];
  Text text = std::move(known->second);
  known_.erase(known);
  return open_.emplace(id, std::move(text)).first->second;
}

void NamedTexts::Write(const std::string& id, Text& text, std::string more) {
  if (more.empty()) return;
  const bool is_new = text.part.empty();
  if (is_new) text.part = NewId(id);
  if (kind_ == Kind::kReasoning) return written_.Reasoning(std::move(more), text.part);
  text.whole += more;
  if (!is_new || text.note.empty()) return written_.Text(std::move(more), text.part);
  text.written_note = text.note;
  written_.Add(TextPart{std::move(more), false, text.note, text.part});
}

void NamedTexts::Close(const std::string& id, Text& text) {
  Write(id, text, text.rest.Finish());
  if (kind_ == Kind::kReasoning) {
    if (!text.part.empty()) return written_.writer().EndReasoning(text.part, text.note);
    if (!text.note.empty()) written_.HiddenReasoning(text.note, NewId(id));
  } else if (text.note != text.written_note) {
    if (text.part.empty()) text.part = NewId(id);
    written_.Add(TextPart{text.whole, false, text.note, text.part});
  }
}

std::string NamedTexts::NewId(const std::string& id) {
  TextPart text;
  ReasoningPart reasoning;
  text.id = reasoning.id = id;
  return kind_ == Kind::kText ? written_.FreeId(std::move(text))
                              : written_.FreeId(std::move(reasoning));
}

}  // namespace millrace
