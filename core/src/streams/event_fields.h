#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "model/json_object.h"

// What readers take from the JSON objects of events. REQUIRES, for all: json::Depth accepted it.
namespace millrace {

using MemberNames = std::initializer_list<std::string_view>;

// `value` as compact JSON.
std::string Compact(std::string_view value);

// A string, or a number as it is written; "" for anything else.
std::string IdIn(std::string_view object, std::string_view key);

// An object of these members of `object`, without nulls; "" if it has none of them.
std::string SomeMembers(std::string_view object, MemberNames names);
// An object of all its members but these, without nulls; "" if there are none.
std::string OtherMembers(std::string_view object, MemberNames names);

// The object without some of its members. What is left stays as it is.
std::string CompactWithout(std::string_view object, MemberNames left_out);
// Whether the object has a member, not null, besides these.
bool HasOtherMembers(std::string_view object, MemberNames known);

// The text of a string, or other JSON as it is; "" for a missing value.
std::string TextOrJson(std::string_view value);
// The integer that a member has, if it has one.
std::optional<std::int64_t> IntMember(std::string_view object, std::string_view key);
std::optional<std::int64_t> IntMember(const json::Object& object, std::string_view key);

// The name of a custom part for a word of the provider. A word that is the type of another part
// gets "x-" before it, because that part would be read back instead.
std::string CustomName(const std::string& word);

}  // namespace millrace
