// D1, D2: everything at random, against the simplest tree there is.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "messages/tree_fixture.h"

namespace millrace {
namespace {

class ReferenceTree {
 public:
  struct Node {
    std::string parent;
    std::string shown;  // the child that is shown; "": the newest
  };

  void Add(const std::string& id, const std::string& parent) {
    nodes_[id].parent = parent;
    order_.push_back(id);
    Show(id);
  }
  void Show(std::string id) {
    for (; id != ""; id = nodes_[id].parent) nodes_[nodes_[id].parent].shown = id;
    head_ = Leaf("");
  }
  void Delete(const std::string& id) {
    const Node gone = nodes_[id];
    const std::string child = ShownChild(id);
    const std::string beside = ShownChild(gone.parent);
    Erase(id);
    for (auto& [other, node] : nodes_) {
      if (other != "" && node.parent == id) node.parent = gone.parent;
    }
    nodes_[gone.parent].shown = beside == id ? child : beside;
    head_ = Leaf("");
  }
  void DeleteBranch(const std::string& id) {
    const std::string parent = nodes_[id].parent;
    const std::string beside = ShownChild(parent);
    std::vector<std::string> branch = {id};
    for (std::size_t i = 0; i < branch.size(); ++i) {
      for (const std::string& child : Children(branch[i])) branch.push_back(child);
    }
    for (const std::string& each : branch) Erase(each);
    nodes_[parent].shown = beside == id ? "" : beside;
    head_ = Leaf("");
  }

  const std::vector<std::string>& order() const { return order_; }
  const std::string& head() const { return head_; }
  std::string ParentOf(const std::string& id) { return nodes_[id].parent; }
  std::vector<std::string> PathTo(std::string id) {
    std::vector<std::string> path;
    for (; id != ""; id = nodes_[id].parent) path.push_back(id);
    std::reverse(path.begin(), path.end());
    return path;
  }
  std::vector<std::string> Children(const std::string& id) {
    std::vector<std::string> children;
    for (const std::string& other : order_) {
      if (nodes_[other].parent == id) children.push_back(other);
    }
    return children;
  }
  std::string Leaf(std::string id) {
    while (ShownChild(id) != "") id = ShownChild(id);
    return id;
  }

 private:
  std::string ShownChild(const std::string& id) {
    const std::vector<std::string> children = Children(id);
    const std::string& shown = nodes_[id].shown;
    if (std::find(children.begin(), children.end(), shown) != children.end()) return shown;
    return children.empty() ? "" : children.back();
  }
  void Erase(const std::string& id) {
    nodes_.erase(id);
    std::erase(order_, id);
  }

  std::map<std::string, Node> nodes_;
  std::vector<std::string> order_;
  std::string head_;
};

class RandomTree : public Tree {
 protected:
  void Check(ReferenceTree& tree) {
    ASSERT_EQ(Head(), tree.head());
    const std::vector<std::string> path = tree.PathTo(tree.head());
    ASSERT_EQ(Path(), path);
    ListOptions all;
    all.all = true;
    ASSERT_EQ(Path(all), tree.order());
    std::set<std::string> forks;
    for (const std::string& id : tree.order()) {
      ASSERT_EQ(ParentOf(id), tree.ParentOf(id)) << id;
      if (tree.Children(tree.ParentOf(id)).size() > 1) forks.insert(tree.ParentOf(id));
    }
    const auto branches = store_->messages().Branches(SessionId("s"));
    ASSERT_EQ(branches->size(), forks.size());
    for (const Branching& branch : *branches) {
      std::vector<std::string> children;
      for (const MessageId& child : branch.children) children.push_back(child.value);
      ASSERT_EQ(children, tree.Children(branch.parent.value)) << branch.parent.value;
    }
  }
  void CheckPages(ReferenceTree& tree, const std::string& id, std::size_t limit) {
    const std::vector<std::string> to = tree.PathTo(id);
    ASSERT_EQ(PathTo(id), to);
    ListOptions before;
    before.before = MessageId(id);
    before.limit = limit;
    const std::size_t count = std::min(limit, to.size() - 1);
    ASSERT_EQ(Path(before),
              std::vector<std::string>(to.end() - 1 - static_cast<int>(count), to.end() - 1));
    ListOptions after;
    after.after = MessageId(id);
    after.limit = limit;
    after.head = MessageId(tree.Leaf(id));
    const std::vector<std::string> down = tree.PathTo(tree.Leaf(id));
    const std::size_t rest = std::min(limit, down.size() - to.size());
    const auto first = down.begin() + static_cast<int>(to.size());
    ASSERT_EQ(Path(after), std::vector<std::string>(first, first + static_cast<int>(rest)));
  }
};

TEST_F(RandomTree, D1_D2_AnySequenceLeavesTheTreeThatTheRulesSay) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    std::minstd_rand random(seed);
    files_ = SharedFiles();
    OpenStore({});
    OpenSession();
    OpenSession("other");  // its messages lie between those of the session
    ReferenceTree tree;
    int made = 0;
    const auto any = [&] { return tree.order()[random() % tree.order().size()]; };
    for (int step = 0; step < 60; ++step) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", step " + std::to_string(step));
      const auto choice = random() % 12;
      const std::string id = "m" + std::to_string(++made);
      if (tree.order().empty() || choice < 4) {
        ASSERT_TRUE(Create(id).ok());
        tree.Add(id, tree.head());
      } else if (choice < 6) {
        const std::string parent = random() % 8 == 0 ? "" : any();
        ASSERT_TRUE(Create(id, parent).ok());
        tree.Add(id, parent);
      } else if (choice < 8) {
        const std::string wanted = any();
        ASSERT_TRUE(SwitchTo(wanted).ok());
        tree.Show(wanted);
      } else if (choice == 8) {
        const std::string gone = any();
        Delete(gone);
        tree.Delete(gone);
      } else if (choice == 9 && random() % 3 == 0) {
        const std::string gone = any();
        Delete(gone, /*branch=*/true);
        tree.DeleteBranch(gone);
      } else if (choice == 10) {
        ASSERT_TRUE(Create("o" + std::to_string(made), std::nullopt, "other").ok());
      } else if (random() % 4 == 0) {
        OpenStore({});
      }
      Check(tree);
      if (HasFatalFailure()) return;
      if (!tree.order().empty()) CheckPages(tree, any(), 1 + random() % 5);
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace millrace
