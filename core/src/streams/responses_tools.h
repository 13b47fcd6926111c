#pragma once

#include <string>
#include <string_view>

namespace millrace {

// How an item of OpenAI's Responses that calls a tool becomes a tool call part.
struct ResponsesTool {
  std::string_view type;    // of the item
  std::string_view input;   // the member that is the input; "": all members that name nothing else
  std::string_view result;  // the member that is the result; "": there is none
  // Who runs it. kByItem: the item says so.
  enum Runs { kApplication, kProvider, kByItem } runs = kProvider;
  bool streams_input = false;  // its input comes in deltas, and at the end as a string
};

// nullptr: an item of this type calls no tool that we know.
const ResponsesTool* FindResponsesTool(std::string_view type);

// REQUIRES (for the rest): `item` is a JSON object, an item of the tool's type.

bool IsProviderExecuted(const ResponsesTool& tool, std::string_view item);
std::string ToolNameOf(const ResponsesTool& tool, std::string_view item);
// The input as JSON text, or as free text.
std::string ToolInputOf(const ResponsesTool& tool, std::string_view item);

// What the part of the call keeps in `extra`: {"item_id": the item's id, "item": the item}. The
// item is left out if the part has all of it. It has neither the result nor input that came in
// deltas, because other fields have them.
std::string ToolExtraOf(const ResponsesTool& tool, std::string_view item, std::string_view item_id);

}  // namespace millrace
