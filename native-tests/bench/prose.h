#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace millrace::bench {

// Text for a store of many messages. Words are as frequent as in a language: the n-th most frequent
// one is 1/n as frequent as the first. It also has what makes a search index work hard.
// Deterministic.
class Prose {
 public:
  static constexpr int kWordsInMessage = 40;
  // One word in 50 begins with it, so over half of the messages have such a word. It is no word
  // itself.
  static constexpr const char* kFrequentBeginning = "inte";
  // A rare word, and the only one that continues these first three letters in its own way.
  static constexpr const char* kRareWord = "intxylem";
  static constexpr std::size_t kRareRank = 9001;
  // Each is in half of the messages; they are never together.
  static constexpr const char* kOdd = "gaslamp";
  static constexpr const char* kEven = "millpond";

  Prose() {
    words_ = {"the", "that", "and"};
    while (words_.size() < 30'000) {
      const bool frequent = words_.size() % 50 == 25;
      words_.push_back((frequent ? kFrequentBeginning : "") + Letters());
    }
    words_[kRareRank] = kRareWord;
  }

  const std::string& word(std::size_t rank) const { return words_[rank]; }

  // The text of the n-th message. Besides its words it has one of the two words that never meet,
  // `e` and `mail` (as `e-mail` in every third message), and ten Chinese characters.
  std::string Text(std::int64_t n) {
    std::string text;
    for (int i = 0; i < kWordsInMessage; ++i) {
      text.append(words_[RankBelow(words_.size())]).append(" ");
      if (i == 10) text.append(n % 3 == 0 ? "e-mail " : "e mail1 mail ");
    }
    text.append(n % 2 == 0 ? kEven : kOdd).append(" ");
    for (int i = 0; i < 10; ++i) text += Sign(RankBelow(3000));
    return text;
  }

  // The n-th most frequent Chinese character, in UTF-8.
  static std::string Sign(std::size_t rank) {
    const std::size_t point = 0x4E00 + rank;
    return {static_cast<char>(0xE0 | point >> 12), static_cast<char>(0x80 | (point >> 6 & 0x3F)),
            static_cast<char>(0x80 | (point & 0x3F))};
  }

 private:
  std::string Letters() {
    std::uniform_int_distribution<int> letter('a', 'z');
    std::string word;
    for (int i = std::uniform_int_distribution<int>(2, 10)(random_); i > 0; --i) {
      word += static_cast<char>(letter(random_));
    }
    return word;
  }
  std::size_t RankBelow(std::size_t count) {
    const double at = std::uniform_real_distribution<double>(0, 1)(random_);
    return std::min(static_cast<std::size_t>(std::pow(double(count), at)) - 1, count - 1);
  }

  std::mt19937 random_{1};
  std::vector<std::string> words_;
};

}  // namespace millrace::bench
